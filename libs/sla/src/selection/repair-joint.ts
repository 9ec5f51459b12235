import type { Demand, Need, QuotaUnit } from '../documents/call.js';
import type { PlaceLevel } from '../vocabulary/names.js';
import { placeKey } from '../vocabulary/place.js';
import { isUnder, takes } from './candidates.js';
import { type Elastic, one } from './elastic.js';
import type { Term } from './linear.js';
import { relative } from './misses.js';
import type { Offer, Quota } from './offer.js';
import { monthly } from './problem.js';

/** An offer that machines of an item may stand at; `column` is how many do. */
export interface Placeable {
  readonly need: Need;
  readonly offer: Offer;
  readonly column: number;
}

export interface Joint {
  readonly elastic: Elastic;
  readonly demand: Demand;
  readonly placeable: readonly Placeable[];
  readonly quotas: readonly Quota[];
}

/**
 * The joint constraints, each with what loosens it; availability targets have a file of their own. What is not linear in the machines is left
 * out (traffic and discounts in the budget): every repair is tried on the demand itself before anyone is told.
 */
export function elasticJoint(joint: Joint): void {
  const { elastic, demand, placeable } = joint;
  pools(joint);
  quotas(joint);
  budget(joint);
  for (const need of demand.needs) {
    const own = placeable.filter((each) => each.need === need);
    need.spread.forEach((_, index) => {
      spread(elastic, need, index, own);
    });
    need.apartFrom.forEach(({ item, over }, index) => {
      const others = placeable.filter((each) => each.need.item === item);
      const dropped = elastic.loosening(1);
      elastic.relaxable([dropped], (value) =>
        value(dropped) > 0 ? { of: 'apart', item: need.item, index, size: 1 } : undefined,
      );
      apart(elastic, [own, others], over, dropped);
    });
    need.with?.forEach(({ item, over }, index) => {
      const others = placeable.filter((each) => each.need.item === item);
      const dropped = elastic.loosening(1);
      elastic.relaxable([dropped], (value) => (value(dropped) > 0 ? { of: 'with', item: need.item, index, size: 1 } : undefined));
      together(elastic, [own, others], over, dropped);
    });
    onDemand(elastic, need, own);
  }
}

function pools({ elastic, placeable }: Joint): void {
  for (const shared of grouped(placeable, ({ pool, capacity }) => (capacity === null ? null : pool)).values()) {
    const left = Math.min(...shared.map(({ offer }) => offer.capacity ?? Infinity));
    elastic.add(shared.map(machines), '<=', left);
  }
}

/** What no client can loosen: what its tenant and the vendors' accounts may still take. An unknown amount counts as too much. */
function quotas({ elastic, demand, placeable, quotas: accounts }: Joint): void {
  const limit = (within: readonly Placeable[], of: QuotaUnit, left: number) => {
    const terms = within.map(({ offer, column }) => ({ column, coefficient: takes(offer, of) ?? left + 1 }));
    elastic.add(terms, '<=', left);
  };
  for (const { of, left } of demand.quotas ?? []) limit(placeable, of, left);
  for (const quota of accounts)
    limit(
      placeable.filter(({ offer }) => isUnder(quota, offer)),
      quota.of,
      quota.left,
    );
}

const cents = 100;

/** The budget rises in whole cents. */
function budget({ elastic, demand, placeable }: Joint): void {
  if (!demand.budget) return;
  const { atMost } = demand.budget;
  const dearest = demand.needs.reduce((sum, need) => {
    const costs = placeable.filter((each) => each.need === need).map(({ offer }) => monthly(offer));
    return sum + need.count * costs.reduce((most, cost) => Math.max(most, cost), 0);
  }, 0);
  const unit = Math.max(1, atMost);
  const terms = placeable.map(({ offer, column }) => ({ column, coefficient: monthly(offer) / unit }));
  const most = Math.ceil(Math.max(0, dearest - atMost) * cents);
  if (most === 0) return;
  const more = elastic.loosening(relative(1 / cents, atMost), most);
  elastic.add([...terms, { column: more, coefficient: -1 / cents / unit }], '<=', atMost / unit);
  elastic.relaxable([more], (value) => {
    const by = value(more) / cents;
    return by > 0 ? { of: 'budget', atMost: atMost + by, size: relative(by, atMost) } : undefined;
  });
}

