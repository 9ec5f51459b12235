import type { SavedImage } from '../../cloud/saved-images.js';
import type { Volume } from '../../cloud/volumes.js';
import { inWords } from '../../cloud/refusal.js';
import { escaped } from '../markup.js';
import { type Method, numberAt, oneadmin, type OneCall, ownGroup, ownUser, placeOf, templateAt } from './call.js';
import { pageOf, type Pooled } from './pool.js';
import { datastores, providedImages } from './provided.js';
import { scalarOf, type Template, templateMarkup, type Vector } from './template.js';
import { ownership, permissions, seconds } from './vm-view.js';

/** Image states (OpenNebula documentation, "Images states reference"). */
const states = { ready: 1, used: 2, locked: 4, error: 5, deleting: 7, usedPersistent: 8 } as const;
const types = { os: 0, datablock: 2 } as const;

export interface Image extends Pooled {
  readonly name: string;
  readonly type: number;
  /** MiB. */
  readonly size: number;
  readonly state: number;
  readonly isReady: boolean;
  readonly createdAt: number;
  /** The machine that has it, where only one can. */
  readonly machines: readonly string[];
  readonly attributes: Template;
}

export const imageMethods: Readonly<Record<string, Method>> = {
  'one.imagepool.info': (call) =>
    `<IMAGE_POOL>${pageOf(call, all(call))
      .map((image) => markup(call, image))
      .join('')}</IMAGE_POOL>`,
  'one.image.info': (call) => markup(call, require(call)),
  'one.image.allocate': allocate,
  'one.image.delete': remove,
};

/** The image that a DISK names, by its id or its name. */
export const findImage = (call: OneCall, { IMAGE_ID: id, IMAGE: name }: Vector): Image | undefined =>
  all(call).find((image) => (id === undefined ? image.name === name : image.id === Number(id)));

export function isNameTaken(call: OneCall, name: string): Image | undefined {
  return all(call).find((image) => image.name === name && image.user === ownUser);
}

function all(call: OneCall): readonly Image[] {
  const { testbed } = call;
  return [
    ...providedImages.map(({ id, name, size, createdAt }) => {
      const machines = call.cloud
        .instances(call.region.region)
        .filter(({ image, state }) => image === String(id) && state !== 'terminated');
      return {
        ...{ id, ...oneadmin, name, size, createdAt, type: types.os, isReady: true, attributes: [] },
        state: machines.length > 0 ? states.used : states.ready,
        machines: machines.map((machine) => machine.id),
      };
    }),
    ...testbed.savedImages.in(placeOf(call)).map((image) => savedImage(image)),
    ...testbed.volumes.in(placeOf(call)).map(datablock),
  ];
}

const savedMib = 4096;

const savedImage = (image: SavedImage): Image => ({
  id: Number(image.id),
  user: ownUser,
  group: ownGroup,
  name: image.name,
  type: types.os,
  size: savedMib,
  state: image.state === 'available' ? states.ready : states.locked,
  isReady: image.state === 'available',
  createdAt: image.createdAt,
  machines: [],
  attributes: [],
});

const volumeStates: Readonly<Record<Volume['state'], number>> = {
  creating: states.locked,
  available: states.ready,
  attaching: states.usedPersistent,
  'in-use': states.usedPersistent,
  detaching: states.usedPersistent,
  deleting: states.deleting,
  error: states.error,
};

const datablock = (volume: Volume): Image => ({
  id: Number(volume.id),
  user: ownUser,
  group: ownGroup,
  name: volume.name,
  type: types.datablock,
  size: volume.gib * 1024,
  state: volumeStates[volume.state],
  isReady: volume.state === 'available',
  createdAt: volume.createdAt,
  machines: volume.attachment ? [volume.attachment.instance] : [],
  attributes: Object.entries(volume.labels).map(([name, value]) => ({ name, value })),
});

