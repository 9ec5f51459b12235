import type { Account } from '@cloud-agency/runtime';
import { OfferTable } from '@cloud-agency/sla';
import type { Size } from '../vendor/port.js';
import { PriceList } from '../vendor/prices.js';
import { offerRows, type Seller } from './offer-rows.js';
import { priceChanges } from './repricing.js';
import { SellingTerms } from './selling-terms.js';

const size = (name: string, more: Partial<Size> = {}): Size => ({
  name,
  cores: 2,
  memory: 4,
  disk: null,
  gpu: 0,
  architecture: 'x64',
  ...more,
});
const regions = new Map([
  ['paris', { zones: ['p1', 'p2'], sizes: [size('small', { spot: true }), size('large')] }],
  ['oslo', { zones: ['o1'], sizes: [size('small', { spot: true })] }],
]);

const prices = (csv: string) => PriceList.parse(`instance_type,price_per_hour,currency,region,market,commitment\n${csv}`, {});
const seller = (terms: Partial<Account> = {}, sellsSpot = true): Seller => ({
  agent: 'acme',
  vendor: 'acme-cloud',
  regions: ['paris', 'oslo'],
  terms: new SellingTerms({ name: 'acme', ...terms }, ['paris', 'oslo']),
  sellsSpot,
});
const rows = async (csv: string, from = seller()) => [...offerRows(from, regions, await prices(csv))];
const all = 'small,0.10,USD,,,\nsmall,0.03,USD,,spot,\nsmall,0.06,USD,,,12 month\nlarge,0.2,USD,,,\nlarge,0.05,USD,,spot,\n';

it('sells a size on each market and for each commitment that has a price, under ids of their own', async () => {
  const table = OfferTable.build(await rows(all));
  expect(table.offers).toBe(11);
  const ids = Array.from({ length: table.rows }, (_, row) => table.id(row, 0)).sort();
  expect(ids).toEqual([
    'acme/oslo/o1/small/on-demand',
    'acme/oslo/o1/small/on-demand+12m',
    'acme/oslo/o1/small/spot',
    'acme/paris/p1/large/on-demand',
    'acme/paris/p1/small/on-demand',
    'acme/paris/p1/small/on-demand+12m',
    'acme/paris/p1/small/spot',
  ]);
});

it('makes no spot offer where the vendor, or the module that drives it, has no spot market', async () => {
  const markets = async (from: Seller) =>
    new Set((await rows(all, from)).map(({ instanceType, market }) => `${instanceType} ${market}`));
  expect(await markets(seller())).toEqual(new Set(['small on-demand', 'small spot', 'large on-demand']));
  expect(await markets(seller({}, false))).toEqual(new Set(['small on-demand', 'large on-demand']));
});

it('says what traffic costs, for all regions or by region, and nothing where nobody told', async () => {
  const egress = { internet: '0.09 USD/GiB', region: '0.02 USD/GiB', zone: '0 USD/GiB' };
  const told = { internet: 0.09, region: 0.02, zone: 0 };
  expect((await rows('small,1,USD,,,', seller({ egress }))).map((row) => row.egress)).toEqual([told, told]);
  expect((await rows('small,1,USD,,,', seller({ egress: { oslo: egress } }))).map((row) => row.egress)).toEqual([
    undefined,
    told,
  ]);
});

it('names the one discount that an offer counts for, with a pool for each region where the regions count by themselves', async () => {
  const discounts: Account['discounts'] = [
    { by: 'machines', over: 'region', markets: ['on-demand'], tiers: [{ from: 10, off: '5 %' }] },
    { by: 'spend', over: 'account', markets: ['spot'], tiers: [{ from: '1 USD/h', off: '10 %' }] },
  ];
  const from = seller({ discounts });
  expect((await rows('small,1,USD,,,\nsmall,1,USD,,spot,', from)).map((row) => row.discount)).toEqual([
    'acme/paris/discount-1',
    'acme/discount-2',
    'acme/oslo/discount-1',
    'acme/discount-2',
  ]);
  expect(from.terms.discounts).toEqual([
    { id: 'acme/paris/discount-1', by: 'machines', tiers: [{ from: 10, off: 0.05 }] },
    { id: 'acme/oslo/discount-1', by: 'machines', tiers: [{ from: 10, off: 0.05 }] },
    { id: 'acme/discount-2', by: 'spend', tiers: [{ from: 730, off: 0.1 }] },
  ]);
});

describe('another price list', () => {
  const changes = async (before: string, after: string) =>
    await priceChanges(seller(), regions, { before: await prices(before), after: await prices(after) });

  it('is what changed in it, by region, market and commitment', async () => {
    const after =
      'small,0.10,USD,,,\nsmall,0.04,USD,oslo,spot,\nsmall,0.03,USD,,spot,\nlarge,0.2,USD,,,\nlarge,0.01,USD,,spot,\n';
    const month = 730 * 3_600_000;
    const { changes: told, sellsMore } = await changes(all, after);
    expect(sellsMore).toBe(false);
    expect(told).toEqual([
      { region: 'paris', instanceType: 'small', market: 'on-demand', commitment: 12 * month, was: 0.06, price: null },
      { region: 'oslo', instanceType: 'small', market: 'spot', was: 0.03, price: 0.04 },
      { region: 'oslo', instanceType: 'small', market: 'on-demand', commitment: 12 * month, was: 0.06, price: null },
    ]);
    const table = OfferTable.build(await rows(all)).changed({ prices: told });
    const offers = Array.from({ length: table.rows }, (_, row) => table.offer(row, 0, null));
    expect(offers.find(({ id }) => id === 'acme/oslo/o1/small/spot')?.price).toBe(0.04);
    expect(offers.some(({ commitment }) => commitment !== undefined)).toBe(false);
  });

  it('makes new offers when it sells what was not sold before, and still tells what has changed', async () => {
    const { changes: told, sellsMore } = await changes('small,0.20,USD,,,', all);
    expect(sellsMore).toBe(true);
    expect(told.map(({ region, was, price }) => [region, was, price])).toEqual([
      ['paris', 0.2, 0.1],
      ['oslo', 0.2, 0.1],
    ]);
    expect(await changes(all, all)).toEqual({ changes: [], sellsMore: false });
  });
});
