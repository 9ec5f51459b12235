import { Type } from '@sinclair/typebox';
import type { Volume } from '../../cloud/volumes.js';
import { type Answer, type Api, type Call, notFound, page, readBody } from './api.js';
import { machineFor } from './machines.js';

const VolumeWish = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    zone: Type.String(),
    size_gib: Type.Integer({ minimum: 1, maximum: 16_384 }),
    tags: Type.Optional(Type.Record(Type.String(), Type.String())),
    token: Type.String({ minLength: 8, maxLength: 64 }),
  },
  { additionalProperties: false },
);
const AttachmentWish = Type.Object({
  machine: Type.String(),
  device: Type.Optional(Type.String({ pattern: '^/dev/[a-z0-9]+$' })),
});

export function serveVolumes(api: Api): void {
  api.regional('GET', '/volumes', list);
  api.regional('POST', '/volumes', create);
  api.regional('GET', '/volumes/:id', (call) => ({ body: view(volumeOf(call)) }));
  api.regional('POST', '/volumes/:id/attach', attach);
  api.regional('POST', '/volumes/:id/detach', (call) => ({
    status: 202,
    body: view(call.testbed.volumes.detach(volumeOf(call))),
  }));
  api.regional('DELETE', '/volumes/:id', (call) => {
    call.testbed.volumes.delete(volumeOf(call));
    return { status: 202 };
  });
}

function list(call: Call): Answer {
  const token = call.query.get('token');
  const chosen = call.testbed.volumes.in(call.place).filter(({ request }) => token === null || request?.token === token);
  return page(call, 'volumes', chosen.map(view));
}

function create(call: Call): Answer {
  const { name, zone, size_gib: gib, tags = {}, token } = readBody(VolumeWish, call.body);
  const { testbed, region, place } = call;
  const earlier = testbed.volumes.in(place).find(({ request }) => request?.token === token);
  if (earlier) return { body: view(earlier) };
  if (!region.zones.includes(zone)) throw notFound(`zone '${zone}'`);
  const request = { token, digest: '' };
  const volume = testbed.volumes.create({
    id: testbed.ids.next(),
    ...place,
    zone,
    gib,
    type: 'disk',
    name,
    labels: tags,
    request,
  });
  return { status: 202, body: view(volume) };
}

function attach(call: Call): Answer {
  const { machine: id, device } = readBody(AttachmentWish, call.body);
  const { testbed } = call;
  const machine = machineFor(call, id);
  const volume = volumeOf(call);
  const free = testbed.volumes.of(machine).length;
  const wanted = device ?? `/dev/vd${String.fromCharCode('b'.charCodeAt(0) + free)}`;
  return { status: 202, body: view(testbed.volumes.attach(volume, machine, { id: testbed.ids.next(), device: wanted })) };
}

function volumeOf({ testbed, place, params }: Call): Volume {
  const volume = testbed.volumes.get(place, params.id ?? '');
  if (!volume) throw notFound(`volume '${params.id ?? ''}'`);
  return volume;
}

const states: Partial<Readonly<Record<Volume['state'], string>>> = {
  available: 'available',
  'in-use': 'attached',
  error: 'failed',
};

const view = ({ id, name, zone, gib, state, attachment, request }: Volume) => ({
  id,
  name,
  zone,
  size_gib: gib,
  state: states[state] ?? 'changing',
  machine: attachment?.instance ?? null,
  device: attachment?.device ?? null,
  token: request?.token ?? null,
});
