import type { Highs } from 'highs';
import {
  answerDemand,
  type Assignment,
  type Demand,
  type Offer,
  type OfferRow,
  OfferTable,
  type Plan,
  selectPlans,
  violations,
} from '../src/index.js';
import type { Placing } from './brute-cost.js';
import type { Machines } from './brute-criteria.js';
import { asObserved } from './brute-observed.js';
import { allPlans, type Bazaar, bestPlans, type BruteForcePlan, nothingPlaced } from './brute-force.js';
import type { Placed, Terms } from './terms.js';

/** One call on one market, as it is generated. */
export interface Case {
  readonly rows: readonly OfferRow[];
  readonly demanded: Demand;
  readonly unitsLeft: (agent: string, region: string, zone: string) => number | null;
  readonly terms: Terms;
  readonly placed?: Placed;
}

/**
 * Holds the plans that are selected from a pruned answer against those that trying every plan gives: the same, in the same order, at the same
 * scores, prices and costs, and valid by the independent check. Gives how many there are.
 */
export async function judge(highs: Highs, { rows, demanded, unitsLeft, terms, placed }: Case): Promise<number> {
  const table = OfferTable.build(rows);
  const declared = answerDemand(table, unconditional(demanded), { unitsLeft, prune: false });
  const offers = declared.offers.map((offer) => asObserved(demanded, offer));
  const placing = placed ? placingOf(placed, demanded, { offers, ...terms }) : nothingPlaced;
  const bazaar = { offers, ...terms, placing };
  const expected = bestPlans(demanded, bazaar);
  const { switching, leastGain } = placing;
  const fixed = assigned(placing.fixed);
  const options = { fixed, ...(placed && { running: { assignments: assigned(placing.running), switching, leastGain } }) };
  const answer = answerDemand(table, demanded, { unitsLeft, ...terms });
  const { plans, explanation } = await selectPlans(demanded, answer, { solver: { highs }, ...options });
  for (const { assignments } of plans)
    expect(violations(demanded, beside(assignments, fixed), { ...options, ...terms })).toEqual([]);
  if (explanation.notes.some((note) => note.includes('was cut'))) {
    arePartOfFront(plans, demanded, bazaar);
    return plans.length;
  }
  expect(plans.map((plan) => ids(demanded, plan.assignments))).toEqual(expected.map((plan) => plan.ids));
  plans.forEach((plan, index) => {
    isAs(plan, expected[index]);
    // What stays though moving would gain a little is not the best there is.
    if (!placed || index > 0) expect(plan.optimal).toBe(true);
  });
  expect(plans.length > 0 || explanation.notes.length > 0).toBe(true);
  return plans.length;
}

function isAs({ scores, cost, traffic = 0, moving = 0, assignments }: Plan, expected: BruteForcePlan | undefined): void {
  if (!expected) throw new Error('one plan too many');
  const { shares, costs } = expected;
  scores.forEach(({ normalised }, criterion) => {
    expect(normalised).toBeCloseTo(Math.min(1, Math.max(0, shares[criterion] ?? NaN)), 8);
  });
  expect(cost).toBeCloseTo(costs.all, 6);
  expect(traffic).toBeCloseTo(costs.traffic, 6);
  expect(moving).toBeCloseTo(costs.moving, 6);
  for (const { offer, off = 0 } of assignments) expect(off).toBe(costs.off.get(offer.discount ?? '') ?? 0);
}

/** A front that was cut has only plans of the whole one, and says of none that is not the best that it is. */
function arePartOfFront(plans: readonly Plan[], demanded: Demand, bazaar: Bazaar): void {
  const whole = bestPlans({ ...demanded, proposals: Infinity }, bazaar).map((plan) => plan.ids);
  plans.forEach(({ assignments, optimal }, index) => {
    expect(whole).toContain(ids(demanded, assignments));
    if (optimal && demanded.policy === 'topsis') expect(ids(demanded, assignments)).toBe(whole[index]);
  });
}

/** Every offer is good enough: what the vendors have at all. */
function unconditional({ needs, policy, objectives, proposals }: Demand): Demand {
  const open = needs.map(({ item, kind, count }) => ({ item, kind, count, require: [], prefer: [], spread: [], apartFrom: [] }));
  return { needs: open, policy, objectives, proposals };
}

/** Some of the machines of a plan that is possible stay; others run, and may move, at prices of their own. */
function placingOf(placed: Placed, demanded: Demand, bazaar: Bazaar): Placing {
  const { plans } = allPlans(demanded, bazaar);
  const machines: Machines = plans[Math.floor(placed.plan * plans.length)]?.machines ?? {};
  const fixed: Record<string, readonly Offer[]> = {};
  const running: Record<string, readonly Offer[]> = {};
  for (const [item, own] of Object.entries(machines)) {
    fixed[item] = own.slice(0, placed.fixed);
    const others = own.slice(placed.fixed, placed.fixed + placed.running);
    running[item] = others.map((offer) => ({ ...offer, price: offer.price + placed.dearer }));
  }
  return { fixed, running, switching: placed.switching, leastGain: placed.leastGain };
}

function assigned(machines: Machines): readonly Assignment[] {
  return Object.entries(machines).flatMap(([item, own]) => own.map((offer) => ({ item, offer, count: 1 })));
}

/** What a plan has beside the fixed machines. */
function beside(assignments: readonly Assignment[], fixed: readonly Assignment[]): readonly Assignment[] {
  return assignments
    .map((assignment) => {
      const there = fixed.filter(
        ({ item, offer: { id, price } }) =>
          item === assignment.item && id === assignment.offer.id && price === assignment.offer.price,
      );
      return { ...assignment, count: assignment.count - there.length };
    })
    .filter(({ count }) => count > 0);
}

/** The offers of a plan, machine by machine. */
export function ids(demanded: Demand, assignments: readonly Assignment[]): string {
  return demanded.needs
    .map(({ item }) =>
      assignments
        .filter((assignment) => assignment.item === item)
        .flatMap(({ offer, count }) => new Array<string>(count).fill(offer.id))
        .sort()
        .join(' '),
    )
    .join('\n');
}
