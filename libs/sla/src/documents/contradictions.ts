import { attributes, words } from '../vocabulary/attributes.js';
import { type AttributeName, placeSetLevels, type TextAttribute } from '../vocabulary/names.js';
import { greatest } from '../vocabulary/quantity.js';
import { meets, numberAllowed, wordAllowed } from '../selection/meets.js';
import type { Constraint, Demand, NumberConstraint, NumberSetConstraint, PlaceConstraint, TextConstraint } from './call.js';
import { checkPlacement } from './placement-contradictions.js';
import type { Place, Problems } from './problems.js';
import type { Item } from './resources.js';
import { positionOf } from './source.js';

/**
 * Finds what no offer and no plan can ever meet, as far as the document alone tells. Whether vendors have anything to offer
 * is another question, answered by the selection.
 */
export function checkConsistency(items: readonly Item[], chosen: Pick<Demand, 'policy'>, problems: Problems): void {
  for (const item of items) {
    const at = within(item, 'require');
    for (const message of conflicts(item.need.require)) problems.contradiction(at, message);
    checkCounts(item, problems);
    checkPlacement(item, items, (field, message) => {
      problems.contradiction(within(item, 'place', field), message);
    });
    if (chosen.policy === 'lowest-cost' && item.need.prefer.length > 0) {
      problems.contradiction(
        within(item, 'prefer'),
        'the policy lowest-cost looks at cost alone: use weighted, or drop the preferences',
      );
    }
  }
}

function within(item: Item, ...path: readonly string[]): Place {
  return { path: [item.source.path, ...path].join('.'), at: positionOf(item.source, ...path) };
}

function checkCounts(item: Item, problems: Problems): void {
  const { count, onDemandAtLeast = 0, minUp = 0 } = item.need;
  if (onDemandAtLeast > count)
    problems.contradiction(
      within(item, 'require', 'market', 'on_demand_at_least'),
      `${onDemandAtLeast} machines must be on demand, but the item has ${count}`,
    );
  if (minUp > count)
    problems.contradiction(within(item, 'availability', 'min_up'), `${minUp} machines must be up, but the item has ${count}`);
}

function conflicts(constraints: readonly Constraint[]): readonly string[] {
  const numbers = constraints.flatMap((constraint) => numberOf(constraint) ?? []);
  const texts = constraints.filter((constraint) => constraint.type === 'text');
  return [
    ...byAttribute(numbers).filter(([attribute, group]) => noNumber(attribute, group)),
    ...byAttribute(texts).filter(([attribute, group]) => noWord(attribute, group)),
  ]
    .map(([, group]) => `nothing can have ${group.map(({ text }) => text).join(' and ')}`)
    .concat(
      constraints
        .filter((constraint) => constraint.type === 'place')
        .filter(emptyPlaces)
        .map((constraint) => `no place is in ${constraint.text}`),
    );
}

type OnNumber = NumberConstraint | NumberSetConstraint;

/** A bound on the price of every market is one on the price. */
function numberOf(constraint: Constraint): OnNumber | undefined {
  if (constraint.type === 'number' || constraint.type === 'numbers') return constraint;
  if (constraint.type !== 'price' || constraint.market !== undefined) return undefined;
  return { type: 'number', text: constraint.text, attribute: 'price', comparison: '<=', value: constraint.atMost };
}

function byAttribute<T extends { readonly attribute: string }>(
  constraints: readonly T[],
): readonly (readonly [T['attribute'], readonly T[]])[] {
  const names = [...new Set(constraints.map((constraint): T['attribute'] => constraint.attribute))];
  return names.map((name) => [name, constraints.filter(({ attribute }) => attribute === name)]);
}

/** What is left is one of some values, or an interval; single values that are excluded cannot empty an interval of more than one. */
function noNumber(attribute: AttributeName, group: readonly OnNumber[]): boolean {
  const fits = (value: number) =>
    group.every((one) => (one.type === 'numbers' ? numberAllowed(one, value) : meets(value, one.comparison, one.value)));
  const named = group.map(valuesOf).find((values) => values !== undefined);
  if (named) return !named.some(fits);
  const low = bound(group, ['>=', '>'], Math.max, 0);
  const high = bound(group, ['<=', '<'], Math.min, greatest(attributes[attribute].dimension));
  return low > high || (low === high && !fits(low));
}

function valuesOf(one: OnNumber): readonly number[] | undefined {
  if (one.type === 'numbers') return one.anyOf;
  return one.comparison === '=' ? [one.value] : undefined;
}

function bound(
  group: readonly OnNumber[],
  comparisons: readonly string[],
  pick: (...values: number[]) => number,
  otherwise: number,
): number {
  return group
    .filter((one) => one.type === 'number')
    .filter(({ comparison }) => comparisons.includes(comparison))
    .reduce((strongest, { value }) => pick(strongest, value), otherwise);
}

function noWord(attribute: TextAttribute, group: readonly TextConstraint[]): boolean {
  return !words[attribute].values.some((word) => group.every((one) => wordAllowed(one, word)));
}

/** Empty when every name allowed at some level is excluded by a `not` that speaks of this level alone. */
function emptyPlaces({ within: set, not }: PlaceConstraint): boolean {
  const excluded = placeSetLevels.filter((level) => not[level]);
  if (excluded.length === 0) return false;
  return excluded.every((level) => {
    const names = set[level];
    return names !== undefined && names.every((name) => not[level]?.includes(name));
  });
}
