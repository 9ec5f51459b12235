import { type Static, Type } from '@sinclair/typebox';
import type { Instance } from '../../cloud/instance.js';
import { inWords, type Words } from '../../cloud/refusal.js';
import type { Volume } from '../../cloud/volumes.js';
import type { Api, Call, Handler } from './api.js';
import { readBody } from './body.js';
import { badRequest, busy, notFound, placing } from './errors.js';
import { instancesOf } from './instances.js';
import { checkLabel, checkTags, labelsOf } from './labels.js';
import { paged } from './paging.js';
import { time } from './times.js';

/** Linode API v4, Volumes (Block Storage). */
export function serveVolumes(api: Api): void {
  api.route('GET', '/volumes', listVolumes);
  api.route('POST', '/volumes', createVolume);
  api.route('GET', '/volumes/:volume', (call) => volumeView(call, find(call)));
  api.route('DELETE', '/volumes/:volume', deleteVolume);
  api.route('POST', '/volumes/:volume/attach', attachVolume);
  api.route('POST', '/volumes/:volume/detach', detachVolume);
}

const listVolumes: Handler = (call) =>
  paged(
    call,
    volumesOf(call).map((volume) => volumeView(call, volume)),
    ['id', 'label', 'region', 'size', 'status', 'tags', 'linode_id'],
  );

const Body = Type.Object({
  label: Type.String(),
  size: Type.Optional(Type.Integer()),
  region: Type.Optional(Type.String()),
  linode_id: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
  tags: Type.Optional(Type.Array(Type.String())),
});
const usualGib = 20;

const createVolume: Handler = (call) => {
  const { testbed, cloud } = call;
  const wanted = readBody(Body, call);
  checkLabel(wanted.label, { least: 1, most: 32 });
  checkTags(wanted.tags);
  if (volumesOf(call).some(({ name }) => name === wanted.label))
    throw badRequest('Label must be unique among your volumes', 'label');
  const instance = instanceFor(call, wanted.linode_id);
  const region = cloud.region(instance?.region ?? wanted.region ?? '');
  if (!region) throw badRequest('Must provide a region or a Linode ID', 'region');
  const volume = inWords(creating, () =>
    testbed.volumes.create({
      id: testbed.numbers.next(),
      cloud: cloud.name,
      region: region.region,
      zone: region.zones[0] ?? '',
      gib: gibOf(call, wanted),
      type: 'block',
      name: wanted.label,
      labels: labelsOf(wanted.tags),
      request: null,
    }),
  );
  return volumeView(call, volume);
};

const creating: Words = {
  ...placing,
  quota: () => badRequest('You have reached your account limit of Volumes. Please open a support ticket.'),
};

const deleteVolume: Handler = (call) => {
  const volume = find(call);
  const attached = () => badRequest('This Volume must be detached before it can be deleted.');
  inWords({ 'in-use': attached, 'wrong-state': busyVolume }, () => call.testbed.volumes.delete(volume));
  return {};
};

const AttachBody = Type.Object({
  linode_id: Type.Integer(),
  config_id: Type.Optional(Type.Integer()),
  persist_across_boots: Type.Optional(Type.Boolean()),
});

const attachVolume: Handler = (call) => {
  const volume = find(call);
  const instance = instanceFor(call, readBody(AttachBody, call).linode_id);
  if (!instance) throw badRequest('linode_id is not valid', 'linode_id');
  if (instance.region !== volume.region) throw badRequest('Linode and Volume must be in the same region.', 'linode_id');
  if (!['running', 'stopped'].includes(instance.state)) throw busy();
  const taken = () => badRequest('Volume is already attached to a Linode.');
  // Linode knows no zones: its storage reaches every machine of the region.
  const near = { ...volume, zone: instance.zone };
  const attachment = { id: call.testbed.ids.next(), device: pathOf(volume) };
  const attached = inWords({ 'in-use': taken, 'wrong-state': busyVolume }, () =>
    call.testbed.volumes.attach(near, instance, attachment),
  );
  return volumeView(call, attached);
};

const detachVolume: Handler = (call) => {
  const volume = find(call);
  if (!volume.attachment) throw badRequest('Volume is not attached.');
  inWords({ 'wrong-state': busyVolume }, () => call.testbed.volumes.detach(volume));
  return {};
};

const busyVolume = () => badRequest('Volume is busy.');

const volumesOf = ({ testbed, cloud }: Call): Volume[] =>
  testbed.volumes.all().filter((volume) => volume.cloud === cloud.name && volume.state !== 'deleting');

function find(call: Call): Volume {
  const volume = volumesOf(call).find(({ id }) => id === call.params.volume);
  if (!volume) throw notFound();
  return volume;
}

function instanceFor(call: Call, id: number | null | undefined): Instance | undefined {
  return instancesOf(call).find((instance) => instance.id === String(id));
}

function gibOf({ cloud }: Call, { size = usualGib }: Static<typeof Body>): number {
  const { least, most } = cloud.volumeSizes;
  if (size < least || size > most) throw badRequest(`Must be ${least}-${most}`, 'size');
  return size;
}

const pathOf = ({ name }: Volume): string => `/dev/disk/by-id/scsi-0Linode_Volume_${name}`;

function volumeView(call: Call, volume: Volume) {
  const { id, name, state, gib, region, createdAt, attachment, labels } = volume;
  const instance = instancesOf(call).find((candidate) => candidate.id === attachment?.instance);
  return {
    id: Number(id),
    label: name,
    status: state === 'creating' ? 'creating' : 'active',
    size: gib,
    region,
    linode_id: instance ? Number(instance.id) : null,
    linode_label: instance?.name ?? null,
    filesystem_path: pathOf(volume),
    hardware_type: 'nvme',
    encryption: 'disabled',
    io_ready: state === 'in-use',
    tags: Object.keys(labels),
    created: time(createdAt),
    updated: time(createdAt),
  };
}