function markup(call: OneCall, image: Image): string {
  return [
    `<IMAGE><ID>${image.id}</ID>${ownership(image.user, image.group, call)}<NAME>${escaped(image.name)}</NAME>`,
    permissions(image.user === ownUser ? 0 : 1),
    `<TYPE>${image.type}</TYPE><DISK_TYPE>0</DISK_TYPE><PERSISTENT>${image.type === types.datablock ? 1 : 0}</PERSISTENT>`,
    `<REGTIME>${seconds(image.createdAt)}</REGTIME><SOURCE></SOURCE><PATH></PATH><FSTYPE></FSTYPE><SIZE>${image.size}</SIZE>`,
    `<STATE>${image.state}</STATE><RUNNING_VMS>${image.machines.length}</RUNNING_VMS><CLONING_OPS>0</CLONING_OPS><CLONING_ID>-1</CLONING_ID>`,
    `<DATASTORE_ID>1</DATASTORE_ID><DATASTORE>default</DATASTORE>`,
    `<VMS>${image.machines.map((id) => `<ID>${id}</ID>`).join('')}</VMS><CLONES></CLONES><APP_CLONES></APP_CLONES>`,
    `<TEMPLATE>${templateMarkup([{ name: 'DEV_PREFIX', value: 'vd' }, ...image.attributes])}</TEMPLATE></IMAGE>`,
  ].join('');
}

function require(call: OneCall): Image {
  const id = numberAt(call, 0);
  const image = all(call).find((candidate) => candidate.id === id);
  if (!image) throw call.words.unknown('image', id);
  return image;
}

function allocate(call: OneCall): number {
  const { words, testbed, region } = call;
  checkDatastore(call, numberAt(call, 1));
  const { name, mib, labels } = wantedDatablock(call);
  const overQuota = () => words.overQuota('limit of 1 reached for IMAGES quota in DATASTORE with ID: 1');
  const full = () => words.unallocated('image', 'Not enough space in datastore');
  const { id } = inWords({ quota: overQuota, 'no-capacity': full }, () =>
    testbed.volumes.create({
      ...placeOf(call),
      id: testbed.numbers.next(),
      // The datastore is that of all clusters: an image goes wherever its machine is.
      zone: region.zones[0] ?? '',
      gib: Math.ceil(mib / 1024),
      type: 'datablock',
      name,
      labels,
      request: null,
    }),
  );
  return Number(id);
}

function checkDatastore({ words }: OneCall, id: number): void {
  const datastore = datastores.find((candidate) => candidate.id === id);
  if (!datastore) throw words.unknown('datastore', id);
  if (datastore.name !== 'default')
    throw words.unallocated('image', `New images cannot be allocated in datastore ${datastore.name}.`);
}

/** Only empty data blocks are made: the testbed has nowhere to load a system from. */
function wantedDatablock(call: OneCall): {
  readonly name: string;
  readonly mib: number;
  readonly labels: Record<string, string>;
} {
  const template = templateAt(call, 0);
  const refuse = (message: string) => call.words.unallocated('image', message);
  const name = scalarOf(template, 'NAME') ?? '';
  const size = scalarOf(template, 'SIZE') ?? '';
  if (name === '') throw refuse('NAME cannot be empty.');
  if (scalarOf(template, 'TYPE')?.toUpperCase() !== 'DATABLOCK') throw refuse('The testbed makes images of TYPE DATABLOCK only.');
  if (!/^[1-9]\d*$/.test(size)) throw refuse('Cannot determine Image SIZE.');
  const taken = isNameTaken(call, name);
  if (taken) throw refuse(`NAME is already taken by IMAGE ${taken.id}.`);
  if (Number(size) / 1024 > call.cloud.volumeSizes.most) throw refuse('Not enough space in datastore');
  return { name, mib: Number(size), labels: attributesOf(template) };
}

const known = ['NAME', 'TYPE', 'SIZE', 'PERSISTENT', 'PATH', 'FSTYPE', 'DEV_PREFIX'];

const attributesOf = (template: Template): Record<string, string> =>
  Object.fromEntries(
    template.flatMap(({ name, value }) => (known.includes(name) || typeof value !== 'string' ? [] : [[name, value]])),
  );

function remove(call: OneCall): number {
  const image = require(call);
  const { words, testbed } = call;
  const refuse = (message: string) => words.wrong(`Cannot delete image. ${message}`);
  if (image.user !== ownUser) throw words.overQuota('Not authorized to perform MANAGE IMAGE');
  const place = placeOf(call);
  const saved = testbed.savedImages.get(place, String(image.id));
  if (saved && !image.isReady) throw refuse('Cannot delete image in state LOCKED.');
  if (saved) testbed.savedImages.delete(saved);
  const volume = testbed.volumes.get(place, String(image.id));
  if (volume)
    inWords({ 'in-use': () => refuse('There are 1 VMs using it.'), 'wrong-state': () => refuse(`It is ${volume.state}.`) }, () =>
      testbed.volumes.delete(volume),
    );
  return image.id;
}
