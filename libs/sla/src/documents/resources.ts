import { defaultImage } from '../vocabulary/images.js';
import { placeLevels } from '../vocabulary/names.js';
import type { Apart, Deployment, Need, Spread } from './call.js';
import { requirements, type Requirements } from './constraints.js';
import { choice, mapping, named, oneOrMore, type Reader, text, wholeNumber } from './fields.js';
import { preferences } from './preferences.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';

export interface Item {
  readonly need: Need;
  readonly deployment: Deployment;
  readonly source: Source;
}

interface Placement {
  readonly spread: readonly Spread[];
  readonly apartFrom: readonly Apart[];
}

/** The items of a call, by name. */
export const resources: Reader<ReadonlyMap<string, Item>> = (source, problems) => {
  const items = named(item, 100)(source, problems);
  if (items?.size === 0 && !problems.malformed) problems.add(source, 'nothing is asked for: name at least one item');
  return items;
};

function item(name: string, source: Source, problems: Problems): Item | undefined {
  return mapping<Item>((fields) => {
    const kind = fields.required('kind', choice(['compute', 'storage', 'network']));
    if (kind === 'storage' || kind === 'network') {
      problems.unsupported(fields.placeOf('kind'), `${kind} is not brokered yet: only compute is`);
      fields.skip();
      return undefined;
    }
    const count = fields.optional('count', wholeNumber(1, 1000)) ?? 1;
    const { constraints, image } = withImage(fields.optional('require', requirements) ?? { constraints: [] });
    const prefer = fields.optional('prefer', preferences) ?? [];
    const placement = fields.optional('place', placing) ?? { spread: [], apartFrom: [] };
    const sshKey = fields.optional('ssh_key', publicKey);
    const userData = fields.optional('user_data', text(65_536));
    return {
      source,
      need: { item: name, kind: 'compute', count, require: constraints, prefer, ...placement },
      deployment: { image, ...(sshKey !== undefined && { sshKey }), ...(userData !== undefined && { userData }) },
    };
  })(source, problems);
}

/** A machine always runs something: without an image in the call it is the default one, which the vendor must have. */
function withImage({ constraints, image }: Requirements): Required<Requirements> {
  if (image !== undefined) return { constraints, image };
  const implied = {
    type: 'text',
    text: `image = ${defaultImage} (the default)`,
    attribute: 'image',
    anyOf: [defaultImage],
  } as const;
  return { constraints: [...constraints, implied], image: defaultImage };
}

const spreading: Reader<Spread> = mapping((fields) => {
  const over = fields.required('over', choice(placeLevels));
  const atMost = fields.optional('at_most', wholeNumber(1, 1000)) ?? 1;
  return over && { over, atMost };
});

const placing: Reader<Placement> = mapping((fields) => {
  const spread = fields.optional('spread', oneOrMore(spreading)) ?? [];
  const others = fields.optional('apart_from', oneOrMore(text())) ?? [];
  const over = fields.optional('over', choice(placeLevels)) ?? 'zone';
  fields.unsupported({ with: 'items cannot be placed together yet' });
  return { spread, apartFrom: [...new Set(others)].map((other) => ({ item: other, over })) };
});

const keyText =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{20,}={0,3}( .*)?$/;

const publicKey: Reader<string> = (source, problems) => {
  const written = text(20_000)(source, problems)?.trim();
  if (written === undefined || keyText.test(written)) return written;
  const isPath = /^(~|\.{0,2}\/)/.test(written);
  if (isPath)
    problems.add(source, `"${written}" is a path on your machine`, "send the key's text; the agency command does that for you");
  else problems.add(source, 'is not a public key', 'it looks like: ssh-ed25519 AAAAC3… comment');
  return undefined;
};

/** Checks the names that items use for each other. */
export function checkReferences(items: ReadonlyMap<string, Item>, problems: Problems): void {
  for (const { need, source } of items.values()) {
    for (const apart of need.apartFrom) checkReference(apart.item, need.item, items, source, problems);
  }
}

function checkReference(other: string, item: string, items: ReadonlyMap<string, Item>, source: Source, problems: Problems): void {
  const place = { path: `${source.path}.place.apart_from`, at: positionOf(source, 'place', 'apart_from') };
  if (other === item) problems.add(place, `${item} cannot be apart from itself`, 'use spread');
  else if (!items.has(other)) problems.add(place, `there is no item "${other}"`, `the items are ${[...items.keys()].join(', ')}`);
}

/** Where a nested field stands; the nearest field around it when it is left out. */
export function positionOf(source: Source, ...path: readonly string[]): Source['at'] {
  const [name, ...rest] = path;
  const entry = source.kind === 'mapping' ? source.entries.find((candidate) => candidate.name === name) : undefined;
  if (!entry) return source.at;
  return rest.length === 0 || entry.value.kind !== 'mapping' ? entry.at : positionOf(entry.value, ...rest);
}
