import type { Instance } from '../../cloud/instance.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import type { Volume, VolumeState } from '../../cloud/volumes.js';
import { datacenterIdOf, type GandiCall, instancesOf, places } from './call.js';
import { images } from './catalogue.js';

const mibPerGib = 1024;

/** Disks are of three kinds to the testbed: those that machines boot from, copies of them, and others. To Gandi they are all disks. */
export const allDisks = (call: GandiCall): DiskView[] => [
  ...instancesOf(call.cloud).map((machine) => systemDisk(call, machine)),
  ...places(call.cloud).flatMap((place) => [
    ...call.testbed.savedImages.in(place).map((copy) => copiedDisk(call, copy)),
    ...call.testbed.volumes.in(place).map((volume) => dataDisk(call, volume)),
  ]),
];

/** The one that it boots from first. */
export const disksOf = (call: GandiCall, machine: Instance): DiskView[] => [
  systemDisk(call, machine),
  ...call.testbed.volumes.of(machine).map((volume) => dataDisk(call, volume)),
];

export type DiskView = ReturnType<typeof diskView>;

const systemDisk = (call: GandiCall, machine: Instance): DiskView =>
  diskView({
    id: machine.labels.disk ?? '',
    name: machine.labels.diskName ?? '',
    datacenter: datacenterIdOf(call.cloud, machine.region),
    size: Number(machine.labels.diskMib),
    state: machine.state === 'booting' ? 'being_created' : 'created',
    source: machine.image,
    label: images(call.cloud).find(({ disk_id: id }) => String(id) === machine.image)?.label ?? null,
    machines: [Number(machine.id)],
    at: machine.createdAt,
  });

const copiedDisk = ({ cloud }: GandiCall, copy: SavedImage): DiskView =>
  diskView({
    id: copy.id,
    name: copy.name,
    datacenter: datacenterIdOf(cloud, copy.region),
    size: Number(copy.labels.mib),
    state: copy.state === 'available' ? 'created' : 'being_created',
    source: copy.labels.source ?? copy.base,
    label: null,
    type: copy.labels.type ?? 'data',
    machines: [],
    at: copy.createdAt,
  });

const volumeStates: Partial<Readonly<Record<VolumeState, string>>> = {
  creating: 'being_created',
  deleting: 'deleted',
  error: 'invalid',
};

const dataDisk = ({ cloud }: GandiCall, volume: Volume): DiskView =>
  diskView({
    id: volume.id,
    name: volume.name,
    datacenter: datacenterIdOf(cloud, volume.region),
    size: volume.gib * mibPerGib,
    state: volumeStates[volume.state] ?? 'created',
    source: null,
    label: null,
    machines: volume.attachment ? [Number(volume.attachment.instance)] : [],
    at: volume.createdAt,
  });

interface Disk {
  readonly id: string;
  readonly name: string;
  readonly datacenter: number;
  /** MiB. */
  readonly size: number;
  readonly state: string;
  readonly source: string | null;
  readonly label: unknown;
  readonly type?: string;
  readonly machines: readonly number[];
  readonly at: number;
}

const diskView = ({ id, name, datacenter, size, state, source, label, type = 'data', machines, at }: Disk) => ({
  id: Number(id),
  name,
  datacenter_id: datacenter,
  size,
  total_size: size,
  state,
  type,
  visibility: 'private',
  is_boot_disk: source !== null,
  can_snapshot: state === 'created',
  label: typeof label === 'string' ? label : null,
  kernel_version: source === null ? null : '6.1-x86_64 (hvm)',
  snapshot_profile_id: null,
  snapshots_id: [],
  source: source === null ? null : Number(source),
  vms_id: machines,
  date_created: new Date(at),
  date_updated: new Date(at),
});
