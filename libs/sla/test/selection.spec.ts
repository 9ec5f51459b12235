import fc from 'fast-check';
import type { Highs } from 'highs';
import { highs as loadHighs } from './highs.js';
import { capacities, demand, market, placed, terms } from './demands.js';
import { judge } from './judging.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});
const runs = Number(process.env.RUNS ?? 250);

describe('selection', () => {
  test('gives the plans that trying every plan gives, from a pruned answer, in the same order', async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, terms, async (rows, demanded, unitsLeft, held) => {
        if ((await judge(highs, { rows, demanded, unitsLeft, terms: held })) > 0) some += 1;
      }),
      { numRuns: runs },
    );
    console.log(some);
  }, 600_000);

  test('gives them too where machines are placed already', async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(market, demand, capacities, terms, placed, async (rows, demanded, unitsLeft, held, there) => {
        if ((await judge(highs, { rows, demanded, unitsLeft, terms: held, placed: there })) > 0) some += 1;
      }),
      { numRuns: runs },
    );
    console.log(some);
  }, 600_000);
});
