import type { InstanceOrder } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import { findImage, type Image } from './images.js';
import type { OneError } from './one-error.js';
import { type Method, numberAt, type OneCall, templateAt, textAt } from './call.js';
import { clustersOf, providedNetwork, templatesOf } from './provided.js';
import { merged, scalarOf, type Template, type Vector, vectorsOf } from './template.js';
import { addNic } from './vm-nics.js';
import type { VmRecord, VmRecords } from './vm-record.js';
import { sizeCalled } from './vm-size.js';
import { noHost } from './vm-state.js';

export const creationMethods = (records: VmRecords): Readonly<Record<string, Method>> => ({
  'one.vm.allocate': (call) => {
    refuseHold(call, 1);
    return create(call, records, templateAt(call, 0), false);
  },
  'one.template.instantiate': (call) => {
    refuseHold(call, 2);
    const id = numberAt(call, 0);
    const template = templatesOf(call.cloud, call.region).find((candidate) => candidate.id === id);
    if (!template) throw call.words.unknown('virtual machine template', id);
    const name = textAt(call, 1);
    const given: Template = [
      { name: 'TEMPLATE_ID', value: String(id) },
      { name: 'TEMPLATE_NAME', value: template.name },
      ...(name === '' ? [] : [{ name: 'NAME', value: name }]),
    ];
    return create(call, records, merged(merged(template.content, templateAt(call, 3)), given), true);
  },
});

/** Machines on hold have no place among the testbed's. */
function refuseHold({ args, words }: OneCall, index: number): void {
  if (args[index] === true) throw words.internal('The testbed does not put machines on hold.');
}

/** The scheduler looks for a host later: no room is a machine that stays PENDING, not a refusal. */
function create(call: OneCall, records: VmRecords, template: Template, ofTemplate: boolean): number {
  const record = recordFor(call, template);
  const order = orderFor(call, record, template, ofTemplate);
  records.keep(record);
  try {
    call.cloud.create(order);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'no-capacity') call.cloud.createFailed(order, noHost);
    else {
      records.forget(record.id);
      throw call.words.overQuota('limit of 1 reached for VMS quota in VM');
    }
  }
  joinOwnNetworks(call, record, template);
  return Number(record.id);
}

function orderFor(call: OneCall, record: VmRecord, template: Template, ofTemplate: boolean): InstanceOrder {
  const { cloud, region, words } = call;
  const [disk] = record.disks;
  const capacity = { vcpus: record.vcpu, memoryMib: record.memoryMib, diskMib: Number(disk?.SIZE ?? 0) };
  const size = cloud.size(region.region, sizeCalled(call, capacity, ofTemplate));
  if (!size) throw words.unallocated('virtual machine', 'The testbed has no such machine.');
  return {
    ids: [record.id],
    region,
    zone: zoneWanted(call, template),
    size,
    image: disk?.IMAGE_ID ?? '',
    name: scalarOf(template, 'NAME') ?? `one-${record.id}`,
    labels: userAttributes(template),
    userData: userDataIn(template),
    keyName: null,
    request: null,
  };
}

function joinOwnNetworks(call: OneCall, { id }: VmRecord, template: Template): void {
  const instance = call.cloud.instance(call.region.region, id);
  if (!instance) return;
  for (const nic of vectorsOf(template, 'NIC')) if (!isProvided(nic)) addNic(call, instance, nic);
}

function recordFor(call: OneCall, template: Template): VmRecord {
  const { testbed } = call;
  const [cpu, memory, vcpu] = [scalarOf(template, 'CPU'), scalarOf(template, 'MEMORY'), scalarOf(template, 'VCPU') ?? '1'];
  if (!(Number(cpu) > 0)) throw unfit(call, 'CPU attribute must be a positive float or integer value.');
  if (!isPositive(memory)) throw unfit(call, 'MEMORY attribute must be a positive integer value.');
  if (!isPositive(vcpu)) throw unfit(call, 'VCPU attribute must be a positive integer value.');
  const nics = vectorsOf(template, 'NIC');
  return {
    id: testbed.numbers.next(),
    cpu: cpu ?? '',
    vcpu: Number(vcpu),
    memoryMib: Number(memory),
    disks: vectorsOf(template, 'DISK').map((disk, index) => diskOf(call, disk, index)),
    hasAddress: nics.some(isProvided),
    more: template.filter(({ name }) => shownInTemplate.includes(name)),
    resting: null,
  };
}

