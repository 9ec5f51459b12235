import fc from 'fast-check';
import { type Dimension, formatQuantity, parseQuantity } from '../src/index.js';

describe('quantities', () => {
  test.each<[string | number, Dimension, number]>([
    ['4 GiB', 'size', 4],
    ['4GiB', 'size', 4],
    ['512 MiB', 'size', 0.5],
    ['1.5 TiB', 'size', 1536],
    ['1073.741824 MB', 'size', 1],
    [8, 'size', 8],
    ['30 d', 'duration', 30 * 86_400_000],
    ['200 ms', 'duration', 200],
    ['10 s', 'duration', 10_000],
    ['5 min', 'duration', 300_000],
    ['1 month', 'duration', 730 * 3_600_000],
    ['12 month', 'duration', 365 * 86_400_000],
    ['99.9 %', 'fraction', 0.999],
    ['99.95%', 'fraction', 0.9995],
    [0.999, 'fraction', 0.999],
    ['150 %', 'share', 1.5],
    ['0.05 USD/h', 'price', 0.05],
    ['73 USD/month', 'price', 0.1],
    ['900 USD/month', 'budget', 900],
    ['1 USD/h', 'budget', 730],
    ['1e-2 USD/h', 'price', 0.01],
    ['500 km', 'distance', 500],
    ['750 m', 'distance', 0.75],
    ['200 GiB/month', 'volume', 200],
    ['1.073741824 GB/month', 'volume', 1],
    ['2 TiB/month', 'volume', 2048],
    ['1.073741824 TB/month', 'volume', 1000],
    [30, 'volume', 30],
  ])('%s as a %s is %d', (written, dimension, value) => {
    expect(parseQuantity(written, dimension)).toBe(value);
  });

  test.each<[string, Dimension, RegExp]>([
    ['-1 GiB', 'size', /negative/],
    ['4 Gib', 'size', /did you mean GiB/],
    ['four GiB', 'size', /write a number and its unit, e.g. 4 GiB/],
    ['', 'size', /not a quantity/],
    ['1,000 GiB', 'size', /not a unit/],
    ['99.9', 'fraction', /more than 100 %: write it like 99.9 %/],
    ['101 %', 'fraction', /more than 100 %/],
    ['5 EUR/h', 'price', /use USD\/h/],
    ['200 GiB', 'volume', /use GiB\/month, TiB\/month/],
    ['2 cores', 'number', /a plain number is wanted/],
    ['1e999 GiB', 'size', /too large/],
    ['5 constructor', 'duration', /not a unit/],
  ])('%s as a %s is refused', (written, dimension, message) => {
    expect(() => parseQuantity(written, dimension)).toThrow(message);
  });

  test('what is written out reads back as the same amount', () => {
    const dimension = fc.constantFrom<Dimension>(
      'number',
      'size',
      'duration',
      'fraction',
      'share',
      'price',
      'budget',
      'carbon',
      'distance',
      'volume',
    );
    fc.assert(
      fc.property(dimension, fc.integer({ min: 0, max: 9999 }), (of, whole) => {
        const value = of === 'fraction' ? whole / 10_000 : of === 'duration' ? whole : whole / 100;
        expect(parseQuantity(formatQuantity(value, of), of)).toBe(value);
      }),
    );
  });
});
