import {
  type Instance,
  type InstanceState,
  placementTag,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
} from '../../vendor/port.js';
import { faultOf } from './errors.js';
import { entries, field, type Json, list, number, text } from '../../vendor/json.js';

/** Server status (VENDORS.md; Compute API guide, "Server concepts"). */
const states: Readonly<Record<string, InstanceState>> = {
  ACTIVE: 'active',
  VERIFY_RESIZE: 'active',
  BUILD: 'building',
  REBUILD: 'building',
  REBOOT: 'building',
  HARD_REBOOT: 'building',
  RESIZE: 'building',
  SHUTOFF: 'inactive',
  SHELVED: 'inactive',
  SHELVED_OFFLOADED: 'inactive',
  SUSPENDED: 'suspended',
  PAUSED: 'suspended',
  ERROR: 'error',
  DELETED: 'gone',
  SOFT_DELETED: 'gone',
};

/** Undefined when it carries no id. A status that Nova adds one day counts as still building. */
export function instanceOf(server: Json, network: string | undefined): Instance | undefined {
  const vendorId = text(server, 'id');
  if (vendorId === undefined) return undefined;
  const state = states[text(server, 'status')?.toUpperCase() ?? ''] ?? 'building';
  return {
    vendorId,
    state,
    address: addressOf(server, network),
    zone: text(server, 'OS-EXT-AZ:availability_zone') ?? null,
    fault: state === 'error' ? faultOf(server) : null,
  };
}

export function taggedInstanceOf(server: Json, network: string | undefined): TaggedInstance | undefined {
  const instance = instanceOf(server, network);
  const placement = text(server, 'metadata', placementTag);
  return instance && placement !== undefined ? { ...instance, placement } : undefined;
}

/** A floating address before a fixed one, the account's network before others, among those one called public, IPv4 before IPv6. */
function addressOf(server: Json, network: string | undefined): string | null {
  const known = entries(server, 'addresses').flatMap(([name, addresses]) =>
    (Array.isArray(addresses) ? (addresses as readonly Json[]) : []).map((entry) => ({
      address: text(entry, 'addr'),
      rank:
        (text(entry, 'OS-EXT-IPS:type') === 'floating' ? 0 : 8) +
        (name === network ? 0 : 4) +
        (name === 'public' ? 0 : 2) +
        (number(entry, 'version') === 6 ? 1 : 0),
    })),
  );
  const [best] = known.sort((a, b) => a.rank - b.rank);
  return best?.address ?? null;
}

/** A flavor; undefined when it says too little. ram in MiB, disk in GiB (0 leaves the disk to the image's size: unknown). */
export function sizeOf(flavor: Json): Size | undefined {
  const name = text(flavor, 'name') ?? text(flavor, 'id');
  const cores = number(flavor, 'vcpus');
  const memory = number(flavor, 'ram');
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  const extra = extraSpecsOf(flavor);
  return {
    name,
    cores,
    memory: memory / 1024,
    disk: number(flavor, 'disk') || null,
    gpu: gpusOf(extra),
    architecture: architectureOf(extra ?? []),
  };
}

type ExtraSpecs = readonly (readonly [string, string])[];

/** As an extension of Nova v2 shows them, and Rackspace does. */
const extraSpecsNames = ['extra_specs', 'OS-FLV-WITH-EXT-SPECS:extra_specs'];

/** Undefined where the cloud does not tell them. */
function extraSpecsOf(flavor: Json): ExtraSpecs | undefined {
  const name = extraSpecsNames.find((candidate) => field(flavor, candidate) !== undefined);
  if (name === undefined) return undefined;
  return entries(flavor, name).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
}

/** Where flavors tell the architecture: the ComputeCapabilitiesFilter's key, the image property's name, or a trait (Nova, "Extra Specs"). */
const architectureKeys = [
  'capabilities:cpu_info:arch',
  'capabilities:cpu_arch',
  'cpu_arch',
  'hw:architecture',
  'hw_architecture',
  'architecture',
];

function architectureOf(extra: ExtraSpecs): string | null {
  for (const [key, value] of extra) {
    const told = architectureKeys.includes(key) ? value : key.startsWith('trait:HW_ARCH') && value === 'required' ? key : '';
    if (/x86_64|amd64|x64/i.test(told)) return 'x64';
    if (/aarch64|arm64/i.test(told)) return 'arm64';
  }
  return null;
}

/** `resources:VGPU: 1`, `resources:PGPU: 1`, or `pci_passthrough:alias: gpu:2` (name:count, comma separated). Unknown without extra specs. */
function gpusOf(extra: ExtraSpecs | undefined): number | null {
  return extra?.reduce((sum, [key, value]) => sum + gpusIn(key, value), 0) ?? null;
}

function gpusIn(key: string, value: string): number {
  if (/^resources\d*:(V|P)GPU$/.test(key)) return Number(value) || 0;
  if (key !== 'pci_passthrough:alias') return 0;
  return value.split(',').reduce((sum, alias) => {
    const [name = '', count = '1'] = alias.trim().split(':');
    return sum + (/gpu|nvidia|tesla|a100|h100|v100|t4/i.test(name) ? Number(count) || 0 : 0);
  }, 0);
}

/** os-availability-zone; `internal` belongs to the cloud's own services. */
export const openZones = (answer: Json): readonly string[] =>
  list(answer, 'availabilityZoneInfo').flatMap((zone) => {
    const name = text(zone, 'zoneName');
    return name === undefined || name === 'internal' || field(zone, 'zoneState', 'available') === false ? [] : [name];
  });

/** What the absolute limits leave (Compute API, "Limits"): RAM is in MiB, and -1 is no limit. */
export function quotasLeft(answer: Json): readonly QuotaLeft[] {
  const limit = (of: QuotaLeft['of'], most: string, used: string, unit = 1): readonly QuotaLeft[] => {
    const [all, taken] = [number(answer, 'limits', 'absolute', most), number(answer, 'limits', 'absolute', used)];
    return all === undefined || taken === undefined || all < 0 ? [] : [{ of, left: Math.max(0, all - taken) / unit }];
  };
  return [
    ...limit('machines', 'maxTotalInstances', 'totalInstancesUsed'),
    ...limit('cores', 'maxTotalCores', 'totalCoresUsed'),
    ...limit('memory', 'maxTotalRAMSize', 'totalRAMUsed', 1024),
  ];
}
