import type { TableChange } from '@cloud-agency/sla';
import { ownTurn } from '../vendor/own-turn.js';
import type { Price, PriceList } from '../vendor/prices.js';
import { pricesOf, type Seller } from './offer-rows.js';
import type { RegionalSizes } from './regional-sizes.js';

export type PriceChange = NonNullable<TableChange['prices']>[number] & { readonly was: number };

/** What another price list changes. `sellsMore`: it sells something that was not sold before, which makes new offers, not new prices. */
interface Repricing {
  readonly changes: readonly PriceChange[];
  readonly sellsMore: boolean;
}

/** For the sizes of an account. A turn of the event loop for each region. */
export async function priceChanges(
  seller: Pick<Seller, 'sellsSpot'>,
  regions: Iterable<readonly [string, RegionalSizes]>,
  lists: { readonly before: PriceList; readonly after: PriceList },
): Promise<Repricing> {
  let sellsMore = false;
  const changes: PriceChange[] = [];
  for (const [region, { sizes }] of regions) {
    for (const size of sizes) {
      const before = pricesOf(seller, size, lists.before.of(region, size.name));
      const after = pricesOf(seller, size, lists.after.of(region, size.name));
      sellsMore ||= after.some((price) => !before.some((known) => isSameSale(known, price)));
      changes.push(...before.flatMap((known) => changeOf(known, after, { region, instanceType: size.name })));
    }
    await ownTurn();
  }
  return { changes, sellsMore };
}

function changeOf(
  { price: before, ...sale }: Price,
  after: readonly Price[],
  size: Pick<PriceChange, 'region' | 'instanceType'>,
): readonly PriceChange[] {
  const price = after.find((candidate) => isSameSale(candidate, sale))?.price ?? null;
  return price === before ? [] : [{ ...size, ...sale, was: before, price }];
}

const isSameSale = (a: Omit<Price, 'price'>, b: Omit<Price, 'price'>): boolean =>
  a.market === b.market && a.commitment === b.commitment;
