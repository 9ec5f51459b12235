/** Small random calls of every policy, each against trying every plan: many more, by `npm run fuzz`, than the suite of the library has time for. */
import fc from 'fast-check';
import type { Highs } from 'highs';
import { capacities, demandBy, fewOffers, market } from '../../libs/sla/test/demands.js';
import { highs as loadHighs } from '../../libs/sla/test/highs.js';
import { judge } from '../../libs/sla/test/judging.js';
import { placed, terms } from '../../libs/sla/test/terms.js';

/** Each is a selection, and all plans there are: so many fewer than of what is only parsed. */
const calls = Math.ceil(Number(process.env.FUZZ_CASES ?? 300) / 50);

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const many = demandBy(['lowest-cost', 'weighted', 'lexicographic'], [6, 5]);

test('calls for many machines get the plans that trying every plan gives', async () => {
  await fc.assert(
    fc.asyncProperty(fewOffers, many, capacities, terms, placed, async (rows, wanted, unitsLeft, held, there) => {
      await judge(highs, { rows, demanded: wanted, unitsLeft, terms: held, placed: there });
      await judge(highs, { rows, demanded: wanted, unitsLeft, terms: held });
    }),
    { numRuns: calls },
  );
});

/** On a front every plan is a search: calls for fewer machines there. */
const sizes = { 'lowest-cost': [3, 2], weighted: [3, 2], lexicographic: [3, 2], pareto: [2, 1], topsis: [2, 1] } as const;

describe.each(['lowest-cost', 'weighted', 'lexicographic', 'pareto', 'topsis'] as const)('a call by %s', (policy) => {
  const demanded = demandBy([policy], sizes[policy]);

  test('gets the plans that trying every plan gives', async () => {
    await fc.assert(
      fc.asyncProperty(market, demanded, capacities, terms, async (rows, wanted, unitsLeft, held) => {
        await judge(highs, { rows, demanded: wanted, unitsLeft, terms: held });
      }),
      { numRuns: Math.ceil(calls / 2) },
    );
  });

  test('gets them where machines are placed or run', async () => {
    await fc.assert(
      fc.asyncProperty(market, demanded, capacities, terms, placed, async (rows, wanted, unitsLeft, held, there) => {
        await judge(highs, { rows, demanded: wanted, unitsLeft, terms: held, placed: there });
      }),
      { numRuns: Math.ceil(calls / 2) },
    );
  });
});
