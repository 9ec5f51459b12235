import { type Json, list, number, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, QuotaLeft, SavedImage, Size, TaggedInstance, Volume } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';

/** Brightbox API 1.0, "Server", `status`. One that is not here is on its way to one of these. */
const states: Readonly<Record<string, InstanceState>> = {
  active: 'active',
  inactive: 'inactive',
  deleted: 'gone',
  failed: 'error',
  unavailable: 'error',
};

/** @throws VendorError unknown for what has no id. */
export function instanceOf(server: Json): Instance {
  const vendorId = text(server, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a server');
  const state = states[text(server, 'status') ?? ''] ?? 'building';
  const [cloudIp] = list(server, 'cloud_ips');
  const [own] = list(server, 'interfaces');
  const address = text(cloudIp, 'public_ipv4') ?? text(cloudIp, 'public_ip') ?? text(own, 'ipv4_address') ?? null;
  return { vendorId, state, address, zone: text(server, 'zone', 'handle') ?? null, fault: faultOf(server, state) };
}

/** Brightbox shows that a server failed, and not why. */
function faultOf(server: Json, state: InstanceState): Fault | null {
  if (state !== 'error') return null;
  const code = text(server, 'status') ?? null;
  return { reason: 'boot-failed', code, message: `the server is ${code ?? 'in error'}, and Brightbox does not say why` };
}

/** Undefined for a server that is not named by us, and for one that is gone. */
export function taggedInstanceOf(server: Json): (TaggedInstance & { readonly mark: string }) | undefined {
  const label = readMachineLabel(text(server, 'name') ?? '');
  const instance = instanceOf(server);
  return label && instance.state !== 'gone' ? { ...instance, ...label } : undefined;
}

/** Memory and disk are MB of 1024 × 1024 bytes; a type with network storage has no disk of its own. Undefined for one that says too little. */
export function sizeOf(type: Json): Size | undefined {
  const [name, cores, memory] = [text(type, 'handle'), number(type, 'cores'), number(type, 'ram')];
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  const disk = number(type, 'disk_size') ?? 0;
  return { name, cores, memory: memory / 1024, disk: disk > 0 ? disk / 1024 : null, gpu: 0, architecture: 'x64' };
}

/** What an account may still have ("Account"): memory, and one machine for each cloud IP, since each takes one. */
export function quotasOf(account: Json): readonly QuotaLeft[] {
  const left = (what: string): number | undefined => {
    const [limit, used] = [number(account, `${what}_limit`), number(account, `${what}_used`)];
    return limit === undefined || used === undefined ? undefined : Math.max(0, limit - used);
  };
  const [memory, machines] = [left('ram'), left('cloud_ips')];
  return [
    ...(machines === undefined ? [] : [{ of: 'machines' as const, left: machines }]),
    ...(memory === undefined ? [] : [{ of: 'memory' as const, left: memory / 1024 }]),
  ];
}

const imageStates: Readonly<Record<string, SavedImage['state']>> = { available: 'active', failed: 'error', unavailable: 'error' };

/** @throws VendorError unknown for what has no id. */
export function savedImageOf(image: Json): SavedImage {
  const vendorId = text(image, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe an image');
  return { vendorId, state: imageStates[text(image, 'status') ?? ''] ?? 'building' };
}

const volumeStates: Readonly<Record<string, Volume['state']>> = {
  detached: 'available',
  attached: 'attached',
  failed: 'error',
  deleted: 'gone',
};

/** A volume is of no zone. @throws VendorError unknown for what has no id. */
export function volumeOf(volume: Json): Volume {
  const vendorId = text(volume, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a volume');
  const state = volumeStates[text(volume, 'status') ?? ''] ?? 'building';
  const machine = state === 'attached' ? (text(volume, 'server', 'id') ?? null) : null;
  return { vendorId, state, zone: null, machine, device: null };
}
