import { disagreements } from './disagreements.js';
import { play } from './story.js';

const seeds = Array.from({ length: 24 }, (_, index) => 100 + index);

it.each(seeds)('tells what is so by definition, of long stories of many kinds (seed %d)', async (seed) => {
  expect(disagreements(await play(seed, 60))).toEqual([]);
});
