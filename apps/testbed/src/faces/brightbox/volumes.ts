import { Type } from '@sinclair/typebox';
import { inWords } from '../../cloud/refusal.js';
import type { Volume, VolumeState } from '../../cloud/volumes.js';
import { type Api, type Call, type Handler, readBody } from './api.js';
import { conflict, invalid, notFound, words } from './errors.js';
import { mib, newId, resourceOf } from './resource.js';
import { serverReference } from './server-view.js';
import { findServer } from './servers.js';

/** Volumes of network storage: sizes in MB. */
export function serveVolumes(api: Api): void {
  api.route('GET', '/volumes', (call) => ({ body: volumesOf(call).map((volume) => view(call, volume)) }));
  api.route('POST', '/volumes', createVolume);
  api.route('GET', '/volumes/:id', (call) => ({ body: view(call, find(call)) }));
  api.route('DELETE', '/volumes/:id', deleteVolume);
  api.route('POST', '/volumes/:id/attach', attachVolume);
  api.route('POST', '/volumes/:id/detach', detachVolume);
}

const Wish = Type.Object({
  size: Type.Integer(),
  name: Type.Optional(Type.String({ maxLength: 255 })),
  description: Type.Optional(Type.String()),
  serial: Type.Optional(Type.String()),
  encrypted: Type.Optional(Type.Boolean()),
  delete_with_server: Type.Optional(Type.Literal(false)),
});

const createVolume: Handler = (call) => {
  const { size, name = '' } = readBody(Wish, call);
  const { least, most } = call.cloud.volumeSizes;
  if (size < mib(least) || size > mib(most)) throw invalid(`size: has to be from ${mib(least)} to ${mib(most)}`);
  const order = {
    id: newId(call, 'volume', (id) => volumesOf(call).some((volume) => volume.id === id)),
    cloud: call.cloud.name,
    region: call.region.region,
    zone: call.region.zones[0] ?? '',
    gib: size / 1024,
    type: 'network',
    name,
    labels: {},
    request: null,
  };
  return {
    status: 202,
    body: view(
      call,
      inWords(words, () => call.testbed.volumes.create(order)),
    ),
  };
};

const deleteVolume: Handler = (call) => {
  const volume = find(call);
  return {
    status: 202,
    body: view(
      call,
      inWords(words, () => call.testbed.volumes.delete(volume)),
    ),
  };
};

const Attachment = Type.Object({ server: Type.String(), boot: Type.Optional(Type.Boolean()) });

/** Network storage reaches the servers of every zone. */
const attachVolume: Handler = (call) => {
  const volume = find(call);
  const server = findServer(call, readBody(Attachment, call).server);
  if (!['running', 'stopped'].includes(server.state)) throw conflict(`Server ${server.id} is not in a state for that`);
  const near = { ...volume, zone: server.zone };
  const attachment = { id: call.testbed.ids.next(), device: volume.id };
  const attached = inWords(words, () => call.testbed.volumes.attach(near, server, attachment));
  return { status: 202, body: view(call, attached) };
};

const detachVolume: Handler = (call) => {
  const volume = find(call);
  return {
    status: 202,
    body: view(
      call,
      inWords(words, () => call.testbed.volumes.detach(volume)),
    ),
  };
};

const volumesOf = ({ testbed, cloud, region }: Call): Volume[] =>
  testbed.volumes.in({ cloud: cloud.name, region: region.region });

function find(call: Call): Volume {
  const volume = volumesOf(call).find(({ id }) => id === call.id);
  if (!volume) throw notFound();
  return volume;
}

const statuses: Readonly<Record<VolumeState, string>> = {
  creating: 'creating',
  available: 'detached',
  attaching: 'detached',
  'in-use': 'attached',
  detaching: 'attached',
  deleting: 'deleting',
  error: 'failed',
};

function view(call: Call, { id, name, gib, state, attachment }: Volume) {
  const server = call.testbed.fleet.get(attachment?.instance ?? '');
  return {
    ...resourceOf(call, 'volume', id),
    name,
    description: '',
    size: mib(gib),
    status: statuses[state],
    storage_type: 'network',
    encrypted: false,
    delete_with_server: false,
    boot: false,
    serial: id,
    image: null,
    server: server && statuses[state] === 'attached' ? serverReference(call, server) : null,
  };
}