function spread(elastic: Elastic, { item, count, spread: spreads }: Need, index: number, own: readonly Placeable[]): void {
  const { over, atMost } = spreads[index] ?? { over: 'zone', atMost: count };
  if (atMost >= count) return;
  const more = elastic.loosening(1 / atMost, count - atMost);
  elastic.relaxable([more], (value) =>
    value(more) > 0 ? { of: 'spread', item, index, atMost: atMost + value(more), size: value(more) / atMost } : undefined,
  );
  for (const there of grouped(own, (offer) => placeKey(offer, over)).values())
    elastic.add([...there.map(machines), { column: more, coefficient: -1 }], '<=', atMost);
}

type Pair = readonly [a: readonly Placeable[], b: readonly Placeable[]];

/** Where one item has machines the other has none, unless that is dropped; nor has either where it is not known where that is. */
function apart(elastic: Elastic, [ofA, ofB]: Pair, over: PlaceLevel, dropped: number): void {
  const [first, second] = [ofA, ofB].map((each) => grouped(each, (offer) => placeKey(offer, over)));
  for (const [place, a] of first ?? []) {
    const b = second?.get(place);
    if (!b) continue;
    const [mostA, mostB] = [a[0]?.need.count ?? 0, b[0]?.need.count ?? 0];
    const isOfA = elastic.column();
    elastic.add([...a.map(machines), ...scaled(isOfA, -mostA), ...scaled(dropped, -mostA)], '<=', 0);
    elastic.add([...b.map(machines), ...scaled(isOfA, mostB), ...scaled(dropped, -mostB)], '<=', mostB);
  }
  unknownOnlyWithout(elastic, [ofA, ofB], over, dropped);
}

/** Machines of the first item stand only where the second has one, unless that is dropped. */
function together(elastic: Elastic, [own, others]: Pair, over: PlaceLevel, dropped: number): void {
  const there = grouped(others, (offer) => placeKey(offer, over));
  for (const [place, mine] of grouped(own, (offer) => placeKey(offer, over))) {
    const count = mine[0]?.need.count ?? 0;
    const theirs = (there.get(place) ?? []).flatMap(({ column }) => scaled(column, -count));
    elastic.add([...mine.map(machines), ...theirs, ...scaled(dropped, -count)], '<=', 0);
  }
  unknownOnlyWithout(elastic, [own, others], over, dropped);
}

function unknownOnlyWithout(elastic: Elastic, pair: Pair, over: PlaceLevel, dropped: number): void {
  for (const each of pair) {
    const unknown = each.filter(({ offer }) => placeKey(offer, over) === null);
    if (unknown.length > 0) elastic.add([...unknown.map(machines), ...scaled(dropped, -(each[0]?.need.count ?? 0))], '<=', 0);
  }
}

function onDemand(elastic: Elastic, { item, count, onDemandAtLeast: floor = 0 }: Need, own: readonly Placeable[]): void {
  if (floor === 0) return;
  const fewer = elastic.loosening(1 / floor, floor);
  elastic.relaxable([fewer], (value) =>
    value(fewer) > 0 ? { of: 'on-demand', item, atLeast: floor - value(fewer), size: value(fewer) / floor } : undefined,
  );
  const spot = own.filter(({ offer }) => offer.market === 'spot');
  elastic.add([...spot.map(machines), ...scaled(fewer, -1)], '<=', count - floor);
}

export function machines({ column }: Placeable): Term {
  return one(column);
}

export function scaled(column: number, coefficient: number): readonly Term[] {
  return [{ column, coefficient }];
}

/** By place or pool; what has none is left out. */
function grouped(
  placeable: readonly Placeable[],
  key: (offer: Offer) => string | null,
): ReadonlyMap<string, readonly Placeable[]> {
  const groups = new Map<string, Placeable[]>();
  for (const each of placeable) {
    const name = key(each.offer);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(each);
    else groups.set(name, [each]);
  }
  return groups;
}
