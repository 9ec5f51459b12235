import { freeSize, type Size } from '../../catalogue/size.js';
import { digest } from '../../cloud/digest.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { primaryIpView } from './ip-addresses.js';
import { notFound } from './onapp-error.js';
import { priceOf } from './prices.js';
import { templatesOf } from './templates.js';
import type { VmRecord } from './vm-record.js';
import { hypervisorOf, userId } from './infrastructure.js';

/** A change of size is done as soon as it has ended: nobody confirms it. */
export function vmsOf({ testbed, cloud, region }: Call): Instance[] {
  for (const vm of cloud.instances(region.region)) if (vm.state === 'resized') testbed.fleet.confirmResize(vm);
  return cloud.instances(region.region).filter(({ state }) => state !== 'terminated');
}

/** By its number or its identifier. @throws OnAppError 404 */
export function vmCalled(call: Call, id = call.params.id ?? ''): Instance {
  const vm = vmsOf(call).find((candidate) => candidate.id === id || identifierOf(candidate.id) === id);
  if (vm) return vm;
  throw notFound();
}

/** What is kept of every virtual server; one that is not there is nobody's. @throws OnAppError 404 */
export function recordOf({ kept }: Call, { id }: Instance): VmRecord {
  const record = kept.vms.get(id);
  if (record) return record;
  throw notFound();
}

const identifierOf = (id: string): string => digest(`virtual server ${id}`, 14);

/** Memory in MB, disk in GB: a cloud without fixed sizes. */
export const sizeFor = (cpus: number, memory: number, disk: number): Size | undefined =>
  freeSize(`c${cpus}-m${memory / 1024}-d${disk}`);

export const sizeOf = ({ cloud, region }: Call, { size }: Instance): Size | undefined => cloud.size(region.region, size);

export const listVms: Handler = (call) => {
  const wanted = call.query.get('q') ?? '';
  const found = vmsOf(call).filter(({ name }) => name.includes(wanted));
  return { body: found.map((vm) => vmView(call, vm)) };
};

export const showVm: Handler = (call) => ({ body: vmView(call, vmCalled(call)) });

interface Flags {
  readonly booted: boolean;
  readonly locked: boolean;
}

/** Locked while a transaction of its own runs. */
const flags: Readonly<Record<InstanceState, Flags>> = {
  booting: { booted: false, locked: true },
  running: { booted: true, locked: false },
  stopping: { booted: true, locked: true },
  stopped: { booted: false, locked: false },
  starting: { booted: false, locked: true },
  rebooting: { booted: true, locked: true },
  suspending: { booted: true, locked: true },
  suspended: { booted: false, locked: false },
  resuming: { booted: false, locked: true },
  pausing: { booted: true, locked: true },
  paused: { booted: true, locked: false },
  unpausing: { booted: true, locked: true },
  resizing: { booted: true, locked: true },
  resized: { booted: true, locked: false },
  reverting: { booted: true, locked: true },
  error: { booted: false, locked: false },
  deleting: { booted: false, locked: true },
  terminated: { booted: false, locked: false },
};

export const isLocked = ({ state }: Instance): boolean => flags[state].locked;

export function vmView(call: Call, vm: Instance) {
  const record = recordOf(call, vm);
  const template = templatesOf(call).find(({ id }) => id === vm.image);
  return {
    virtual_machine: {
      id: Number(vm.id),
      identifier: identifierOf(vm.id),
      label: vm.name,
      hostname: record.hostname,
      note: record.note,
      admin_note: null,
      user_id: userId,
      hypervisor_id: hypervisorOf(call, vm.zone),
      template_id: Number(vm.image),
      template_label: template?.label ?? null,
      operating_system: 'linux',
      operating_system_distro: template?.distro ?? null,
      cpu_shares: record.cpuShares,
      ...sizeView(sizeOf(call, vm) ?? nothing, record),
      ...stateView(vm, record),
      recovery_mode: false,
      ip_addresses: record.hasAddress && vm.address !== null ? [primaryIpView(vm)] : [],
      initial_root_password: digest(`${vm.id} root`, 12),
      initial_root_password_encrypted: false,
      created_at: new Date(vm.createdAt).toISOString(),
      updated_at: new Date(vm.launchedAt ?? vm.createdAt).toISOString(),
    },
  };
}

const nothing: Pick<Size, 'vcpus' | 'memoryGib' | 'diskGib'> = { vcpus: 0, memoryGib: 0, diskGib: 0 };

const sizeView = (size: typeof nothing, { swapDisk }: VmRecord) => ({
  cpus: size.vcpus,
  memory: size.memoryGib * 1024,
  total_disk_size: (size.diskGib ?? 0) + (swapDisk?.gib ?? 0),
  price_per_hour: priceOf(size, 'on'),
  price_per_hour_powered_off: priceOf(size, 'off'),
});

/** Three flags tell the state; the field of that name does not, unless building it has failed. */
function stateView(vm: Instance, { toBeBuilt }: VmRecord) {
  const { booted, locked } = flags[vm.state];
  return {
    built: toBeBuilt && vm.state !== 'booting' && vm.state !== 'error',
    booted: vm.odd ?? booted,
    locked,
    suspended: vm.state === 'suspended',
    state: vm.odd ?? (vm.state === 'error' ? 'failed' : 'delivered'),
  };
}