const isPositive = (text: string | undefined): boolean => /^[1-9]\d*$/.test(text ?? '');

const isProvided = ({ NETWORK, NETWORK_ID }: Vector): boolean =>
  NETWORK_ID === undefined ? NETWORK === providedNetwork.name : Number(NETWORK_ID) === providedNetwork.id;

function diskOf(call: OneCall, disk: Vector, index: number): Vector {
  const own = { DISK_ID: String(index), TARGET: disk.TARGET ?? `vd${'abcdefgh'[index] ?? 'z'}` };
  if (disk.IMAGE_ID === undefined && disk.IMAGE === undefined) return { ...disk, ...own };
  const image = imageFor(call, disk);
  const size = disk.SIZE ?? String(image.size);
  if (Number(size) < image.size) throw unfit(call, `Disk SIZE cannot be smaller than that of image ${image.id}.`);
  return { ...disk, ...own, IMAGE: image.name, IMAGE_ID: String(image.id), DATASTORE_ID: '1', SIZE: size, TYPE: 'FILE' };
}

function imageFor(call: OneCall, disk: Vector): Image {
  const image = findImage(call, disk);
  if (!image)
    throw unfit(
      call,
      `Image with ${disk.IMAGE_ID === undefined ? 'name' : 'ID'}: ${disk.IMAGE_ID ?? disk.IMAGE ?? ''} does not exist`,
    );
  if (!image.isReady) throw unfit(call, `Cannot acquire image ${image.id}, it is not ready.`);
  return image;
}

const unfit = ({ words }: OneCall, message: string): OneError => words.unallocated('virtual machine', message);

const shownInTemplate = ['CONTEXT', 'GRAPHICS', 'OS', 'FEATURES', 'INPUT', 'RAW', 'TEMPLATE_ID'];
const notTheUsers = [...shownInTemplate, 'CPU', 'VCPU', 'MEMORY', 'DISK', 'NIC', 'NAME', 'TEMPLATE_NAME'];

/** What OpenNebula has no use for of its own is the user's, and stands in USER_TEMPLATE. */
export const userAttributes = (template: Template): Record<string, string> =>
  Object.fromEntries(
    template.flatMap(({ name, value }) => (notTheUsers.includes(name) || typeof value !== 'string' ? [] : [[name, value]])),
  );

/** What cloud-init finds in the context of a machine (Contextualization, USERDATA and USERDATA_ENCODING). */
function userDataIn(template: Template): string | undefined {
  const [{ USERDATA: text, USERDATA_ENCODING: encoding } = {}] = vectorsOf(template, 'CONTEXT');
  return text !== undefined && encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text;
}

/** `SCHED_REQUIREMENTS = "CLUSTER_ID = \"100\""`, or `CLUSTER = "…"` by its name. */
function zoneWanted({ region, words }: OneCall, template: Template): string | null {
  const requirements = scalarOf(template, 'SCHED_REQUIREMENTS') ?? '';
  const [, id] = /\bCLUSTER_ID\s*=\s*\\?"?(\d+)/.exec(requirements) ?? [];
  const [, name] = /\bCLUSTER\s*=\s*\\?"([^"\\]+)/.exec(requirements) ?? [];
  if (id === undefined && name === undefined) return null;
  const cluster = clustersOf(region).find((candidate) => candidate.name === name || String(candidate.id) === id);
  if (!cluster) throw words.unallocated('virtual machine', `Incompatible cluster requirements: ${requirements}`);
  return cluster.name;
}
