import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { itemAvailability, wanted } from './availability.js';
import { apartPairs, isUnder, takes } from './candidates.js';
import { costOf, costTolerance, joined, keptOf, priced, unitsOf } from './cost.js';
import { sendsTraffic } from './filter.js';
import { offerMeets } from './meets.js';
import type { Discount, Offer, Quota } from './offer.js';
import type { Assignment } from './plan.js';
import type { SelectionOptions } from './problem.js';

/** What the check has to know beside the demand: what is placed, and what the vendors' answer says for all of its offers. */
export interface CheckOptions extends SelectionOptions {
  readonly discounts?: readonly Discount[] | undefined;
  readonly quotas?: readonly Quota[] | undefined;
}

/**
 * Everything that a plan breaks, in words; none when it is valid. It looks at the demand, the terms of the answer and the assignments alone, not
 * at the solver's model, so a mistake there cannot pass.
 */
export function violations(demand: Demand, plan: readonly Assignment[], options: CheckOptions): readonly string[] {
  const { fixed = [], costLimit = Infinity, discounts = [], running } = options;
  const all = priced([...fixed, ...plan], discounts);
  const charged = { fixed: all.slice(0, fixed.length), plan: all.slice(fixed.length) };
  const cost = costOf(demand, charged, running).all;
  return [
    ...plan
      .filter(({ count }) => !Number.isInteger(count) || count < 1)
      .map(({ item, count }) => `${item}: ${count} is not a number of machines`),
    ...demand.needs.flatMap((need) => needViolations(need, plan, all)),
    ...apartViolations(demand, all),
    ...withViolations(demand, all),
    ...poolViolations(plan, options),
    ...quotaViolations(demand, plan, options),
    ...discountViolations(plan, charged.plan),
    ...egressViolations(demand, all),
    ...availabilityViolations(demand, all),
    ...[demand.budget?.atMost ?? Infinity, costLimit]
      .filter((limit) => cost > limit + costTolerance)
      .map((limit) => `${cost} USD a month is more than ${limit}`),
  ];
}

function needViolations(need: Need, plan: readonly Assignment[], all: readonly Assignment[]): readonly string[] {
  const own = all.filter(({ item }) => item === need.item);
  const units = unitsOf(own, need.item);
  const onDemand = unitsOf(
    own.filter(({ offer }) => offer.market === 'on-demand'),
    need.item,
  );
  const floor = need.onDemandAtLeast ?? 0;
  const broken = plan
    .filter(({ item }) => item === need.item)
    .flatMap(({ offer }) => {
      return need.require.filter((constraint) => !offerMeets(constraint, offer)).map(({ text }) => `${offer.id} misses ${text}`);
    });
  return [
    ...(units === need.count ? [] : [`${need.item}: ${units} machines, not ${need.count}`]),
    ...(onDemand >= floor ? [] : [`${need.item}: ${onDemand} machines on demand, at least ${floor}`]),
    ...broken,
    ...crowded(need, own),
  ];
}

function crowded(need: Need, own: readonly Assignment[]): readonly string[] {
  return need.spread.flatMap(({ over, atMost }) => {
    const places = counted(own, (offer) => placeKey(offer, over) ?? 'unknown');
    return [...places]
      .filter(([, count]) => count > atMost)
      .map(([place, count]) => `${need.item}: ${count} in ${over} ${place}, at most ${atMost}`);
  });
}

function apartViolations(demand: Demand, all: readonly Assignment[]): readonly string[] {
  return apartPairs(demand).flatMap(({ a, b, over }) => {
    const places = new Set(all.filter(({ item }) => item === a).map(({ offer }) => placeKey(offer, over)));
    return all
      .filter(({ item, offer }) => item === b && places.has(placeKey(offer, over)))
      .map(({ offer }) => `${a} and ${b} share a ${over} at ${offer.id}`);
  });
}

