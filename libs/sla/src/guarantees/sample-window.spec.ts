import fc from 'fast-check';
import { percentile } from './percentile.js';
import { SampleWindow } from './sample-window.js';

const sample = fc.record({
  at: fc.integer({ min: 0, max: 60 }),
  source: fc.constantFrom('a', 'b'),
  value: fc.integer({ min: 0, max: 9 }),
});
const rank = fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10);

describe('a percentile', () => {
  it('is the smallest value that the given part of all is not above', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 }), rank, (values, percent) => {
        const ascending = [...values].sort((a, b) => a - b);
        const enough = (value: number): boolean =>
          values.filter((other) => other <= value).length * 1000 >= Math.round(percent * 10) * values.length;
        expect(percentile(ascending, percent)).toBe(ascending.find(enough));
      }),
    );
  });

  it('is unknown without values', () => {
    expect(percentile([], 95)).toBeUndefined();
  });
});

describe('a rolling window', () => {
  it('holds what the samples of (now − over, now] give, in whatever order and however often they came', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), rank, (samples, over, percent) => {
        const now = 60;
        const window = new SampleWindow(over);
        for (const one of [...samples, ...samples]) window.add(one);
        window.advance(now);
        const distinct = samples.filter(
          (one, index) => samples.findIndex((other) => other.at === one.at && other.source === one.source) === index,
        );
        const inside = distinct.filter((one) => one.at > now - over).map((one) => one.value);
        expect(window.size).toBe(inside.length);
        expect(window.percentile(percent)).toBe(
          percentile(
            inside.sort((a, b) => a - b),
            percent,
          ),
        );
      }),
    );
  });

  it('goes on being right while time passes', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (samples, over) => {
        const window = new SampleWindow(over);
        const known: typeof samples = [];
        for (const one of [...samples].sort((a, b) => a.at - b.at)) {
          window.add(one);
          if (!known.some((other) => other.at === one.at && other.source === one.source)) known.push(one);
          window.advance(one.at);
          const inside = known.filter((other) => other.at > one.at - over).map((other) => other.value);
          expect(window.percentile(50)).toBe(
            percentile(
              inside.sort((a, b) => a - b),
              50,
            ),
          );
        }
      }),
    );
  });

  it('keeps 100,000 samples at hand', () => {
    const window = new SampleWindow(1_000_000);
    for (let at = 0; at < 100_000; at += 1) window.add({ at, source: 'a', value: (at * 7919) % 1000 });
    expect(window.percentile(95)).toBe(949);
  });
});
