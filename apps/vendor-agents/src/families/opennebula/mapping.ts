import type { Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import { malformed } from '../../vendor/refusal.js';
import { list, number, text, type XmlNode } from '../../vendor/xml.js';
import { bootFault } from './errors.js';

/** STATE (VENDORS.md; Virtual Machine states reference); ACTIVE (3) is told apart by LCM_STATE. */
const states: Readonly<Record<number, InstanceState>> = {
  0: 'building',
  1: 'building',
  2: 'building',
  4: 'suspended',
  5: 'suspended',
  6: 'gone',
  7: 'error',
  8: 'inactive',
  9: 'inactive',
  10: 'building',
  11: 'error',
};
const pending = 1;
const active = 3;

const running = 3;
/** LCM_STATE: UNKNOWN, and what ends in _FAILURE. */
const fallen: ReadonlySet<number> = new Set([16, 36, 37, 38, 39, 40, 41, 42, 44, 46, 47, 48, 49, 50, 61]);

export const isPoweredOff = (vm: XmlNode): boolean => number(vm, 'STATE') === 8;
export const isRunning = (vm: XmlNode): boolean => number(vm, 'STATE') === active && number(vm, 'LCM_STATE') === running;
export const isDone = (vm: XmlNode): boolean => number(vm, 'STATE') === 6;

/** Where a machine stands by the number of its cluster; undefined when nobody knows. */
export type ZoneOf = (cluster: number) => string | undefined;

/** @throws VendorError unknown when it carries no id. */
export function instanceOf(vm: XmlNode, zoneOf: ZoneOf, network: string | undefined): Instance {
  const vendorId = text(vm, 'ID');
  if (vendorId === undefined) throw malformed('the answer describes a machine without an ID');
  const state = stateOf(vm);
  return {
    vendorId,
    state,
    address: addressOf(vm, network),
    zone: zoneOf(clusterOf(vm) ?? Number.NaN) ?? null,
    fault: state === 'error' ? bootFault(text(vm, 'USER_TEMPLATE', 'SCHED_MESSAGE'), text(vm, 'USER_TEMPLATE', 'ERROR')) : null,
  };
}

/** Undefined for a machine whose name `create` has not made. */
export function taggedInstanceOf(vm: XmlNode, zoneOf: ZoneOf, network: string | undefined): TaggedInstance | undefined {
  const label = readMachineLabel(text(vm, 'NAME') ?? '');
  return label && { ...instanceOf(vm, zoneOf, network), placement: label.placement };
}

/** A machine that the scheduler finds no room for is pending for ever; a state that OpenNebula adds one day counts as still building. */
function stateOf(vm: XmlNode): InstanceState {
  const state = number(vm, 'STATE') ?? Number.NaN;
  if (state === pending && isUnplaceable(vm)) return 'error';
  if (state !== active) return states[state] ?? 'building';
  const lcm = number(vm, 'LCM_STATE') ?? Number.NaN;
  if (lcm === running) return 'active';
  return fallen.has(lcm) ? 'error' : 'building';
}

function isUnplaceable(vm: XmlNode): boolean {
  const message = text(vm, 'USER_TEMPLATE', 'SCHED_MESSAGE');
  return message !== undefined && bootFault(message, undefined).reason === 'no-capacity';
}

/** Of the account's network before others, IPv4 before IPv6. */
function addressOf(vm: XmlNode, network: string | undefined): string | null {
  const nics = list(vm, ['TEMPLATE'], 'NIC');
  const own = nics.filter((nic) => network !== undefined && [text(nic, 'NETWORK'), text(nic, 'NETWORK_ID')].includes(network));
  const addresses = [...own, ...nics];
  const first = (attribute: string): string | undefined =>
    addresses.map((nic) => text(nic, attribute)).find((address) => address !== undefined);
  return first('IP') ?? first('IP6_GLOBAL') ?? first('IP6') ?? null;
}

/** HISTORY/CID, the latest record last. */
const clusterOf = (vm: XmlNode): number | undefined => number(list(vm, ['HISTORY_RECORDS'], 'HISTORY').at(-1) ?? '', 'CID');
