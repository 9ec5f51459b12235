import { hoursPerMonth } from '@cloud-agency/sla';
import type { ListedImage } from '../../vendor/image-names.js';
import { field, type Json, number, text } from '../../vendor/json.js';
import { type MachineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, Size, VendorPrice } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';

/** What follows the label: an order's name has to be a fully qualified domain name (jaxbdocs, InstantiationData); `.internal` is nobody's. */
export const domain = '.agency.internal';

export const dataCentreOf = (node: Json, name: string): string | undefined => text(node, name, 'data_center_location_code');

/** jaxbdocs, AboutOrder: `running_state`. */
const states: Readonly<Record<string, InstanceState>> = {
  RUNNING: 'active',
  NOTRUNNING: 'inactive',
  RESTARTING: 'building',
  POWERCYCLING: 'building',
};

/**
 * @param now to tell a cancellation that has happened from one that is still to come, ms.
 * @throws VendorError unknown for what has no id.
 */
export function instanceOf(order: Json, now: number): Instance {
  const vendorId = text(order, 'order_oid');
  if (vendorId === undefined) throw malformed('the answer does not describe an order');
  const address = text(order, 'allocated_ips', 'primary_ip') ?? null;
  const zone = dataCentreOf(order, 'location') ?? null;
  if (isCancelled(order, now) && address === null) return { vendorId, state: 'gone', address, zone, fault: cancelled };
  const isSuspended = (field(order, 'billing_info', 'suspended_date') ?? null) !== null;
  const state = states[text(order, 'running_state') ?? ''] ?? 'building';
  return { vendorId, state: isSuspended ? 'suspended' : state, address, zone, fault: null };
}

/**
 * jaxbdocs, AboutBillingData: `cancellation_date` may lie ahead, at the end of what is paid. One that does not run is gone when it has given
 * back its addresses too.
 */
function isCancelled(order: Json, now: number): boolean {
  const date = field(order, 'billing_info', 'cancellation_date') ?? null;
  if (date === null || text(order, 'running_state') !== 'NOTRUNNING') return false;
  return (number(date, 'ms_since_epoch') ?? Date.parse(text(date) ?? '')) <= now;
}

/** The API does not tell why: its owner has asked for it, or the server could not be set up. */
const cancelled: Fault = { reason: 'boot-failed', code: null, message: 'RimuHosting has cancelled the order' };

/** Undefined for a server that is none of ours. */
export function labelOf(order: Json): MachineLabel | undefined {
  const name = text(order, 'domain_name') ?? '';
  return name.endsWith(domain) ? readMachineLabel(name.slice(0, -domain.length)) : undefined;
}

/** What a plan begins with. MiB, and GiB. */
export interface Plan {
  readonly code: string;
  readonly memoryMb: number;
  readonly diskGb: number | null;
  readonly dataCentre: string | null;
  /** USD a month; null: it does not tell. */
  readonly monthly: number | null;
}

/** jaxbdocs, PricingPlanInfo; undefined for one that says too little. */
export function planOf(info: Json): Plan | undefined {
  const [code, memoryMb] = [text(info, 'pricing_plan_code'), number(info, 'minimum_memory_mb')];
  if (code === undefined || memoryMb === undefined || memoryMb <= 0) return undefined;
  return {
    code,
    memoryMb,
    diskGb: number(info, 'minimum_disk_gb') ?? null,
    dataCentre: dataCentreOf(info, 'offered_at_data_center') ?? null,
    monthly: number(info, 'monthly_recurring_amt', 'amt_usd') ?? null,
  };
}

export const sizeOf = ({ code, memoryMb, diskGb }: Plan): Size => ({
  name: code,
  cores: 1,
  memory: memoryMb / 1024,
  disk: diskGb,
  gpu: 0,
  architecture: 'x64',
});

export function priceOf({ code, dataCentre, monthly }: Plan): VendorPrice | undefined {
  if (monthly === null || monthly <= 0) return undefined;
  const price = Number((monthly / hoursPerMonth).toFixed(6));
  return { ...(dataCentre === null ? {} : { region: dataCentre }), size: code, price, currency: 'USD' };
}

/** Undefined for a distribution of 32 bits. */
export function imageOf(distro: Json): ListedImage | undefined {
  const [id, name] = [text(distro, 'distro_code'), text(distro, 'distro_description') ?? ''];
  return id === undefined || /\b32-?bit/i.test(name) ? undefined : { id, name };
}
