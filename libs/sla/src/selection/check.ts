import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { offerMeets } from './meets.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';
import { apartPairs, costTolerance, type SelectionOptions, totalCost, unitsOf } from './problem.js';

/**
 * Everything that a plan breaks, in words; none when it is valid. It looks at the demand and the assignments alone, not at the solver's
 * model, so a mistake there cannot pass.
 */
export function violations(
  demand: Demand,
  plan: readonly Assignment[],
  { fixed = [], costLimit = Infinity }: SelectionOptions,
): readonly string[] {
  const all = [...fixed, ...plan];
  const cost = totalCost(all);
  return [
    ...plan
      .filter(({ count }) => !Number.isInteger(count) || count < 1)
      .map(({ item, count }) => `${item}: ${count} is not a number of machines`),
    ...demand.needs.flatMap((need) => needViolations(need, plan, all)),
    ...apartViolations(demand, all),
    ...poolViolations(plan),
    ...[demand.budget?.atMost ?? Infinity, costLimit]
      .filter((limit) => cost > limit + costTolerance)
      .map((limit) => `${cost} USD a month is more than ${limit}`),
  ];
}

function needViolations(need: Need, plan: readonly Assignment[], all: readonly Assignment[]): readonly string[] {
  const own = all.filter(({ item }) => item === need.item);
  const units = unitsOf(own, need.item);
  const broken = plan
    .filter(({ item }) => item === need.item)
    .flatMap(({ offer }) => {
      return need.require.filter((constraint) => !offerMeets(constraint, offer)).map(({ text }) => `${offer.id} misses ${text}`);
    });
  const crowded = need.spread.flatMap(({ over, atMost }) => {
    const places = counted(own, (offer) => placeKey(offer, over) ?? 'unknown');
    return [...places]
      .filter(([, count]) => count > atMost)
      .map(([place, count]) => `${need.item}: ${count} in ${over} ${place}, at most ${atMost}`);
  });
  return [...(units === need.count ? [] : [`${need.item}: ${units} machines, not ${need.count}`]), ...broken, ...crowded];
}

function apartViolations(demand: Demand, all: readonly Assignment[]): readonly string[] {
  return apartPairs(demand).flatMap(({ a, b, over }) => {
    const places = new Set(all.filter(({ item }) => item === a).map(({ offer }) => placeKey(offer, over)));
    return all
      .filter(({ item, offer }) => item === b && places.has(placeKey(offer, over)))
      .map(({ offer }) => `${a} and ${b} share a ${over} at ${offer.id}`);
  });
}

function poolViolations(plan: readonly Assignment[]): readonly string[] {
  const used = counted(plan, ({ pool }) => pool);
  return plan
    .filter(({ offer }) => offer.capacity !== null && (used.get(offer.pool) ?? 0) > offer.capacity)
    .map(({ offer }) => `${offer.pool} has ${offer.capacity ?? 0} left`);
}

function counted(assignments: readonly Assignment[], key: (offer: Offer) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { offer, count } of assignments) counts.set(key(offer), (counts.get(key(offer)) ?? 0) + count);
  return counts;
}
