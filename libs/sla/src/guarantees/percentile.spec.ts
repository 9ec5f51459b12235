import fc from 'fast-check';
import { percentile } from './percentile.js';

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
