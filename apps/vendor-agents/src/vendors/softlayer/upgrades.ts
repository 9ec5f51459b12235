import type { FreeSize } from '../../vendor/free-sizes.js';
import { type Json, list, number, requiredList, text } from '../../vendor/json.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { idOf, numberOf, type SoftLayerApi } from './softlayer-api.js';

const service = 'Virtual_Guest';

/** Other cores and memory for an instance are ordered as an upgrade of it, to take place now (softlayer-python, managers/vs.py). */
export async function orderUpgrade(api: SoftLayerApi, vendorId: string, wanted: FreeSize, now: number): Promise<void> {
  const id = numberOf(vendorId);
  const offered = await api.read({
    service,
    method: 'getUpgradeItemPrices',
    id,
    // Smaller ones too.
    args: [true],
    mask: 'id,categories[categoryCode],item[capacity,units]',
  });
  const prices = requiredList({ offered }, 'offered');
  const chosen = [priceOf(prices, 'guest_core', wanted.cores), priceOf(prices, 'ram', wanted.memory)];
  const order = {
    complexType: 'SoftLayer_Container_Product_Order_Virtual_Guest_Upgrade',
    prices: chosen.map((price) => ({ id: Number(price) })),
    properties: [{ name: 'MAINTENANCE_WINDOW', value: new Date(now).toISOString() }],
    virtualGuests: [{ id }],
  };
  await api.do({ service: 'Product_Order', method: 'placeOrder', args: [order] });
}

/** @throws VendorError invalid-request when so much of it is not offered. */
function priceOf(prices: readonly Json[], category: string, capacity: number): string {
  const price = prices.find(
    (candidate) =>
      list(candidate, 'categories').some((each) => text(each, 'categoryCode') === category) &&
      number(candidate, 'item', 'capacity') === capacity &&
      !/^(PRIVATE|DEDICATED)_/.test(text(candidate, 'item', 'units') ?? ''),
  );
  if (price) return idOf(price);
  throw new VendorError('invalid-request', `SoftLayer upgrades to no ${category} of ${capacity}`);
}
