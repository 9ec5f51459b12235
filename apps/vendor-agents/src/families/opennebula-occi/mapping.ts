import type { Instance, InstanceState, Size } from '../../vendor/port.js';
import { list, number, text, type XmlNode } from '../../vendor/xml.js';
import { idOf } from './occi-api.js';

/**
 * VirtualMachine::VM_STATE (VENDORS.md). The server does not tell how far a machine has come that is ACTIVE: it may be booting still, or be on
 * its way down.
 */
const states: Readonly<Record<string, InstanceState>> = {
  INIT: 'building',
  PENDING: 'building',
  HOLD: 'building',
  ACTIVE: 'active',
  STOPPED: 'suspended',
  SUSPENDED: 'suspended',
  POWEROFF: 'inactive',
  DONE: 'gone',
  FAILED: 'error',
};

/** A state that OpenNebula adds one day counts as still building. */
export function instanceOf(compute: XmlNode, network: string | undefined): Instance {
  const state = states[text(compute, 'STATE')?.toUpperCase() ?? ''] ?? 'building';
  const failed = { reason: 'boot-failed' as const, code: 'FAILED', message: 'the server does not say why' };
  return {
    vendorId: idOf(compute),
    state,
    address: addressOf(compute, network),
    zone: null,
    fault: state === 'error' ? failed : null,
  };
}

/** Of the account's network before others. */
function addressOf(compute: XmlNode, network: string | undefined): string | null {
  const nics = list(compute, [], 'NIC');
  const isOwn = (nic: XmlNode): boolean =>
    network !== undefined && [text(nic, 'NETWORK', '@name'), lastOf(text(nic, 'NETWORK', '@href'))].includes(network);
  const [address] = [...nics.filter(isOwn), ...nics].flatMap((nic) => text(nic, 'IP') ?? []);
  return address ?? null;
}

const lastOf = (href: string | undefined): string | undefined => href?.split('/').at(-1);

/** MEMORY in MiB; CPU is what a machine is guaranteed, and may be a share of one. The disk is the image's. */
export function sizeOf(type: XmlNode): Size | undefined {
  const name = text(type, 'NAME') ?? text(type, '@name');
  const [cores, memory] = [number(type, 'VCPU') ?? number(type, 'CPU'), number(type, 'MEMORY')];
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  return { name, cores: Math.max(1, Math.ceil(cores)), memory: memory / 1024, disk: null, gpu: null, architecture: 'x64' };
}
