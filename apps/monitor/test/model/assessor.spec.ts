import { randomInt } from 'node:crypto';
import { disagreements } from './disagreements.js';
import { play } from './story.js';

const seeds = [3, 4, randomInt(1_000_000)];

it.each(seeds)('tells what is so by definition, whatever comes and whatever happens to it (seed %d)', async (seed) => {
  expect(disagreements(await play(seed, 30))).toEqual([]);
});
