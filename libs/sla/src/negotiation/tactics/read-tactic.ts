import { choice, list, mapping, oneOrMore, type Reader } from '../../documents/fields.js';
import { Problems } from '../../documents/problems.js';
import { readSource } from '../../documents/source.js';
import { words } from '../../vocabulary/attributes.js';
import { conceding, type Conceding } from './conceding.js';
import type { OfferGroup } from './situation.js';
import { tactics } from './registry.js';
import type { Tactic } from './tactic.js';

/**
 * Reads what stands under `tactic` of an account: one tactic or several, each as plain values, `{ use: time-dependent, beta: 0.5, floor: 85 % }`.
 * @throws AgencyError invalid-document with every problem and its path.
 */
export function readTactic(written: unknown): Conceding {
  const problems = new Problems();
  const read = oneOrMore(tactic)(readSource(JSON.stringify(written)), problems);
  problems.throwIfAny();
  return conceding(read ?? []);
}

const tactic: Reader<Tactic> = mapping((fields, problems) => {
  const use = fields.required('use', choice([...tactics.keys()]));
  const plugin = use === undefined ? undefined : tactics.get(use);
  if (!plugin) {
    fields.skip();
    return undefined;
  }
  const on = fields.optional('markets', list(choice(words.market.values)));
  const read = plugin(fields, problems);
  return on ? limitedTo(read, (group) => on.includes(group.market)) : read;
});

function limitedTo({ off, most, floor }: Tactic, holds: (group: OfferGroup) => boolean): Tactic {
  return {
    off: (situation, group) => (holds(group) ? off(situation, group) : 0),
    most: (group) => (holds(group) ? most(group) : 0),
    floor: (group) => (holds(group) ? floor(group) : 0),
  };
}
