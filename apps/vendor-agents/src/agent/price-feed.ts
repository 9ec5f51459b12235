import type { Account } from '@cloud-agency/runtime';
import type { VendorHttp } from '../vendor/http.js';
import type { VendorDriver } from '../vendor/port.js';
import { type PriceFeed, PriceSource } from '../vendor/price-source.js';
import { VendorPriceFeed } from '../vendor/vendor-price-feed.js';
import { regionNames } from './offer-rows.js';

/** The operator's list where there is one, else what the vendor asks. */
export const feedOf = (
  { prices, regions }: Pick<Account, 'prices' | 'regions'>,
  driver: Pick<VendorDriver, 'prices'>,
  http: VendorHttp,
): PriceFeed =>
  prices === undefined && driver.prices
    ? new VendorPriceFeed(driver.prices, regionNames(regions))
    : new PriceSource(prices, http);
