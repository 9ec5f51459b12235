import type { Entity } from './entities.js';
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
  none,
}: Listing<T>): ReturnType<typeof verb> {
  return verb(
    { name, description, adjust: (command) => withUrl(command).argument('[id]', 'show this one, with all its attributes') },
    async ({ args: [id], client, terminal }) => {
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
