import fc from 'fast-check';
import type { Highs } from 'highs';
import {
  answerDemand,
  type Assignment,
  type Demand,
  mergeAnswers,
  OfferTable,
  type Plan,
  selectPlans,
  violations,
} from '../src/index.js';
import { bestPlans } from './brute-force.js';
import { highs as loadHighs } from './highs.js';
import { capacities, demand, market } from './demands.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

function ids(demanded: Demand, assignments: readonly Assignment[]): string {
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

describe('selection', () => {
  test('gives the plans that trying every plan gives, from a pruned answer, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, async (rows, demanded, unitsLeft) => {
        const table = OfferTable.build(rows);
        const everything = answerDemand(
          table,
          { ...demanded, needs: demanded.needs.map((need) => ({ ...need, require: [], spread: [], apartFrom: [] })) },
          { unitsLeft, prune: false },
        );
        const expected = bestPlans(demanded, everything.offers);
        const { plans, explanation } = await selectPlans(demanded, answerDemand(table, demanded, { unitsLeft }), {
          solver: { highs },
        });
        expect(plans.map((plan) => ids(demanded, plan.assignments))).toEqual(expected.map((plan) => plan.ids));
        plans.forEach((plan, index) => {
          plan.scores.forEach(({ normalised }, criterion) => {
            expect(normalised).toBeCloseTo(expected[index]?.shares[criterion] ?? NaN, 8);
          });
          expect(plan.cost).toBeCloseTo(expected[index]?.cost ?? NaN, 6);
          expect(plan.optimal).toBe(true);
          expect(violations(demanded, plan.assignments, {})).toEqual([]);
        });
        expect(plans.length > 0 || explanation.notes.length > 0).toBe(true);
      }),
      { numRuns: 250 },
    );
  }, 60_000);

  test('answers the same from pruned and unpruned offers, whether one agent answers or several', async () => {
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, async (rows, demanded, unitsLeft) => {
        const whole = answerDemand(OfferTable.build(rows), demanded, { unitsLeft, prune: false });
        const agents = [...new Set(rows.map(({ agent }) => agent))];
        const merged = mergeAnswers(
          agents.map((agent) =>
            answerDemand(OfferTable.build(rows.filter((row) => row.agent === agent)), demanded, { unitsLeft }),
          ),
          demanded,
        );
        const [a, b] = await Promise.all([whole, merged].map((answer) => selectPlans(demanded, answer, { solver: { highs } })));
        const told = (plans: readonly Plan[] = []) => plans.map((plan) => ids(demanded, plan.assignments));
        expect(told(b?.plans)).toEqual(told(a?.plans));
        expect(b?.explanation.items.map(({ feasible }) => feasible)).toEqual(
          a?.explanation.items.map(({ feasible }) => feasible),
        );
        expect(b?.explanation.bounds).toEqual(a?.explanation.bounds);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
