import { OldestTimes } from '../src/intake/oldest-times.js';
import { chance } from './trace.js';

it.each([1, 2, 3])('says how old the samples after any batch are (seed %d)', (seed) => {
  const next = chance(seed);
  const oldest = new OldestTimes();
  const times: number[] = [];
  let forgotten = 0;
  for (let batch = 0; batch < 500; batch += 1) {
    times.push(Math.floor(next() * 50) + batch);
    oldest.note(batch, times[batch]!);
    const asked = forgotten + Math.floor(next() * (batch + 1 - forgotten));
    expect(oldest.after(asked)).toBe(Math.min(...times.slice(asked + 1)));
    if (next() < 0.1) oldest.forget((forgotten = asked));
  }
});
