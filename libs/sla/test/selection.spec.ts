import fc from 'fast-check';
import type { Highs } from 'highs';
import { answerDemand, mergeAnswers, OfferTable, type Plan, selectPlans } from '../src/index.js';
import { capacities, demand, market } from './demands.js';
import { highs as loadHighs } from './highs.js';
import { ids, judge } from './judging.js';
import { placed, terms } from './terms.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

describe('selection', () => {
  test('gives the plans that trying every plan gives, from a pruned answer, in the same order', async () => {
    let possible = 0;
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, terms, async (rows, demanded, unitsLeft, held) => {
        if ((await judge(highs, { rows, demanded, unitsLeft, terms: held })) > 0) possible += 1;
      }),
      { numRuns: 200 },
    );
    expect(possible).toBeGreaterThan(50);
  }, 60_000);

  test('gives them where some machines are placed and others run already', async () => {
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, terms, placed, async (rows, demanded, unitsLeft, held, there) => {
        await judge(highs, { rows, demanded, unitsLeft, terms: held, placed: there });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('answers the same from pruned and unpruned offers, whether one agent answers or several', async () => {
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, terms, async (rows, demanded, unitsLeft, held) => {
        const whole = answerDemand(OfferTable.build(rows), demanded, { unitsLeft, ...held, prune: false });
        const agents = [...new Set(rows.map(({ agent }) => agent))];
        const merged = mergeAnswers(
          agents.map((agent) =>
            answerDemand(OfferTable.build(rows.filter((row) => row.agent === agent)), demanded, { unitsLeft, ...held }),
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
      { numRuns: 60 },
    );
  }, 60_000);
});
