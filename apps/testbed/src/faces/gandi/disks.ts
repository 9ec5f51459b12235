import { inWords } from '../../cloud/refusal.js';
import type { Volume } from '../../cloud/volumes.js';
import type { RpcStruct } from '../xml-rpc.js';
import {
  datacenter,
  expectNames,
  type GandiCall,
  idAt,
  instancesOf,
  integerOf,
  machineAt,
  type Methods,
  notFound,
  optionsAt,
  places,
  required,
  structAt,
  textOf,
} from './call.js';
import { images } from './catalogue.js';
import { allDisks, type DiskView } from './disk-view.js';
import { fault } from './fault.js';
import { counted, listed } from './filter.js';

export const diskMethods: Methods = {
  'hosting.disk.list': (call) => listed(call, optionsAt(call, 0), allDisks(call)),
  'hosting.disk.count': (call) => counted(optionsAt(call, 0), allDisks(call)),
  'hosting.disk.info': (call) => diskAt(call, 0),
  'hosting.disk.create': (call) => create(call, structAt(call, 0)),
  'hosting.disk.create_from': createFrom,
  'hosting.disk.delete': remove,
  'hosting.vm.disk_attach': attach,
  'hosting.vm.disk_detach': detach,
};

const known = ['name', 'size', 'datacenter_id', 'type', 'snapshot_profile', 'kernel', 'cmdline'];
const mibPerGib = 1024;
const defaultMib = 10_240;

/** @throws RpcFailure */
export function diskSpec(spec: RpcStruct): { readonly name: string | undefined; readonly mib: number | undefined } {
  expectNames(spec, known);
  const [name, mib] = [textOf(spec, 'name'), integerOf(spec, 'size')];
  if (name !== undefined && !/^[-_0-9a-zA-Z]{1,255}$/.test(name))
    throw fault('STRING', 'BADPARAMETER', `string '${name}' does not match '^[-_0-9a-zA-Z]{1,255}$'`);
  if (mib !== undefined && (mib < mibPerGib || mib % mibPerGib !== 0))
    throw fault('DISK', 'BADPARAMETER', `size ${mib} is no multiple of ${mibPerGib}`);
  return { name, mib };
}

function create(call: GandiCall, spec: RpcStruct): RpcStruct {
  const { testbed, cloud } = call;
  const { name, mib = defaultMib } = diskSpec(spec);
  const region = datacenter(cloud, required(integerOf(spec, 'datacenter_id'), 'datacenter_id'));
  const gib = mib / mibPerGib;
  if (gib < cloud.volumeSizes.least || gib > cloud.volumeSizes.most)
    throw fault('DISK', 'BADPARAMETER', `size ${mib} is out of bounds`);
  const id = testbed.numbers.next();
  const volume = testbed.volumes.create({
    id,
    cloud: cloud.name,
    region: region.region,
    zone: region.zones[0] ?? '',
    gib,
    type: 'data',
    name: name ?? `vdi${id}`,
    labels: {},
    request: null,
  });
  return operation(call, 'disk_create', volume);
}

/** A copy, from which machines can be made where the source is one that machines boot from. */
function createFrom(call: GandiCall): RpcStruct {
  const { testbed, cloud } = call;
  const spec = structAt(call, 0);
  const { name, mib } = diskSpec(spec);
  const source = sourceOf(call, idAt(call, 1));
  const size = mib ?? source.size;
  expectFit(source, integerOf(spec, 'datacenter_id') ?? source.datacenter_id, size);
  if (source.source === null) return create(call, { ...spec, datacenter_id: source.datacenter_id, size });
  const id = testbed.numbers.next();
  const copy = testbed.savedImages.create({
    id,
    cloud: cloud.name,
    region: datacenter(cloud, source.datacenter_id).region,
    name: name ?? `vdi${id}`,
    description: '',
    labels: { mib: String(size), type: textOf(spec, 'type') ?? 'data', source: String(source.id) },
    architecture: 'x86_64',
    instance: String(source.vms_id[0] ?? ''),
    base: String(source.source),
  });
  return operation(call, 'disk_create', copy);
}

/** A copy is in the same data centre, and no smaller. @throws RpcFailure */
export function expectFit(source: Source, datacenterId: number, mib: number): void {
  if (source.datacenter_id !== datacenterId) throw fault('DISK', 'DATACENTER', `Disk ${source.id} is in another datacenter`);
  if (mib < source.size) throw fault('DISK', 'CANNOT_SHRINK', `Disk ${source.id} has ${source.size} MiB`);
}

