import { hoursPerMonth } from '@cloud-agency/sla';
import type { ListedImage } from '../../vendor/image-names.js';
import { type MachineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import type { Instance, InstanceState, Size, VendorPrice } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { number, text, type XmlNode } from '../../vendor/xml.js';

const states: Readonly<Record<string, InstanceState>> = {
  active: 'active',
  build: 'building',
  reboot: 'building',
  hard_reboot: 'building',
  terminated: 'gone',
};

/** @throws VendorError unknown for what has no id. A state that nobody knows is on its way. */
export function instanceOf(slice: XmlNode, region: string): Instance {
  const vendorId = text(slice, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a slice');
  const state = states[text(slice, 'status') ?? ''] ?? 'building';
  return { vendorId, state, address: addressOf(slice), zone: region, fault: state === 'gone' ? faultOf(slice) : null };
}

const addressOf = (slice: XmlNode): string | null => text(slice, 'ip-address') ?? text(slice, 'addresses', 'address') ?? null;

/** One that ended before its build had. */
const faultOf = (slice: XmlNode): Instance['fault'] =>
  (number(slice, 'progress') ?? 100) < 100
    ? { reason: 'boot-failed', code: 'terminated', message: 'the slice was terminated before it was built' }
    : null;

export const labelOf = (slice: XmlNode): MachineLabel | undefined => readMachineLabel(text(slice, 'name') ?? '');

const mibPerGib = 1024;

/** Undefined for a flavor that says too little. */
export function sizeOf(flavor: XmlNode): Size | undefined {
  const [name, ram] = [text(flavor, 'name'), number(flavor, 'ram')];
  if (name === undefined || ram === undefined) return undefined;
  return { name, cores: 1, memory: ram / mibPerGib, disk: null, gpu: 0, architecture: 'x64' };
}

/** `price` is in cents a month. */
export function priceOf(flavor: XmlNode): VendorPrice | undefined {
  const [name, cents] = [text(flavor, 'name'), number(flavor, 'price')];
  if (name === undefined || cents === undefined) return undefined;
  return { size: name, price: cents / 100 / hoursPerMonth, currency: 'USD' };
}

export function listedImageOf(image: XmlNode): ListedImage | undefined {
  const [id, name] = [text(image, 'id'), text(image, 'name')];
  return id === undefined || name === undefined ? undefined : { id, name };
}
