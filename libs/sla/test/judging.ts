import type { Highs } from 'highs';
import {
  answerDemand,
  type Answer,
  type Assignment,
  type Demand,
  OfferTable,
  type OfferRow,
  selectPlans,
  violations,
} from '../src/index.js';
import { criteriaOf, looksAt, valueAt } from '../src/selection/criteria.js';
import { allPlans, type BruteForcePlan, bestPlans, isFeasible, nothingPlaced } from './brute-force.js';
import type { Placing } from './brute-cost.js';
import type { Machines } from './brute-criteria.js';
import type { Placed, Terms } from './demands.js';

/** One call on one market, as it is generated. */
export interface Case {
  readonly rows: readonly OfferRow[];
  readonly demanded: Demand;
  readonly unitsLeft: (agent: string, region: string, zone: string) => number | null;
  readonly terms: Terms;
  readonly placed?: Placed;
}

/** Holds the plans that are selected against those that trying every plan gives: the same, in the same order, with the same scores and costs. */
export async function judge(highs: Highs, { rows, demanded, unitsLeft, terms, placed }: Case): Promise<number> {
  const table = OfferTable.build(rows);
  const open = { ...demanded, needs: demanded.needs.map((need) => ({ ...need, require: [], spread: [], apartFrom: [] })) };
  const { offers } = attached(answerDemand(table, open, { unitsLeft, prune: false }), rows, open, terms);
  const placing = placed ? placingOf(placed, demanded, { offers, ...terms }) : nothingPlaced;
  const expected = bestPlans(demanded, { offers, ...terms, placing });
  const answer = attached(answerDemand(table, demanded, { unitsLeft, prune: false }), rows, demanded, terms);
  const assigned = (machines: Machines) =>
    Object.entries(machines).flatMap(([item, own]) => own.map((offer): Assignment => ({ item, offer, count: 1 })));
  const { switching, leastGain } = placing;
  const fixed = assigned(placing.fixed);
  const running = { assignments: assigned(placing.running), switching, leastGain };
  const options = { fixed, ...(placed && { running }) };
  const { plans, explanation } = await selectPlans(demanded, answer, { solver: { highs }, ...options });
  expect(plans.map((plan) => ids(demanded, plan.assignments))).toEqual(expected.map((plan) => plan.ids));
  plans.forEach((plan, index) => {
    const wanted = expected[index];
    plan.scores.forEach(({ normalised }, criterion) => {
      expect(normalised).toBeCloseTo(Math.min(1, Math.max(0, wanted?.shares[criterion] ?? NaN)), 8);
    });
    expect(plan.cost).toBeCloseTo(wanted?.cost ?? NaN, 6);
    expect(plan.traffic ?? 0).toBeCloseTo(wanted?.costs.traffic ?? NaN, 6);
    expect(plan.moving ?? 0).toBeCloseTo(wanted?.costs.moving ?? NaN, 6);
    for (const { offer, off = 0 } of plan.assignments) expect(off).toBe(wanted?.costs.off.get(offer.discount ?? '') ?? 0);
    if (index > 0 || !placed) expect(plan.optimal).toBe(true);
    expect(violations(demanded, without(plan.assignments, fixed), { ...options, ...terms })).toEqual([]);
  });
  expect(plans.length > 0 || explanation.notes.length > 0).toBe(true);
  return plans.length;
}

function without(assignments: readonly Assignment[], fixed: readonly Assignment[]): readonly Assignment[] {
  return assignments
    .map((assignment) => {
      const there = fixed.filter(({ item, offer }) => item === assignment.item && offer.id === assignment.offer.id && offer.price === assignment.offer.price);
      return { ...assignment, count: assignment.count - there.length };
    })
    .filter(({ count }) => count > 0);
}

/** Some of the machines of a plan that is possible stay; others run, and may move, at prices of their own. */
function placingOf(placed: Placed, demanded: Demand, bazaar: Parameters<typeof allPlans>[1]): Placing {
  const { plans } = allPlans(demanded, bazaar);
  const chosen: BruteForcePlan | undefined = plans[Math.floor(placed.plan * plans.length)];
  const { switching, leastGain } = placed;
  if (!chosen) return { ...nothingPlaced, switching, leastGain };
  const fixed: Record<string, Machines[string]> = {};
  const running: Record<string, Machines[string]> = {};
  for (const [item, machines] of Object.entries(chosen.machines)) {
    const stays = Math.min(placed.fixed, machines.length);
    fixed[item] = machines.slice(0, stays);
    running[item] = machines
      .slice(stays, stays + placed.running)
      .map((offer) => ({ ...offer, price: offer.price + placed.dearer }));
  }
  return { fixed, running, switching, leastGain };
}

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

export function attached(answer: Answer, rows: readonly OfferRow[], demanded: Demand, terms: Terms): Answer {
  const offers = answer.offers.map((offer) => {
    const row = rows.find(
      (each) =>
        each.agent === offer.agent &&
        each.region === offer.region &&
        each.instanceType === offer.instanceType &&
        each.market === offer.market,
    );
    return {
      ...offer,
      ...(row?.egress && { egress: row.egress }),
      ...(row?.discount !== undefined && { discount: row.discount }),
    };
  });
  const deepest = new Map(terms.discounts.map(({ id, tiers }) => [id, Math.max(...tiers.map(({ off }) => off))]));
  const items = answer.items.map((item) => {
    const need = demanded.needs.find((each) => each.item === item.item);
    const candidates = item.candidates.filter((id) => {
      const offer = offers.find((each) => each.id === id);
      return offer && need && isFeasible(need, demanded, offer);
    });
    const own = offers.filter(({ id }) => candidates.includes(id));
    const ranges = Object.fromEntries(
      criteriaOf(demanded)
        .filter((criterion) => looksAt(criterion, item.item))
        .flatMap((criterion) => {
          const values = own.map((offer) => valueAt(criterion, offer)).filter((value) => value !== null);
          if (values.length === 0) return [];
          const least =
            criterion.key === 'cost'
              ? own.map((offer) => offer.price * 730 * (1 - (deepest.get(offer.discount ?? '') ?? 0)))
              : values;
          return [[criterion.key, { min: Math.min(...least), max: Math.max(...values) }]];
        }),
    );
    return { ...item, candidates, ranges };
  });
  return { ...answer, offers, items, ...terms };
}
