import { inWords } from '../../cloud/refusal.js';
import { findImage, isNameTaken } from './images.js';
import { type Method, numberAt, type OneCall, placeOf, templateAt, textAt } from './call.js';
import { vectorsOf } from './template.js';
import type { VmRecords } from './vm-record.js';
import { expectPluggable } from './vm-state.js';
import { addedDisks } from './vm-view.js';
import { findVm } from './vms.js';

export const diskMethods = (records: VmRecords): Readonly<Record<string, Method>> => ({
  'one.vm.attach': (call) => attach(call, records),
  'one.vm.detach': (call) => detach(call, records),
  'one.vm.disksaveas': (call) => saveAs(call, records),
});

function attach(call: OneCall, records: VmRecords): number {
  const { words, testbed } = call;
  const instance = findVm(call, 0);
  const record = records.of(instance);
  const [disk] = vectorsOf(templateAt(call, 1), 'DISK');
  if (!disk) throw words.internal('The template has no DISK.');
  const image = findImage(call, disk);
  if (!image) throw words.wrong(`Image with ID: ${disk.IMAGE_ID ?? disk.IMAGE ?? ''} does not exist`);
  expectPluggable(call, instance, record, 'attach a disk to');
  const volume = testbed.volumes.get(placeOf(call), String(image.id));
  if (!volume) throw words.wrong('The testbed attaches images of TYPE DATABLOCK only.');
  const disks = [...(record?.disks ?? []), ...addedDisks(call, instance)];
  const busy = () => words.wrong(`Cannot acquire image ${image.id}, it is persistent and already in use.`);
  const refusals = {
    'in-use': busy,
    'wrong-state': busy,
    taken: () => words.wrong(`Target ${disk.TARGET ?? ''} is already in use.`),
  };
  inWords(refusals, () => {
    const attachment = { id: freeId(disks), device: disk.TARGET ?? freeTarget(disks) };
    return testbed.volumes.attach({ ...volume, zone: instance.zone }, instance, attachment);
  });
  return Number(instance.id);
}

type Disks = ReturnType<typeof addedDisks>;
const freeId = (disks: Disks): string => String(1 + Math.max(-1, ...disks.map(({ DISK_ID: id }) => Number(id))));
const targets = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `vd${letter}`);
const freeTarget = (disks: Disks): string => targets.find((target) => disks.every((disk) => disk.TARGET !== target)) ?? '';

function detach(call: OneCall, records: VmRecords): number {
  const { words, testbed } = call;
  const instance = findVm(call, 0);
  const disk = String(numberAt(call, 1));
  expectPluggable(call, instance, records.of(instance), 'detach a disk from');
  const volume = testbed.volumes.of(instance).find(({ attachment }) => attachment?.id === disk);
  if (!volume) throw words.wrong(`Could not detach disk with DISK_ID ${disk}, it does not exist.`);
  testbed.volumes.detach(volume);
  return Number(instance.id);
}

/** Copies a disk to a new image, whose id it answers at once. Third and fourth argument: its name and type, '' for that of the disk. */
function saveAs(call: OneCall, records: VmRecords): number {
  const { words, testbed, cloud, region } = call;
  const instance = findVm(call, 0);
  const record = records.of(instance);
  const disk = record?.disks.find(({ DISK_ID: id }) => Number(id) === numberAt(call, 1));
  expectPluggable(call, instance, record, 'save a disk of');
  if (!disk) throw words.wrong(`Disk [${numberAt(call, 1)}] does not exist in VM [${instance.id}].`);
  const name = textAt(call, 2);
  const taken = isNameTaken(call, name);
  if (taken) throw words.unallocated('image', `NAME is already taken by IMAGE ${taken.id}.`);
  const overQuota = () => words.overQuota('limit of 1 reached for IMAGES quota in DATASTORE with ID: 1');
  const saved = inWords({ quota: overQuota }, () =>
    testbed.savedImages.create({
      ...placeOf(call),
      id: testbed.numbers.next(),
      name,
      description: '',
      labels: {},
      architecture: cloud.size(region.region, instance.size)?.architecture ?? 'x86_64',
      instance: instance.id,
      base: instance.image,
    }),
  );
  return Number(saved.id);
}