interface Source extends Pick<DiskView, 'id' | 'size' | 'datacenter_id' | 'source' | 'vms_id'> {
  readonly state: string;
}

/** A disk to copy from, the ones of images included. @throws RpcFailure */
export function sourceOf(call: GandiCall, id: number): Source {
  const image = images(call.cloud).find(({ disk_id: disk }) => disk === id);
  if (image)
    return { id, size: Number(image.size), datacenter_id: image.datacenter_id, source: id, vms_id: [], state: 'created' };
  const disk = diskNumbered(call, id);
  if (disk.state !== 'created') throw fault('DISK', 'STATE', `Disk ${id} is ${disk.state}`);
  return disk;
}

function remove(call: GandiCall): RpcStruct {
  const disk = diskAt(call, 0);
  const { testbed, cloud, operations } = call;
  if (disk.vms_id.length > 0) throw fault('DISK', 'ATTACHED', `Disk ${disk.id} is attached to VM ${disk.vms_id.join(', ')}`);
  const place = { cloud: cloud.name, region: datacenter(cloud, disk.datacenter_id).region };
  const copy = testbed.savedImages.get(place, String(disk.id));
  if (!copy)
    return operation(
      call,
      'disk_delete',
      onDisk(() => testbed.volumes.delete(dataDiskAt(call, 0))),
    );
  testbed.savedImages.delete(copy);
  return operations.begin(cloud.name, 'disk_delete', null, { disk: copy.id });
}

function attach(call: GandiCall): RpcStruct {
  const { testbed } = call;
  const machine = machineAt(call, 0);
  const volume = dataDiskAt(call, 1);
  if (machine.state !== 'running' && machine.state !== 'stopped')
    throw fault('VM', 'STATE', `VM ${machine.id} is changing its state`);
  if (volume.region !== machine.region) throw fault('DISK', 'DATACENTER', `Disk ${volume.id} is in another datacenter`);
  const device = `/dev/xvd${String.fromCharCode('b'.charCodeAt(0) + testbed.volumes.of(machine).length)}`;
  const attached = onDisk(() => testbed.volumes.attach(volume, machine, { id: testbed.ids.next(), device }));
  return operation(call, 'disk_attach', attached, machine.id);
}

function detach(call: GandiCall): RpcStruct {
  const machine = machineAt(call, 0);
  const volume = dataDiskAt(call, 1);
  if (volume.attachment?.instance !== machine.id)
    throw fault('DISK', 'NOT_ATTACHED', `Disk ${volume.id} is not attached to VM ${machine.id}`);
  return operation(
    call,
    'disk_detach',
    onDisk(() => call.testbed.volumes.detach(volume)),
    machine.id,
  );
}

const onDisk = <T>(ask: () => T): T => inWords({ 'wrong-state': (message) => fault('DISK', 'STATE', message) }, ask);

function operation(
  { operations, cloud }: GandiCall,
  type: string,
  thing: Pick<Volume, 'id'> & { readonly change: { readonly at: number } | null },
  vm: string | null = null,
): RpcStruct {
  return operations.begin(cloud.name, type, thing.change?.at ?? null, { disk: thing.id, vm });
}

const diskAt = (call: GandiCall, index: number): DiskView => diskNumbered(call, idAt(call, index));

function diskNumbered(call: GandiCall, id: number): DiskView {
  const disk = allDisks(call).find((candidate) => candidate.id === id);
  if (!disk) throw notFound('DISK', `Disk '${id}' doesn't exist.`);
  return disk;
}

/** @throws RpcFailure for the disk that a machine boots from, and for copies of such. */
function dataDiskAt(call: GandiCall, index: number): Volume {
  const { id } = diskAt(call, index);
  const volume = places(call.cloud).flatMap((place) => call.testbed.volumes.get(place, String(id)) ?? [])[0];
  if (volume) return volume;
  const machine = instancesOf(call.cloud).find(({ labels }) => labels.disk === String(id));
  throw machine
    ? fault('DISK', 'ATTACHED', `Disk ${id} is the system disk of VM ${machine.id}`)
    : fault('DISK', 'BADPARAMETER', `Disk ${id} is a copy of a system disk: create a VM from it`);
}
