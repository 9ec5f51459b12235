import type { Instance } from '../../../cloud/instance.js';
import { inWords } from '../../../cloud/refusal.js';
import type { Volume } from '../../../cloud/volumes.js';
import { type Call, type Handler, noSuch, timeOf, type View, zoneRequired } from '../call.js';
import { CloudStackFault, invalid, overLimit } from '../fault.js';
import { begin, inJob } from '../jobs.js';
import { asked, listed } from '../listing.js';
import { machineCalled, machinesOf } from './machine-view.js';
import {
  dataVolumeView,
  deviceNameOf,
  deviceNumberOf,
  type DiskOffering,
  diskOfferings,
  rootVolumeIdOf,
  rootVolumeNameOf,
  rootVolumeView,
} from './volume-view.js';

export const listDiskOfferings: Handler = (call) =>
  listed(call, 'diskoffering', asked(call, diskOfferings), ({ id, name, gib }) => ({
    id,
    name,
    displaytext: name,
    disksize: gib ?? 0,
    created: timeOf(Date.UTC(2026, 0, 1)),
    iscustomized: gib === null,
    storagetype: 'shared',
    provisioningtype: 'thin',
    displayoffering: true,
  }));

export const createVolume: Handler = (call) => {
  const { params, testbed, cloud } = call;
  const { region } = zoneRequired(call);
  const offering = diskOfferings.find(({ id }) => id === params.require('diskofferingid'));
  if (!offering) throw noSuch(call, 'diskofferingid', params.require('diskofferingid'));
  const zone = cloud.region(region)?.zones[0] ?? '';
  const order = {
    id: testbed.ids.next(),
    cloud: cloud.name,
    region,
    zone,
    gib: sizeOf(call, offering),
    type: offering.name,
    name: params.require('name'),
    labels: {},
    request: null,
  };
  const words = {
    quota: () => overLimit('volume'),
    'no-capacity': () => new CloudStackFault(533, 'There is no storage pool that the volume fits on.'),
  };
  const { id, change } = inWords(words, () => testbed.volumes.create(order));
  return { id, jobid: begin(call, { subject: 'Volume', subjectId: id, change }).id };
};

function sizeOf({ params, cloud }: Call, { gib }: DiskOffering): number {
  const size = params.integer('size');
  if (gib !== null) return gib;
  if (size === undefined) throw invalid('This disk offering requires a custom size specified');
  const { least, most } = cloud.volumeSizes;
  if (size >= least && size <= most) return size;
  throw invalid(`Volume size: ${size}GB is out of allowed range. Min: ${least}. Max: ${most}`);
}

const dataVolumesOf = ({ testbed, cloud }: Call): Volume[] =>
  testbed.volumes.all().filter((volume) => volume.cloud === cloud.name);

export const listVolumes: Handler = (call) => {
  const { params } = call;
  const [machine, type] = [params.get('virtualmachineid'), params.get('type')?.toUpperCase()];
  const roots = machinesOf(call)
    .filter(({ state }) => state !== 'terminated' && state !== 'error')
    .map((instance) => ({ ...common(instance), type: 'ROOT', machine: instance.id, view: () => rootVolumeView(call, instance) }));
  const data = dataVolumesOf(call).map((volume) => ({
    ...volume,
    type: 'DATADISK',
    machine: volume.attachment?.instance,
    view: () => dataVolumeView(call, volume),
  }));
  const meant = asked<ListedVolume>(call, [...roots, ...data]).filter(
    (volume) => (type ?? volume.type) === volume.type && (machine === undefined || volume.machine === machine),
  );
  return listed(call, 'volume', meant, ({ view }) => view());
};

interface ListedVolume {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly machine: string | undefined;
  readonly view: () => View;
}

const common = (instance: Instance) => ({
  id: rootVolumeIdOf(instance),
  name: rootVolumeNameOf(instance),
  region: instance.region,
  labels: {},
});

/** VolumeApiServiceImpl.attachVolumeToVM */
export const attachVolume: Handler = (call) => {
  const volume = dataVolumeCalled(call);
  const machine = machineCalled(call, 'virtualmachineid');
  return inJob(call, 'Volume', volume.id, () => {
    if (volume.attachment) throw invalid('This volume is already attached to a VM.');
    if (volume.state !== 'available') throw invalid('Volume state must be in Allocated, Ready or in Uploaded state');
    if (!['running', 'rebooting', 'stopped'].includes(machine.state))
      throw invalid('Please specify a VM that is either running or stopped.');
    const attachment = { id: call.testbed.ids.next(), device: deviceNameOf(deviceFor(call, machine)) };
    const { change } = inWords(attachmentWords, () => call.testbed.volumes.attach(volume, machine, attachment));
    call.store.placed.save({ id: volume.id, cloud: volume.cloud });
    return change;
  });
};

const attachmentWords = {
  'other-zone': () => invalid('Please specify a VM that is in the same zone as the volume.'),
  taken: () => invalid('deviceId is used by another volume of this vm'),
};

/** The number asked for, else the first that is free: 0 is the root disk, 3 the CD-ROM. @throws CloudStackFault 431 */
function deviceFor({ params, testbed }: Call, machine: Instance): number {
  const wanted = params.integer('deviceid');
  if (wanted === 0 || wanted === 3 || (wanted ?? 1) < 0 || (wanted ?? 1) > 25) throw invalid('deviceId should be 1,2,4-15');
  if (wanted !== undefined) return wanted;
  const taken = testbed.volumes.of(machine).map(({ attachment }) => deviceNumberOf(attachment?.device ?? ''));
  let number = 1;
  while (number === 3 || taken.includes(number)) number += 1;
  return number;
}

export const detachVolume: Handler = (call) => {
  const volume = dataVolumeCalled(call);
  return inJob(call, 'Volume', volume.id, () => {
    if (!volume.attachment) throw invalid('The specified volume is not attached to a VM.');
    const busy = (): CloudStackFault => invalid(`Volume ${volume.id} is ${volume.state}.`);
    return inWords({ 'wrong-state': busy }, () => call.testbed.volumes.detach(volume)).change;
  });
};

/** DeleteVolumeCmd: no job. */
export const deleteVolume: Handler = (call) => {
  const volume = dataVolumeCalled(call);
  // Asked again while it is going: it goes.
  if (volume.state === 'deleting') return { success: true };
  const words = {
    'in-use': () => invalid('Please specify a volume that is not attached to any VM.'),
    'wrong-state': () => invalid(`Volume ${volume.id} is ${volume.state}.`),
  };
  inWords(words, () => call.testbed.volumes.delete(volume));
  return { success: true };
};

/** @throws CloudStackFault 431 */
function dataVolumeCalled(call: Call): Volume {
  const id = call.params.require('id');
  const volume = dataVolumesOf(call).find((candidate) => candidate.id === id);
  if (!volume) throw noSuch(call, 'id', id);
  return volume;
}
