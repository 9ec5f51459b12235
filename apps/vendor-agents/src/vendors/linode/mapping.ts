import { field, type Json, list, number, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import type { Instance, InstanceState, SavedImage, Size, TaggedInstance, VendorPrice, Volume } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';

/** Linode API v4, "Linode instances", `status`. Whatever is not here is on its way to one of these. */
const states: Readonly<Record<string, InstanceState>> = {
  running: 'active',
  offline: 'inactive',
  stopped: 'inactive',
  billing_suspension: 'inactive',
};

/** Private IPv4 addresses of Linode: 192.168.128.0/17. */
const privateAddress = /^192\.168\.(1(2[89]|[3-9]\d)|2\d\d)\./;

export const isPublic = (address: string): boolean => !privateAddress.test(address);

/** @throws VendorError unknown for what has no id. */
export function instanceOf(linode: Json): Instance {
  const vendorId = text(linode, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a Linode');
  const state = states[text(linode, 'status') ?? ''] ?? 'building';
  return { vendorId, state, address: addressesOf(linode).find(isPublic) ?? null, zone: null, fault: null };
}

export const addressesOf = (linode: Json): readonly string[] =>
  list(linode, 'ipv4').filter((address) => typeof address === 'string');

export const tagsOf = (linode: Json): readonly string[] => list(linode, 'tags').filter((tag) => typeof tag === 'string');

/** Undefined for a Linode that is not labelled by us. */
export function taggedInstanceOf(linode: Json): (TaggedInstance & { readonly mark: string }) | undefined {
  const label = readMachineLabel(text(linode, 'label') ?? '');
  return label && { ...instanceOf(linode), ...label };
}

/** Memory and disk are MB of 1024 × 1024 bytes. Undefined for a type that says too little. */
export function sizeOf(type: Json): Size | undefined {
  const [name, cores, memory] = [text(type, 'id'), number(type, 'vcpus'), number(type, 'memory')];
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  const disk = number(type, 'disk');
  return {
    name,
    cores,
    memory: memory / 1024,
    disk: disk === undefined ? null : disk / 1024,
    gpu: number(type, 'gpus') ?? 0,
    architecture: 'x64',
  };
}

/** In US dollars, everywhere and where a region has its own; none of what is not sold by the hour. */
export function pricesOf(type: Json, regions: readonly string[]): readonly VendorPrice[] {
  const size = text(type, 'id');
  if (size === undefined) return [];
  const hourly = (priced: Json | undefined): number => number(priced, 'hourly') ?? 0;
  const own = list(type, 'region_prices').flatMap((priced) => {
    const region = text(priced, 'id');
    return region !== undefined && regions.includes(region) ? { region, price: hourly(priced) } : [];
  });
  return [{ price: hourly(field(type, 'price')) }, ...own]
    .filter(({ price }) => price > 0)
    .map((price) => ({ size, currency: 'USD', ...price }));
}

/** @throws VendorError unknown for what has no id. */
export function savedImageOf(image: Json): SavedImage {
  const vendorId = text(image, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe an image');
  return { vendorId, state: text(image, 'status') === 'available' ? 'active' : 'building' };
}

/** @throws VendorError unknown for what has no id. */
export function volumeOf(volume: Json): Volume {
  const vendorId = text(volume, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a volume');
  const machine = text(volume, 'linode_id') ?? null;
  const state = text(volume, 'status') !== 'active' ? 'building' : machine === null ? 'available' : attachedState(volume);
  const device = machine === null ? null : (text(volume, 'filesystem_path') ?? null);
  return { vendorId, state, zone: null, machine, device };
}

/** The machine is named as soon as the volume is promised to it; `io_ready` says when the volume is there. */
const attachedState = (volume: Json): Volume['state'] => (field(volume, 'io_ready') === false ? 'building' : 'attached');
