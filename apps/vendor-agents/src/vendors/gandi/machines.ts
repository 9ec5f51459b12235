import { field, type Json, list, text } from '../../vendor/json.js';
import { installationMark, readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { idOf } from './gandi-api.js';

const states: Readonly<Record<string, InstanceState>> = {
  being_created: 'building',
  running: 'active',
  halted: 'inactive',
  paused: 'suspended',
  locked: 'error',
  legally_locked: 'error',
  invalid: 'error',
  deleted: 'gone',
};

/** A state that Gandi adds one day counts as on its way. @throws VendorError malformed for what has no id. */
export function instanceOf(vm: Json, region: string): Instance {
  const told = text(vm, 'state') ?? '';
  const state = (Object.hasOwn(states, told) ? states[told] : undefined) ?? 'building';
  const fault = state === 'error' ? bootFault(`Gandi calls the machine ${told}`) : null;
  return { vendorId: idOf(vm), state, address: addressOf(vm), zone: region, fault };
}

export const bootFault = (message: string): Fault => ({ reason: 'boot-failed', code: null, message });

/** Only `vm.info` tells addresses. Those of private interfaces count where there are no others, and IPv4 before IPv6. */
function addressOf(vm: Json): string | null {
  const ifaces = list(vm, 'ifaces');
  const publics = ifaces.filter((iface) => text(iface, 'type') !== 'private');
  const ips = [...publics, ...ifaces].flatMap((iface) => list(iface, 'ips'));
  const chosen = ips.find((ip) => text(ip, 'version') === '4') ?? ips[0];
  return text(chosen, 'ip') ?? null;
}

/** A machine of this installation; undefined for any other. */
export function taggedInstanceOf(vm: Json, region: string, installation: string): TaggedInstance | undefined {
  const label = readMachineLabel(text(vm, 'hostname') ?? '');
  const instance = instanceOf(vm, region);
  const isOurs = label?.mark === installationMark(installation) && instance.state !== 'gone';
  return isOurs ? { ...instance, placement: label.placement } : undefined;
}

export const isFor = (thing: Json, token: string, nameField: 'hostname' | 'name'): boolean =>
  readMachineLabel(text(thing, nameField) ?? '')?.placement === token && text(thing, 'state') !== 'deleted';

/** The disk that it boots from: the one in position 0. */
export const systemDiskOf = (vm: Json): Json | undefined =>
  list(vm, 'disks').find((disk) => field(disk, 'is_boot_disk') === true) ?? list(vm, 'disks')[0];