function withViolations({ needs }: Demand, all: readonly Assignment[]): readonly string[] {
  return needs.flatMap(({ item, with: beside = [] }) =>
    beside.flatMap(({ item: other, over }) => {
      const places = new Set(all.filter((each) => each.item === other).map(({ offer }) => placeKey(offer, over)));
      return all
        .filter((each) => each.item === item && !(placeKey(each.offer, over) !== null && places.has(placeKey(each.offer, over))))
        .map(({ offer }) => `${item} has no ${other} in its ${over} at ${offer.id}`);
    }),
  );
}

function poolViolations(plan: readonly Assignment[], { running }: CheckOptions): readonly string[] {
  const taken = newMachines(plan, running);
  const used = counted(taken, ({ pool }) => pool);
  return taken
    .filter(({ offer }) => offer.capacity !== null && (used.get(offer.pool) ?? 0) > offer.capacity)
    .map(({ offer }) => `${offer.pool} has ${offer.capacity ?? 0} left`);
}

/** What the plan takes from pools and quotas: what runs is taken already. */
function newMachines(plan: readonly Assignment[], running: CheckOptions['running']): readonly Assignment[] {
  return joined(plan)
    .map((assignment) => ({ ...assignment, count: assignment.count - keptOf(assignment, running) }))
    .filter(({ count }) => count > 0);
}

function quotaViolations(demand: Demand, plan: readonly Assignment[], { running, quotas = [] }: CheckOptions): readonly string[] {
  const taken = newMachines(plan, running);
  // Every vendor tells those of all its regions, and a plan is in few of them.
  const touched = quotas.filter((quota) => taken.some(({ offer }) => isUnder(quota, offer)));
  const limits = [
    ...touched.map((quota) => ({
      ...quota,
      of: quota.of,
      name: [quota.agent, ...(quota.region === undefined ? [] : [quota.region])].join(' '),
      own: taken.filter(({ offer }) => isUnder(quota, offer)),
    })),
    ...(demand.quotas ?? []).map((quota) => ({ ...quota, name: 'the tenant', own: taken })),
  ];
  return limits.flatMap(({ of, left, name, own }) => {
    const unknown = own.filter(({ offer }) => takes(offer, of) === null).map(({ offer }) => `${offer.id}: ${of} unknown`);
    const used = own.reduce((sum, { offer, count }) => sum + count * (takes(offer, of) ?? 0), 0);
    return used > left + 1e-9 ? [...unknown, `${name} has ${left} ${of} left, not ${used}`] : unknown;
  });
}

function discountViolations(plan: readonly Assignment[], reached: readonly Assignment[]): readonly string[] {
  return plan.flatMap(({ offer, off = 0 }, index) => {
    const due = reached[index]?.off ?? 0;
    return Math.abs(due - off) <= 1e-9 ? [] : [`${offer.id}: ${percent(off)} off, though the plan reaches ${percent(due)}`];
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

function egressViolations(demand: Demand, all: readonly Assignment[]): readonly string[] {
  const senders = demand.needs.filter((need) => sendsTraffic(need, demand)).map(({ item }) => item);
  return all
    .filter(({ item, offer }) => senders.includes(item) && offer.egress === undefined)
    .map(({ item, offer }) => `${item} sends traffic, and what that costs is unknown at ${offer.id}`);
}

function availabilityViolations({ needs, availability = [] }: Demand, all: readonly Assignment[]): readonly string[] {
  return availability.flatMap((target) => {
    const product = needs
      .filter(({ item }) => target.items.includes(item))
      .reduce((sum, need) => sum * (itemAvailability(need, all) ?? NaN), 1);
    if (product >= wanted(target)) return [];
    return [`${target.text}: ${Number.isNaN(product) ? 'unknown' : product}, at least ${target.atLeast}`];
  });
}

function counted(assignments: readonly Assignment[], key: (offer: Offer) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { offer, count } of assignments) counts.set(key(offer), (counts.get(key(offer)) ?? 0) + count);
  return counts;
}
