import fc from 'fast-check';
import type { Highs } from 'highs';
import { answerDemand, mergeAnswers, type OfferRow, OfferTable, type Plan, selectPlans } from '../src/index.js';
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

  test('answers the same from pruned offers where all of them stand in one place, and so are held against each other', async () => {
    let pruned = 0;
    await fc.assert(
      fc.asyncProperty(market, demand, async (rows, demanded) => {
        const [first] = rows;
        const together = rows.map((row, index) => ({ ...row, ...placeOf(first ?? row), instanceType: `t${index}` }));
        const table = OfferTable.build(together);
        const answers = [answerDemand(table, demanded, { prune: false }), answerDemand(table, demanded)] as const;
        pruned += answers[0].offers.length - answers[1].offers.length;
        const [whole, kept] = await Promise.all(answers.map((answer) => selectPlans(demanded, answer, { solver: { highs } })));
        expect(kept?.plans.map(({ score, cost }) => [score.toFixed(7), cost.toFixed(4)])).toEqual(
          whole?.plans.map(({ score, cost }) => [score.toFixed(7), cost.toFixed(4)]),
        );
      }),
      { numRuns: 260 },
    );
    expect(pruned).toBeGreaterThan(20);
  }, 60_000);
});

function placeOf({ agent, vendor, region, zones, country, continent }: OfferRow) {
  return { agent, vendor, region, zones, country, continent };
}
