import { field, type Json } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { dataCentreOf, type Plan, planOf } from './mapping.js';
import type { RimuHostingApi } from './rimuhosting-api.js';

/** jaxrsdocs, orders/order-{order-oid}-{domain}: the number alone is looked up, whatever follows it. */
export const pathOf = (vendorId: string, below = ''): string => `/orders/order-${encodeURIComponent(vendorId)}-vps${below}`;

/** @throws VendorError not-found */
export async function orderOf(api: RimuHostingApi, region: string, vendorId: string): Promise<Json> {
  return aboutOrder(await api.call({ scope: region, method: 'GET', path: pathOf(vendorId) }));
}

/** @throws VendorError unknown for an answer without an order. */
export function aboutOrder(answer: Json): Json {
  const order = field(answer, 'about_order');
  if (order === undefined || order === null) throw malformed('the answer has no about_order');
  return order;
}

/** Those of the account that are not cancelled. */
export async function ordersIn(api: RimuHostingApi, region: string): Promise<readonly Json[]> {
  const orders = await api.all(region, '/orders;include_inactive=N', 'about_orders');
  return orders.filter((order) => (dataCentreOf(order, 'location') ?? region) === region);
}

/** Of one data centre, or of all of them. */
export async function plansOf(api: RimuHostingApi, region?: string): Promise<readonly Plan[]> {
  const where = region === undefined ? '' : `;dc_location=${encodeURIComponent(region)}`;
  const infos = await api.all(region ?? 'account', `/pricing-plans;server-type=VPS${where}`, 'pricing_plan_infos');
  const plans = infos.flatMap((info) => planOf(info) ?? []);
  return plans.filter(({ dataCentre }) => region === undefined || dataCentre === null || dataCentre === region);
}
