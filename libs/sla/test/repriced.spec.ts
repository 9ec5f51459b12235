import fc from 'fast-check';
import { type Answer, answerDemand, OfferTable, repriced, standsAtAnyPrice } from '../src/index.js';
import { demand, market } from './demands.js';

const level = fc.constantFrom(1, 0.95, 0.85, 0.7, 0.613);

const withoutRanges = ({ items, ...rest }: Answer) => ({ ...rest, items: items.map((item) => ({ ...item, ranges: {} })) });

test('an answer at other prices is what the account would have answered at those, but for the ranges', () => {
  const seen = { repriced: 0, offers: 0 };
  fc.assert(
    fc.property(market, demand, level, level, (rows, asked, first, then) => {
      fc.pre(standsAtAnyPrice(asked));
      const table = OfferTable.build(rows);
      const at = (share: number) => answerDemand(table.conceded(table.blocks.map(() => share)), asked);
      const whole = at(then);
      expect(withoutRanges(repriced(at(first), then))).toEqual(withoutRanges(whole));
      seen.repriced += 1;
      seen.offers += whole.offers.length;
    }),
    { numRuns: 300 },
  );
  expect(seen.repriced).toBeGreaterThan(200);
  expect(seen.offers).toBeGreaterThan(200);
});

test.each([
  ['max_price', { require: [{ type: 'price', text: 'max_price 1 USD/h', atMost: 1 }] }],
  ['a bound on the price', { require: [{ type: 'number', text: 'price < 1', attribute: 'price', comparison: '<', value: 1 }] }],
  [
    'a wish for a low price',
    { prefer: [{ type: 'extreme', text: 'price min', attribute: 'price', direction: 'min', weight: 1 }] },
  ],
] as const)('a call with %s has other offers at other prices', (_name, change) => {
  const [asked] = fc.sample(
    demand.filter((each) => standsAtAnyPrice(each)),
    { numRuns: 1, seed: 1 },
  );
  const needs = asked?.needs.map((need, index) => (index === 0 ? { ...need, ...change } : need)) ?? [];
  expect(asked && standsAtAnyPrice({ ...asked, needs })).toBe(false);
});

test('the least gap between prices is found over all regions', () => {
  const [row] = fc.sample(market, { numRuns: 1, seed: 2 })[0] ?? [];
  if (!row) throw new Error('no row');
  const at = (region: string, price: number) => ({ ...row, region, price });
  expect(OfferTable.build([at('r1', 0.5), at('r2', 0.25), at('r3', 0.375), at('r4', 0.25)]).leastGap).toBe(0.125);
  expect(OfferTable.build([at('r1', 0.5), at('r2', 0.5)]).leastGap).toBe(Infinity);
});
