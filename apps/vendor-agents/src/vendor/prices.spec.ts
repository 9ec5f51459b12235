import { PriceList } from './prices.js';

const onDemand = { market: 'on-demand' } as const;
const header = 'instance_type,price_per_hour,currency,region,market\n';

it('takes prices by region, in USD, and a row without a region for all others', async () => {
  const list = await PriceList.parse(`${header}small,0.10,USD,paris,\nsmall,0.20,EUR,,on-demand\n`, { EUR: 1.5 });
  expect(list.at('paris', 'small', onDemand)).toBe(0.1);
  expect(list.at('oslo', 'small', onDemand)).toBeCloseTo(0.3, 12);
  expect(list.of('oslo', 'large')).toEqual([]);
  expect(list.mistakes).toEqual([]);
});

it('reads columns by name, in any order, with quotes, a byte order mark and Windows line ends', async () => {
  const list = await PriceList.parse('\uFEFFcurrency,instance_type,price_per_hour\r\nUSD,"a, b",1\r\n\r\nUSD,plain,2\r\n', {});
  expect([list.at('x', 'a, b', onDemand), list.at('x', 'plain', onDemand)]).toEqual([1, 2]);
});

it('never takes 0.0 for free, nor a spot price for an on-demand one', async () => {
  const list = await PriceList.parse(`${header}free,0.0,USD,r,\nspot,0.01,USD,r,spot\n`, {});
  expect([list.of('r', 'free'), list.at('r', 'spot', onDemand)]).toEqual([[], undefined]);
  expect(list.of('r', 'spot')).toEqual([{ market: 'spot', price: 0.01 }]);
  expect(list.mistakes).toEqual([]);
});

it('has a price for each market and commitment, a committed one for a whole number of months', async () => {
  const list = await PriceList.parse(
    'instance_type,price_per_hour,currency,market,commitment\n' +
      'm,0.10,USD,,\nm,0.03,USD,spot,\nm,0.06,USD,on-demand,12 month\nm,0.05,USD,,26280 h\n' +
      'm,0.01,USD,spot,12 month\nm,0.01,USD,auction,\nm,0.01,USD,,30 d\nm,0.01,USD,,a year\nm,0.01,USD,,0 month\n',
    {},
  );
  const month = 730 * 3_600_000;
  expect(list.of('r', 'm')).toEqual([
    { market: 'on-demand', price: 0.1 },
    { market: 'spot', price: 0.03 },
    { market: 'on-demand', commitment: 12 * month, price: 0.06 },
    { market: 'on-demand', commitment: 36 * month, price: 0.05 },
  ]);
  expect(list.at('r', 'm', { market: 'on-demand', commitment: 12 * month })).toBe(0.06);
  expect(list.at('r', 'm', { market: 'on-demand', commitment: month })).toBeUndefined();
  expect(list.mistakes).toEqual([
    'line 6: a spot price has no commitment',
    "line 7: 'auction' is no market; it is on-demand or spot",
    "line 8: '30 d' is no commitment; it is a whole number of months, e.g. 12 month",
    "line 9: 'a year' is no commitment; it is a whole number of months, e.g. 12 month",
    "line 10: '0 month' is no commitment; it is a whole number of months, e.g. 12 month",
  ]);
});

it('names each row it cannot use, by line, and uses the rest', async () => {
  const list = await PriceList.parse(`${header}a,much,USD,r,\nb,-1,USD,r,\nc,1,CHF,r,\nd,1,USD,r,\n`, {});
  expect(list.mistakes).toEqual([
    "line 2: 'much' is no price",
    "line 3: '-1' is no price",
    "line 4: no rate is known for 'CHF'; add it under 'rates' of the configuration",
  ]);
  expect(list.at('r', 'd', onDemand)).toBe(1);
});

it('says which column is missing', async () => {
  await expect(PriceList.parse('type,price_per_hour\n', {})).rejects.toThrow('no column instance_type, currency');
});

it('reads fifty thousand rows without holding up the event loop', async () => {
  const rows = Array.from(
    { length: 50_000 },
    (_, index) => `Standard_D${index},0.${index + 1},USD,region-${index % 60},on-demand`,
  );
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  const list = await PriceList.parse(`${header}${rows.join('\n')}`, {});
  clearInterval(ticking);
  expect(list.at('region-59', 'Standard_D59', onDemand)).toBeCloseTo(0.6, 12);
  expect(turns).toBeGreaterThan(10);
});
