import { PriceList } from './prices.js';

const header = 'instance_type,price_per_hour,currency,region,market\n';

it('takes prices by region, in USD, and a row without a region for all others', async () => {
  const list = await PriceList.parse(`${header}small,0.10,USD,paris,\nsmall,0.20,EUR,,on-demand\n`, { EUR: 1.5 });
  expect(list.of('paris', 'small')).toBe(0.1);
  expect(list.of('oslo', 'small')).toBeCloseTo(0.3, 12);
  expect(list.of('oslo', 'large')).toBeUndefined();
  expect(list.mistakes).toEqual([]);
});

it('reads columns by name, in any order, with quotes, a byte order mark and Windows line ends', async () => {
  const list = await PriceList.parse('\uFEFFcurrency,instance_type,price_per_hour\r\nUSD,"a, b",1\r\n\r\nUSD,plain,2\r\n', {});
  expect([list.of('x', 'a, b'), list.of('x', 'plain')]).toEqual([1, 2]);
});

it('never takes 0.0 for free, nor a spot price for an on-demand one', async () => {
  const list = await PriceList.parse(`${header}free,0.0,USD,r,\nspot,0.01,USD,r,spot\n`, {});
  expect([list.of('r', 'free'), list.of('r', 'spot')]).toEqual([undefined, undefined]);
  expect(list.mistakes).toEqual([]);
});

it('names each row it cannot use, by line, and uses the rest', async () => {
  const list = await PriceList.parse(`${header}a,much,USD,r,\nb,-1,USD,r,\nc,1,CHF,r,\nd,1,USD,r,\n`, {});
  expect(list.mistakes).toEqual([
    "line 2: 'much' is no price",
    "line 3: '-1' is no price",
    "line 4: no rate is known for 'CHF'; add it under 'rates' of the configuration",
  ]);
  expect(list.of('r', 'd')).toBe(1);
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
  expect(list.of('region-59', 'Standard_D59')).toBeCloseTo(0.6, 12);
  expect(turns).toBeGreaterThan(10);
});
