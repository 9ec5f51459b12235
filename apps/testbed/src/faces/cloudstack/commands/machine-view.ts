import { type Instance, type InstanceState } from '../../../cloud/instance.js';
import { metricsOf } from '../../../cloud/metrics.js';
import { account, type Call, noSuch, timeOf, type View, zoneView } from '../call.js';
import { nicsOf, nicView } from './nic-view.js';
import { cpuSpeed, offeringIdOf } from './places.js';
import { tagViews } from './tag-view.js';
import { templatesOf } from './template-view.js';

/** VirtualMachine.State; a machine that reboots is running all the while. */
const states: Readonly<Record<InstanceState, string>> = {
  booting: 'Starting',
  starting: 'Starting',
  running: 'Running',
  rebooting: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  deleting: 'Stopping',
  terminated: 'Destroyed',
  error: 'Error',
  suspended: 'Stopped',
  paused: 'Stopped',
  resized: 'Running',
  suspending: 'Stopping',
  resuming: 'Starting',
  pausing: 'Stopping',
  unpausing: 'Starting',
  resizing: 'Migrating',
  reverting: 'Migrating',
};

export function stateOf({ store, cloud }: Pick<Call, 'store' | 'cloud'>, instance: Instance): string {
  if (instance.state === 'deleting' && store.expunged.get(cloud.name, instance.id)) return 'Expunging';
  return states[instance.state];
}

/** Those that a user can see: what has been destroyed stays for a while, unless it was expunged. */
export const machinesOf = ({ testbed, cloud, store }: Call): Instance[] =>
  testbed.fleet
    .all()
    .filter(
      (instance) =>
        instance.cloud === cloud.name && !(instance.state === 'terminated' && store.expunged.get(cloud.name, instance.id)),
    );

/** @throws CloudStackFault 431 */
export function machineCalled(call: Call, parameter = 'id'): Instance {
  const id = call.params.require(parameter);
  const instance = machinesOf(call).find((candidate) => candidate.id === id);
  if (!instance) throw noSuch(call, parameter, id);
  return instance;
}

/** UserVmResponse; what is measured only of a machine that runs. */
export function machineView(call: Call, instance: Instance): View {
  const { cloud, store } = call;
  const size = cloud.size(instance.region, instance.size);
  const nat = store.addresses.of(cloud.name).find(({ machine }) => machine === instance.id);
  return {
    id: instance.id,
    name: instance.name,
    displayname: instance.name,
    ...account,
    created: timeOf(instance.createdAt),
    state: instance.odd ?? stateOf(call, instance),
    haenable: false,
    ...zoneView(cloud, instance.region),
    ...templateOf(call, instance),
    passwordenabled: false,
    serviceofferingid: offeringIdOf(cloud.name, instance.size),
    serviceofferingname: instance.size,
    cpunumber: size?.vcpus,
    cpuspeed: cpuSpeed,
    memory: (size?.memoryGib ?? 0) * 1024,
    ...measured(call, instance),
    rootdeviceid: 0,
    rootdevicetype: 'ROOT',
    securitygroup: [],
    nic: instance.state === 'terminated' ? [] : nicsOf(call, instance).map((nic) => nicView(call, nic)),
    hypervisor: 'KVM',
    ...(nat ? { publicipid: nat.id, publicip: nat.address } : {}),
    ...(instance.keyName === null ? {} : { keypair: instance.keyName, keypairs: instance.keyName }),
    affinitygroup: [],
    displayvm: true,
    isdynamicallyscalable: false,
    tags: tagViews('UserVm', instance),
  };
}

/** What is left of a template that has been deleted since is its id. */
function templateOf(call: Call, { image }: Instance): View {
  const template = templatesOf(call).find(({ id }) => id === image);
  const told = template && { templatename: template.name, templatedisplaytext: template.text, guestosid: template.osTypeId };
  return { templateid: image, ...told };
}

/** Counters in KiB since its last start; `cpuused` of all its cores. */
function measured({ cloud, testbed }: Call, instance: Instance): View {
  const size = cloud.size(instance.region, instance.size);
  if (instance.state !== 'running' || !size) return {};
  const metrics = metricsOf(instance, size, testbed.clock.now());
  return {
    cpuused: `${metrics.cpuPercent}%`,
    networkkbsread: Math.floor(metrics.networkInBytes / 1024),
    networkkbswrite: Math.floor(metrics.networkOutBytes / 1024),
    diskkbsread: Math.floor(metrics.diskReadBytes / 1024),
    diskkbswrite: Math.floor(metrics.diskWriteBytes / 1024),
    memorykbs: metrics.memoryMib * 1024,
    memoryintfreekbs: (metrics.memoryMib - metrics.memoryUsedMib) * 1024,
    memorytargetkbs: metrics.memoryMib * 1024,
  };
}
