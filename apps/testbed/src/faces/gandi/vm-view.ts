import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { RpcStruct } from '../xml-rpc.js';
import { datacenterIdOf, type GandiCall } from './call.js';
import { disksOf } from './disk-view.js';

/** A change that is under way is an operation: meanwhile a machine is what it was. */
const states: Readonly<Record<InstanceState, string>> = {
  booting: 'being_created',
  running: 'running',
  stopping: 'running',
  rebooting: 'running',
  resizing: 'running',
  resized: 'running',
  reverting: 'running',
  suspending: 'running',
  pausing: 'running',
  stopped: 'halted',
  starting: 'halted',
  deleting: 'halted',
  suspended: 'paused',
  paused: 'paused',
  resuming: 'paused',
  unpausing: 'paused',
  error: 'invalid',
  terminated: 'deleted',
};

const shownState = ({ odd, state, resize }: Instance): string =>
  odd ?? (state === 'resizing' && resize?.stopped ? 'halted' : states[state]);

const bandwidth = 102_400;
const greatestMemoryMib = 2_048;

/** As a list has it. */
export function vmView(call: GandiCall, machine: Instance) {
  const { cloud } = call;
  const { vcpus, memoryGib } = sizeOf(cloud, machine);
  const memory = Math.round(memoryGib * 1024);
  const state = shownState(machine);
  return {
    id: Number(machine.id),
    hostname: machine.name,
    state,
    hvm_state: state,
    datacenter_id: datacenterIdOf(cloud, machine.region),
    cores: vcpus,
    memory,
    vm_max_memory: Math.max(memory, greatestMemoryMib),
    ai_active: 0,
    console: 0,
    description: null,
    farm: null,
    flex_shares: 0,
    is_migrating: false,
    disks_id: disksOf(call, machine).map(({ id }) => id),
    ifaces_id: [interfaceIdOf(machine)],
    date_created: new Date(machine.createdAt),
    date_updated: new Date(machine.launchedAt ?? machine.createdAt),
  };
}

/** As `hosting.vm.info` tells it. */
export const vmDetails = (call: GandiCall, machine: Instance): RpcStruct => ({
  ...vmView(call, machine),
  console_url: 'console.gandi.net',
  disks: disksOf(call, machine),
  ifaces: [interfaceView(call.cloud, machine)],
  graph_urls: { vcpu: [''], vdi: [''], vif: [''] },
  probes: [],
  triggers: [],
});

export const interfaceView = (cloud: Cloud, machine: Instance) => ({
  id: interfaceIdOf(machine),
  vm_id: Number(machine.id),
  num: 0,
  type: 'public',
  state: 'used',
  vlan: null,
  bandwidth,
  datacenter_id: datacenterIdOf(cloud, machine.region),
  ips: addressViews(cloud, machine),
  ips_id: addressViews(cloud, machine).map(({ id }) => id),
  date_created: new Date(machine.createdAt),
  date_updated: new Date(machine.createdAt),
});

/** An address has its interface's number: each has one. */
export const addressViews = (cloud: Cloud, machine: Instance) =>
  machine.address === null
    ? []
    : [
        {
          id: interfaceIdOf(machine),
          iface_id: interfaceIdOf(machine),
          vm_id: Number(machine.id),
          ip: machine.address,
          version: 4,
          num: 0,
          type: 'public',
          reverse: `xvm-${machine.id}.testbed.example`,
          state: 'created',
          datacenter_id: datacenterIdOf(cloud, machine.region),
          date_created: new Date(machine.createdAt),
          date_updated: new Date(machine.createdAt),
        },
      ];

const interfaceIdOf = ({ labels }: Instance): number => Number(labels.iface);

const nothing = { vcpus: 1, memoryGib: 0.25 };

const sizeOf = (cloud: Cloud, { region, size }: Instance): Pick<Size, 'vcpus' | 'memoryGib'> =>
  cloud.size(region, size) ?? nothing;

/** What the testbed calls so many cores and MiB: as the catalogue does, where it knows such a machine. */
export function sizeCalled(cloud: Cloud, region: string, cores: number, memoryMib: number, diskMib: number): string {
  const memory = memoryMib / 1024;
  const disk = Math.round(diskMib / 1024);
  const listed = cloud
    .sizes(region)
    .find(({ vcpus, memoryGib, diskGib }) => vcpus === cores && memoryGib === memory && diskGib === disk);
  return listed?.name ?? `c${cores}-m${memory}-d${disk}`;
}
