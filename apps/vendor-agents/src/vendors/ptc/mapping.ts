import { field, type Json, list, number, text } from '../../vendor/json.js';
import {
  type Instance,
  type InstanceState,
  placementTag,
  type Reading,
  type SavedImage,
  type Size,
  type TaggedInstance,
  type VendorMetric,
  type VendorPrice,
  type Volume,
} from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';

const states: Readonly<Record<string, InstanceState>> = {
  changing: 'building',
  running: 'active',
  stopped: 'inactive',
  suspended: 'suspended',
  failed: 'error',
};

/** @throws VendorError unknown for what has no id. A state that PTC adds one day counts as on its way. */
export function instanceOf(machine: Json): Instance {
  const vendorId = text(machine, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a machine');
  const state = states[text(machine, 'state') ?? ''] ?? 'building';
  const address = text(machine, 'address') ?? null;
  return { vendorId, state, address, zone: text(machine, 'zone') ?? null, fault: state === 'error' ? faultOf(machine) : null };
}

const faultOf = (machine: Json): Instance['fault'] => ({
  reason: 'boot-failed',
  code: text(machine, 'failure', 'code') ?? null,
  message: text(machine, 'failure', 'message') ?? 'the machine failed and PTC does not say why',
});

export function taggedInstanceOf(machine: Json): TaggedInstance | undefined {
  const placement = text(machine, 'tags', placementTag);
  return placement === undefined ? undefined : { ...instanceOf(machine), placement };
}

/** Undefined for a size that says too little. */
export function sizeOf(size: Json): Size | undefined {
  const [name, cores, memory] = [text(size, 'name'), number(size, 'cores'), number(size, 'memory_gib')];
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  const architecture = text(size, 'architecture') === 'arm64' ? 'arm64' : 'x64';
  return { name, cores, memory, disk: number(size, 'disk_gib') ?? null, gpu: 0, architecture };
}

export function priceOf(region: string, size: Json): VendorPrice | undefined {
  const [name, price, currency] = [text(size, 'name'), number(size, 'price', 'amount'), text(size, 'price', 'currency')];
  return name === undefined || price === undefined || currency === undefined
    ? undefined
    : { region, size: name, price, currency };
}

/** @throws VendorError unknown for what has no id. */
export function savedImageOf(image: Json): SavedImage {
  const vendorId = text(image, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe an image');
  return { vendorId, state: text(image, 'state') === 'available' ? 'active' : 'building' };
}

const volumeStates: Readonly<Record<string, Volume['state']>> = { available: 'available', attached: 'attached', failed: 'error' };

/** @throws VendorError unknown for what has no id. */
export function volumeOf(volume: Json): Volume {
  const vendorId = text(volume, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a volume');
  const state = volumeStates[text(volume, 'state') ?? ''] ?? 'building';
  const machine = text(volume, 'machine') ?? null;
  return { vendorId, state, zone: text(volume, 'zone') ?? null, machine, device: text(volume, 'device') ?? null };
}

const totals: readonly (readonly [string, VendorMetric])[] = [
  ['network_in_bytes', 'network-in'],
  ['network_out_bytes', 'network-out'],
  ['disk_read_bytes', 'disk-read'],
  ['disk_write_bytes', 'disk-write'],
];

export function readingsOf(measured: Json): readonly Reading[] {
  const at = Date.parse(text(measured, 'at') ?? '');
  if (Number.isNaN(at)) throw malformed('the answer does not say when it was measured');
  const [cpu, memory] = [number(measured, 'cpu_percent'), number(measured, 'memory_mib')];
  return [
    ...(cpu === undefined ? [] : [{ metric: 'cpu' as const, at, value: cpu / 100 }]),
    ...(memory === undefined ? [] : [{ metric: 'memory' as const, at, value: memory / 1024 }]),
    ...totals.flatMap(([name, metric]) => {
      const value = number(measured, name);
      return value === undefined ? [] : [{ metric, at, value, total: true as const }];
    }),
  ];
}

export const zonesOf = (region: Json): readonly string[] => list(region, 'zones').flatMap((zone) => text(zone) ?? []);

/** What a cursor leads to; undefined on the last page. */
export const nextOf = (page: Json): string | undefined => (field(page, 'next') === null ? undefined : text(page, 'next'));
