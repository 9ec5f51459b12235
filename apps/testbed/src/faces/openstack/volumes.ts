import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { inWords, Refusal } from '../../cloud/refusal.js';
import type { Volume, VolumeOrder } from '../../cloud/volumes.js';
import { badRequest, notFound, OpenStackFault } from './fault.js';
import { pageAfter } from './paging.js';
import { type Answer, type Call, type Handler, placeOf } from './service.js';
import { volumeLinks, volumeView } from './volume-view.js';

const Optional = Type.Union([Type.Null(), Type.String({ maxLength: 255 })]);
const VolumeRequest = Type.Object({
  size: Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[1-9][0-9]*$' })]),
  name: Type.Optional(Optional),
  description: Type.Optional(Optional),
  availability_zone: Type.Optional(Optional),
  volume_type: Type.Optional(Optional),
  metadata: Type.Optional(
    Type.Union([Type.Null(), Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 255 }))]),
  ),
});
type VolumeRequest = Static<typeof VolumeRequest>;
const Body = Type.Object({ volume: VolumeRequest });

export const listVolumes: Handler = (call) =>
  list(call, '/volumes', ({ id, name }) => ({ id, name, links: volumeLinks(call, id) }));

export const listVolumesInDetail: Handler = (call) => list(call, '/volumes/detail', (volume) => volumeView(call, volume));

export const showVolume: Handler = (call) => ({ body: { volume: volumeView(call, volumeCalled(call)) } });

export const createVolume: Handler = (call) => ({
  status: 202,
  body: { volume: volumeView(call, orderVolume(call, call.body)) },
});

/**
 * Cinder answers before its scheduler has looked for room, so no room is a volume in `error`, not a refusal.
 * @throws OpenStackFault 400, 404 or 413
 */
export function orderVolume(call: Call, body: unknown): Volume {
  const wanted = readRequest(body);
  const order: VolumeOrder = {
    id: call.testbed.ids.next(),
    ...placeOf(call),
    zone: zoneOf(call, wanted),
    gib: sizeOf(call, wanted),
    type: typeOf(call, wanted),
    name: wanted.name ?? '',
    labels: wanted.metadata ?? {},
    request: null,
  };
  return begin(call, order);
}

export const deleteVolume: Handler = (call) => {
  const volume = volumeCalled(call);
  // cinder/volume/api.py, delete: the same sentence for every state it cannot be in.
  const refused = (): OpenStackFault =>
    badRequest(
      'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.',
    );
  inWords({ 'in-use': refused, 'wrong-state': refused }, () => call.testbed.volumes.delete(volume));
  return { status: 202 };
};

function begin({ testbed }: Call, order: VolumeOrder): Volume {
  try {
    return testbed.volumes.create(order);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'no-capacity') return testbed.volumes.createFailed(order);
    throw new OpenStackFault(413, `VolumeLimitExceeded: Maximum number of volumes allowed exceeded. ${error.message}`);
  }
}

/** The one of the address asked for. @throws OpenStackFault 404 */
export function volumeCalled(call: Call): Volume {
  const volume = call.testbed.volumes.get(placeOf(call), call.params.id ?? '');
  if (!volume) throw notFound(`Volume ${call.params.id ?? ''} could not be found.`);
  return volume;
}

/** @throws OpenStackFault 400 */
function readRequest(body: unknown): VolumeRequest {
  if (Value.Check(Body, body)) return body.volume;
  const problem = Value.Errors(Body, body).First();
  const field = problem?.path.slice(1).replaceAll('/', '.') || 'volume';
  throw badRequest(`Invalid input for field/attribute ${field}. ${problem?.message ?? ''}.`);
}

function zoneOf({ region }: Call, { availability_zone: zone }: VolumeRequest): string {
  const chosen = zone ?? region.zones[0] ?? '';
  if (region.zones.includes(chosen)) return chosen;
  throw badRequest(`Availability zone '${chosen}' is invalid.`);
}

function sizeOf({ cloud }: Call, { size }: VolumeRequest): number {
  const { least, most } = cloud.volumeSizes;
  const gib = Number(size);
  if (gib < least)
    throw badRequest(`Requested volume size of '${gib}' is smaller than minimum size of '${least}' for this volume type.`);
  if (gib > most)
    throw badRequest(`Requested volume size of '${gib}' is larger than maximum size of '${most}' for this volume type.`);
  return gib;
}

function typeOf({ cloud }: Call, { volume_type: wanted }: VolumeRequest): string {
  const types = cloud.profile.volumes.map(({ type }) => String(type));
  const chosen = wanted ?? types[0] ?? '__DEFAULT__';
  if (wanted === undefined || wanted === null || types.includes(chosen)) return chosen;
  throw notFound(`Volume type with name ${chosen} could not be found.`);
}

function list(call: Call, path: string, view: (volume: Volume) => unknown): Answer {
  const { items, next } = pageAfter(volumesAsked(call), call);
  const links = next === null ? {} : { volumes_links: [{ rel: 'next', href: `${call.root}${path}?${next}` }] };
  return { body: { volumes: items.map(view), ...links } };
}

/** Those that the filters of a request let through, the newest first, as Cinder sorts them. */
export function volumesAsked(call: Call): Volume[] {
  const { query, testbed } = call;
  const newestFirst = testbed.volumes.in(placeOf(call)).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const metadata = Object.entries(metadataOf(query.get('metadata')));
  const equal = (name: string, value: string): boolean => (query.get(name) ?? value) === value;
  return newestFirst.filter(
    ({ id, name, state, zone, labels }) =>
      equal('id', id) &&
      equal('name', name) &&
      equal('status', state) &&
      equal('availability_zone', zone) &&
      metadata.every(([key, value]) => labels[key] === value),
  );
}

/** Cinder reads it as a literal of Python, whose strings may stand in single quotes; JSON is one too. */
function metadataOf(text: string | null): Record<string, string> {
  if (text === null) return {};
  const pairs = [...text.matchAll(/(["'])(.*?)\1\s*:\s*(["'])(.*?)\3/g)];
  if (pairs.length === 0 && !/^\{\s*\}$/.test(text)) throw badRequest(`Invalid filter metadata: ${text}`);
  return Object.fromEntries(pairs.map(([, , key = '', , value = '']) => [key, value]));
}
