import { uuidOf } from '../../../cloud/digest.js';
import type { Instance } from '../../../cloud/instance.js';
import type { Volume } from '../../../cloud/volumes.js';
import { account, type Call, noSuch, timeOf, type View, zoneView } from '../call.js';
import { machinesOf, stateOf } from './machine-view.js';
import { tagViews } from './tag-view.js';

export const rootVolumeIdOf = ({ id }: Pick<Instance, 'id'>): string => uuidOf(`${id} root volume`);

export const rootVolumeNameOf = ({ id }: Pick<Instance, 'id'>): string => `ROOT-${id.slice(0, 8)}`;

/** The machine whose root volume it is. @throws CloudStackFault 431 */
export function rootVolumeCalled(call: Call, parameter: string, id: string): Instance {
  const machine = machinesOf(call).find((instance) => instance.state !== 'terminated' && rootVolumeIdOf(instance) === id);
  if (!machine) throw noSuch(call, parameter, id);
  return machine;
}

export interface DiskOffering {
  readonly id: string;
  readonly name: string;
  /** GiB; null: as the client says. */
  readonly gib: number | null;
}

export const diskOfferings: readonly DiskOffering[] = [
  { id: uuidOf('disk offering small'), name: 'Small', gib: 5 },
  { id: uuidOf('disk offering medium'), name: 'Medium', gib: 20 },
  { id: uuidOf('disk offering custom'), name: 'Custom', gib: null },
];

/** Device numbers: 0 is the root disk, 3 the CD-ROM (VolumeApiServiceImpl.getDeviceId). */
export const deviceNameOf = (number: number): string => `/dev/vd${String.fromCharCode('a'.charCodeAt(0) + number)}`;

export const deviceNumberOf = (name: string): number => name.charCodeAt(name.length - 1) - 'a'.charCodeAt(0);

const gib = 1024 ** 3;

export function rootVolumeView(call: Call, instance: Instance): View {
  return {
    id: rootVolumeIdOf(instance),
    name: rootVolumeNameOf(instance),
    type: 'ROOT',
    deviceid: 0,
    size: (call.cloud.size(instance.region, instance.size)?.diskGib ?? 0) * gib,
    created: timeOf(instance.createdAt),
    state: instance.state === 'booting' ? 'Creating' : 'Ready',
    ...attachedTo(call, instance),
    ...common(call, instance.region),
    tags: [],
  };
}

/** A volume is no more than a record until it is attached for the first time (Volume.State: Allocated). */
export function dataVolumeStateOf({ store }: Call, { state, id, cloud }: Volume): string {
  if (state === 'creating') return 'Creating';
  if (state === 'deleting') return 'Expunging';
  if (state === 'error') return 'UploadError';
  if (state === 'attaching') return 'Attaching';
  return state === 'in-use' || store.placed.get(cloud, id) ? 'Ready' : 'Allocated';
}

export function dataVolumeView(call: Call, volume: Volume): View {
  const { attachment } = volume;
  const machine = attachment && volume.state !== 'attaching' ? call.testbed.fleet.get(attachment.instance) : undefined;
  const offering = diskOfferings.find(({ name }) => name === volume.type);
  return {
    id: volume.id,
    name: volume.name,
    type: 'DATADISK',
    size: volume.gib * gib,
    created: timeOf(volume.createdAt),
    state: dataVolumeStateOf(call, volume),
    diskofferingid: offering?.id,
    diskofferingname: offering?.name,
    diskofferingdisplaytext: offering?.name,
    ...(attachment && machine
      ? { deviceid: deviceNumberOf(attachment.device), attached: timeOf(attachment.at), ...attachedTo(call, machine) }
      : {}),
    ...common(call, volume.region),
    tags: tagViews('Volume', volume),
  };
}

const attachedTo = (call: Call, machine: Instance): View => ({
  virtualmachineid: machine.id,
  vmname: machine.name,
  vmdisplayname: machine.name,
  vmstate: stateOf(call, machine),
});

const common = ({ cloud }: Call, region: string): View => ({
  ...zoneView(cloud, region),
  ...account,
  storagetype: 'shared',
  provisioningtype: 'thin',
  hypervisor: 'KVM',
  destroyed: false,
  isextractable: true,
  quiescevm: false,
  displayvolume: true,
});
