import { type Command, Option } from 'commander';
import type { Entity } from './entities/entity.js';
import { exit } from './failure.js';
import { verb, withUrl } from './verb.js';
import { type Column, columns } from './views/columns.js';

interface Listing<T> {
  readonly name: string;
  readonly description: string;
  /** The kind's term, as in its location. */
  readonly kind: string;
  readonly heads: readonly Column[];
  readonly read: (entity: Entity) => T;
  readonly row: (item: T) => readonly string[];
  /** What a person reads best as a table, below the attributes of one. */
  readonly below?: (item: T) => readonly string[];
  /** A document that one of them can be shown as instead: the option that asks for it, and its media type. */
  readonly as?: { readonly option: string; readonly description: string; readonly type: string };
  /** What to say when there is none. */
  readonly none: string;
}

/** A command that lists the entities of a kind, or shows one of them with all its attributes. */
export function listing<T extends object>({
  name,
  description,
  kind,
  heads,
  read,
  row,
  below,
  as,
  none,
}: Listing<T>): ReturnType<typeof verb> {
  const adjust = (command: Command): Command => {
    const adjusted = withUrl(command).argument('[id]', 'show this one, with all its attributes');
    return as ? adjusted.addOption(new Option(`--${as.option}`, as.description)) : adjusted;
  };
  return verb<Readonly<Record<string, unknown>>>(
    { name, description, adjust },
    async ({ args: [id], options, client, terminal, streams }) => {
      if (as && id !== undefined && options[as.option] === true) {
        streams.output.write(await client.document(kind, id, as.type));
        return exit.done;
      }
      if (id !== undefined) {
        const found = await client.entity(kind, id);
        const { attributes, ...entity } = found;
        const lines = Object.entries(attributes).map(
          ([attribute, value]) => `${attribute}: ${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`,
        );
        terminal.tell([`/${kind}/${entity.id}`, ...lines, ...(below?.(read(found)) ?? [])].join('\n'), { ...entity, attributes });
        return exit.done;
      }
      const found = (await client.entities(kind)).map(read);
      for (const item of found) terminal.record(item);
      terminal.tell(found.length === 0 ? none : columns(heads, found.map(row)).join('\n'));
      return exit.done;
    },
  );
}
