import type { Account, AgencyConfig, Clock } from '@cloud-agency/runtime';
import { openAccount } from '../vendor/credentials.js';
import { discreet } from '../vendor/discreet.js';
import { VendorHttp } from '../vendor/http.js';
import type { VendorDriver } from '../vendor/port.js';
import { PriceList } from '../vendor/prices.js';
import { asVendorError } from '../vendor/vendor-error.js';
import { vendorNamed } from '../vendors/registry.js';
import { regionNames } from './offer-rows.js';
import { feedOf } from './price-feed.js';

/** What was found of one account. */
export interface Finding {
  readonly account: string;
  readonly ok: boolean;
  readonly message: string;
}

const timeoutMs = 10_000;

/** Asks each account's cloud what a start would ask it, one after the other in each account; several accounts at once. Never throws. */
export async function examineAccounts(
  config: Pick<AgencyConfig, 'accounts' | 'rates'>,
  clock: Clock,
): Promise<readonly Finding[]> {
  const findings = await Promise.all(config.accounts.map((account) => examineAccount(account, config.rates, clock)));
  return findings.flat();
}

async function examineAccount(account: Account, rates: AgencyConfig['rates'], clock: Clock): Promise<readonly Finding[]> {
  const found = (ok: boolean, message: string): Finding => ({ account: account.name, ok, message });
  const abort = new AbortController();
  const http = new VendorHttp({ timeoutMs, concurrency: 4, random: Math.random, signal: abort.signal });
  let driver: VendorDriver | undefined;
  try {
    const vendor = vendorNamed(account.vendor);
    const opened = openAccount(account, vendor);
    driver = discreet(vendor.connect(opened, { http, now: () => clock.now() }), opened.credentials, vendor.credentials);
    await driver.check();
    const sold = await soldIn(account, driver);
    const prices = await pricesOf(account, driver, http, rates);
    return [found(true, `${vendor.title} answers, the credentials are good`), found(...sold), found(...prices)];
  } catch (error) {
    const reason = asVendorError(error);
    return [found(false, reason.reason === 'unknown' ? reason.message : `${reason.reason}: ${reason.message}`)];
  } finally {
    abort.abort();
    driver?.close();
  }
}

/** Whether the regions are there, and what the first sells. */
async function soldIn(account: Account, driver: VendorDriver): Promise<[boolean, string]> {
  const wanted = regionNames(account.regions);
  const there = await driver.regions();
  const missing = wanted.filter((region) => !there.includes(region));
  if (missing.length > 0) return [false, `the cloud has no region ${missing.join(', ')}; it has ${there.join(', ')}`];
  const [first = ''] = wanted;
  const sizes = await driver.sizes(first);
  return [sizes.length > 0, `${String(wanted.length)} regions; ${first} has ${String(sizes.length)} sizes`];
}

async function pricesOf(
  account: Account,
  driver: VendorDriver,
  http: VendorHttp,
  rates: AgencyConfig['rates'],
): Promise<[boolean, string]> {
  try {
    const text = await feedOf(account, driver, http).newerThan(undefined);
    const { mistakes, size } = await PriceList.parse(text?.csv ?? '', rates);
    if (mistakes.length > 0) return [false, `prices: ${mistakes.slice(0, 3).join('; ')}`];
    return [size > 0, size > 0 ? `${String(size)} prices` : 'prices: the list is empty, so there are no offers'];
  } catch (error) {
    return [false, `prices: ${asVendorError(error).message}`];
  }
}
