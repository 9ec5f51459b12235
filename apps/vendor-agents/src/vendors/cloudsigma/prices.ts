import { type Json, number, text } from '../../vendor/json.js';
import type { VendorPrice } from '../../vendor/port.js';
import type { Resources } from './sizes.js';

/** What an hour of one MHz and of one byte of memory and of disk costs, and in which currency. */
export interface UnitPrices {
  readonly currency: string;
  readonly cpu: number;
  readonly mem: number;
  readonly disk: number;
}

const hour = 3_600;

/**
 * Billing, Pricing: a price is for `multiplier` times one unit of a resource for one second, at the burst level that the resource is at now
 * (level 0 is for subscriptions). Undefined when one of the prices is not told in this currency.
 */
export function unitPricesOf(objects: readonly Json[], levels: Json, currency: string): UnitPrices | undefined {
  const prices = objects.filter((price) => text(price, 'currency')?.toUpperCase() === currency);
  const perHour = (resource: string): number | undefined => {
    const level = number(levels, 'current', resource) ?? 1;
    const price = prices.find((one) => text(one, 'resource') === resource && number(one, 'level') === level);
    const [amount, multiplier] = [number(price, 'price'), number(price, 'multiplier')];
    return amount === undefined || multiplier === undefined || multiplier <= 0 ? undefined : (amount / multiplier) * hour;
  };
  const [cpu, mem, disk] = [perHour('cpu'), perHour('mem'), perHour('dssd')];
  return cpu === undefined || mem === undefined || disk === undefined ? undefined : { currency, cpu, mem, disk };
}

export const priceOf = (region: string, size: string, wanted: Resources, unit: UnitPrices): VendorPrice => ({
  region,
  size,
  price: wanted.cpu * unit.cpu + wanted.mem * unit.mem + wanted.disk * unit.disk,
  currency: unit.currency,
});
