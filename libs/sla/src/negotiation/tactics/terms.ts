/** What fields of several tactics have in common. */
import { type Fields, list, mapping, quantity, type Reader, wholeNumber } from '../../documents/fields.js';
import type { Problems } from '../../documents/problems.js';
import type { Situation } from './situation.js';

/** What stands in for a field that is wrong: the tactic is refused as a whole. */
const wrong = 1;

/** `floor: 85 %`: the share of the list price that it never goes below. */
export function floorOf(fields: Fields): number {
  return fields.required('floor', quantity('fraction')) ?? wrong;
}

/** `step: 5 %` of the list price. */
export function stepOf(fields: Fields): number {
  return fields.optional('step', quantity('fraction')) ?? 0.05;
}

/**
 * `vary: 20 %, seed: 7`: up to so much of what it would concede is kept back, by a lot drawn once for each negotiation, so that nobody can
 * reckon it out from earlier ones. Gives the part that is conceded.
 */
export function givenOf(fields: Fields): (situation: Situation) => number {
  const vary = fields.optional('vary', quantity('fraction')) ?? 0;
  const seed = fields.optional('seed', wholeNumber(0, 1_000_000_000)) ?? 0;
  return vary === 0 ? () => 1 : ({ draw }) => 1 - vary * draw(seed);
}

export interface Tier {
  readonly from: number;
  readonly off: number;
}

/** `tiers: [{ from: 10, off: 5 % }, …]`, rising in both. */
export function tiersOf(fields: Fields, problems: Problems, from: Reader<number>): readonly Tier[] {
  const tier = mapping((own) => {
    const [begins, off] = [own.required('from', from), own.required('off', quantity('fraction'))];
    return begins === undefined || off === undefined ? undefined : { from: begins, off };
  });
  const tiers = fields.required('tiers', list(tier, 20)) ?? [];
  const rising = tiers.every((each, index) => {
    const before = tiers[index - 1];
    return !before || (each.from > before.from && each.off > before.off);
  });
  if (!rising) problems.add(fields.placeOf('tiers'), 'each tier must begin later and take more off than the one before it');
  return tiers;
}

/** What the tier reached last takes off. */
export function offReached(tiers: readonly Tier[], reached: number): number {
  return tiers.findLast(({ from }) => reached >= from)?.off ?? 0;
}
