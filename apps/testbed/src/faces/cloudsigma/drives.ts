import { Type } from '@sinclair/typebox';
import { definitionsIn, MetaBody, readBody } from './body.js';
import { type Call, type Handler, reference } from './call.js';
import { forbidden, invalid } from './fault.js';
import { driveCalled, drivesOf, expectReady, mountsOf, statusOf } from './find-drive.js';
import { libraryDrive, libraryDriveView } from './libdrives.js';
import { resizeServers, takeFromServers } from './mounted-servers.js';
import type { Drive } from './stores.js';
import { tagsOf } from './tags.js';
import { userOf } from './user.js';

const creationMs = 100;
const cloningMs = 200;
const resizingMs = 200;
/** Capabilities: 0.5 GiB to nearly 14 TiB. */
export const driveLimits = { min: 536_870_912, max: 15_087_863_484_255 } as const;

const SizeBody = Type.Integer({ minimum: driveLimits.min, maximum: driveLimits.max });
const MediaBody = Type.Union([Type.Literal('disk'), Type.Literal('cdrom')]);
const DriveBody = Type.Object({
  name: Type.String({ minLength: 1 }),
  size: SizeBody,
  media: MediaBody,
  meta: Type.Optional(MetaBody),
});
const CloneBody = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1 })),
  media: Type.Optional(MediaBody),
  size: Type.Optional(SizeBody),
});

export const listDrives: Handler = (call) => ({ body: drivesOf(call).map((drive) => driveView(call, drive)) });

/** Library drives can be had here too; they have no owner (Library Drives, Recognizing library drives). */
export const showDrive: Handler = (call) => {
  const library = libraryDrive(call, call.uuid);
  return { body: library ? libraryDriveView(call, library) : driveView(call, driveCalled(call, call.uuid)) };
};

export const createDrives: Handler = (call) => {
  const wanted = definitionsIn(call.body).map((definition) => readBody(DriveBody, definition));
  const drives = wanted.map(({ name, size, media, meta = {} }) =>
    save(call, { name, bytes: size, media, meta, image: null }, 'creating', creationMs),
  );
  return { status: 201, body: { objects: drives.map((drive) => driveView(call, drive)) } };
};

/** Of a drive that a running server has, only name and meta change. */
export const editDrive: Handler = (call) => {
  const drive = driveCalled(call, call.uuid);
  const { name, size, media, meta = {} } = readBody(DriveBody, call.body);
  const inUse = mountsOf(call, drive.id).some(({ state }) => state !== 'stopped');
  const edited = call.stores.drives.save({ ...drive, name, meta, ...(inUse ? {} : { media }) });
  return { body: driveView(call, inUse || size === drive.bytes ? edited : resized(call, edited, size)) };
};

export const deleteDrive: Handler = (call) => {
  const drive = driveCalled(call, call.uuid);
  if (mountsOf(call, drive.id).some(({ state }) => state !== 'stopped'))
    throw forbidden(`Cannot delete drive ${drive.id}: it is mounted on a running guest.`);
  expectReady(call, drive);
  takeFromServers(call, drive.id);
  call.stores.drives.forget(drive);
  return { status: 204 };
};

export const actOnDrive: Handler = (call) => {
  const action = call.query.get('do');
  if (action === 'clone') return { status: 202, body: { objects: [driveView(call, cloneOf(call))] } };
  if (action !== 'resize') throw invalid(`The action ${String(action)} is not supported.`, 'do');
  const drive = driveCalled(call, call.uuid);
  const { size } = readBody(DriveBody, call.body);
  if (mountsOf(call, drive.id).some(({ state }) => state !== 'stopped'))
    throw forbidden(`Cannot resize drive ${drive.id}: it is mounted on a running guest.`);
  return { status: 202, body: { objects: [driveView(call, resized(call, drive, size))] } };
};

/** Of one of the account's drives, or of a library drive. */
function cloneOf(call: Call): Drive {
  const { name, media, size } = readBody(CloneBody, call.body);
  const library = libraryDrive(call, call.uuid);
  const source = library
    ? { name: library.name, bytes: library.bytes, media: 'disk' as const, image: library.uuid }
    : driveCalled(call, call.uuid);
  if (!library) expectReady(call, driveCalled(call, call.uuid));
  const bytes = Math.max(size ?? 0, source.bytes);
  return cloneDrive(call, { ...source, name: name ?? source.name, media: media ?? source.media, bytes });
}

export const cloneDrive = (call: Call, { name, bytes, media, image }: Pick<Drive, 'name' | 'bytes' | 'media' | 'image'>): Drive =>
  save(call, { name, bytes, media, image, meta: {} }, 'cloning_dst', cloningMs);

function save(
  { stores, testbed, cloud, region }: Call,
  drive: Omit<Drive, 'id' | 'busy' | 'cloud' | 'region'>,
  status: 'creating' | 'cloning_dst',
  ms: number,
): Drive {
  const busy = { status, until: testbed.clock.now() + ms };
  return stores.drives.save({ ...drive, id: testbed.ids.next(), cloud: cloud.name, region: region.region, busy });
}

function resized(call: Call, drive: Drive, bytes: number): Drive {
  expectReady(call, drive);
  if (bytes < drive.bytes) throw invalid('A drive cannot be made smaller.', 'size');
  const busy = { status: 'resizing' as const, until: call.testbed.clock.now() + resizingMs };
  const larger = call.stores.drives.save({ ...drive, bytes, busy });
  resizeServers(call, drive.id);
  return larger;
}

export function driveView(call: Call, drive: Drive) {
  const status = statusOf(call, drive);
  const storage = 'dssd';
  return {
    ...reference(call, 'drives', drive.id),
    name: drive.name,
    size: drive.bytes,
    media: drive.media,
    meta: drive.meta,
    status,
    storage_type: storage,
    runtime: {
      is_snapshotable: status === 'mounted' || status === 'unmounted',
      snapshots_allocated_size: 0,
      storage_type: storage,
    },
    mounted_on: mountsOf(call, drive.id).map(({ id }) => reference(call, 'servers', id)),
    snapshots: call.stores.snapshots
      .all()
      .filter((snapshot) => snapshot.drive === drive.id)
      .map(({ id }) => reference(call, 'snapshots', id)),
    tags: tagsOf(call, drive.id),
    owner: userOf(call),
    affinities: [],
    allow_multimount: false,
    grantees: [],
    jobs: [],
    licenses: [],
    permissions: [],
  };
}

/** What a server that boots from these drives has been made of. */
export const bootImage = (call: Call, drive: string | undefined): string =>
  (drive === undefined ? null : driveCalled(call, drive).image) ?? '';
