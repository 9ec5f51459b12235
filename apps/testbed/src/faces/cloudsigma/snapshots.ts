import { Type } from '@sinclair/typebox';
import { definitionsIn, MetaBody, readBody, ReferenceBody, uuidOf } from './body.js';
import { type Call, type Handler, reference } from './call.js';
import { cloneDrive, driveView } from './drives.js';
import { busy, invalid, notFound } from './fault.js';
import { driveCalled, drivesOf, expectReady } from './find-drive.js';
import { inPlace, type Snapshot } from './stores.js';
import { userOf } from './user.js';

const creationMs = 200;

const SnapshotBody = Type.Object({
  drive: ReferenceBody,
  name: Type.Optional(Type.String({ minLength: 1 })),
  meta: Type.Optional(MetaBody),
});
const CloneBody = Type.Object({ name: Type.Optional(Type.String({ minLength: 1 })) });

export const snapshotsOf = ({ stores, cloud, region }: Call): Snapshot[] =>
  inPlace(stores.snapshots.all(), { cloud: cloud.name, region: region.region });

/** @throws CloudSigmaFault 404 */
function snapshotCalled(call: Call): Snapshot {
  const snapshot = snapshotsOf(call).find(({ id }) => id === call.uuid);
  if (!snapshot) throw notFound(call.uuid);
  return snapshot;
}

export const listSnapshots: Handler = (call) => {
  const drive = call.query.get('drive');
  return {
    body: snapshotsOf(call)
      .filter((snapshot) => drive === null || snapshot.drive === drive)
      .map((snapshot) => snapshotView(call, snapshot)),
  };
};

export const showSnapshot: Handler = (call) => ({ body: snapshotView(call, snapshotCalled(call)) });

export const createSnapshots: Handler = (call) => {
  const { stores, testbed, cloud, region } = call;
  const at = testbed.clock.now();
  const snapshots = definitionsIn(call.body)
    .map((definition) => readBody(SnapshotBody, definition))
    .map(({ drive: reference_, name, meta = {} }) => {
      const drive = driveCalled(call, uuidOf(reference_));
      expectReady(call, drive);
      const usual = `${drive.id}__${new Date(at).toISOString().slice(0, 19).replace('T', '__').replaceAll(':', '_')}`;
      const place = { cloud: cloud.name, region: region.region };
      return stores.snapshots.save({ ...place, id: testbed.ids.next(), name: name ?? usual, drive: drive.id, meta, at });
    });
  return { status: 201, body: { objects: snapshots.map((snapshot) => snapshotView(call, snapshot)) } };
};

export const deleteSnapshot: Handler = (call) => {
  call.stores.snapshots.forget(snapshotCalled(call));
  return { status: 204 };
};

/** Its clone is a drive. */
export const actOnSnapshot: Handler = (call) => {
  const snapshot = snapshotCalled(call);
  if (call.query.get('do') !== 'clone') throw invalid(`The action ${String(call.query.get('do'))} is not supported.`, 'do');
  if (statusOf(call, snapshot) === 'creating') throw busy(`Snapshot ${snapshot.id} is creating.`);
  const { name = snapshot.name } = readBody(CloneBody, call.body);
  const source = drivesOf(call).find(({ id }) => id === snapshot.drive);
  if (!source) throw notFound(snapshot.drive);
  return { status: 202, body: { objects: [driveView(call, cloneDrive(call, { ...source, name }))] } };
};

const statusOf = ({ testbed }: Call, { at }: Snapshot): string =>
  testbed.clock.now() < at + creationMs ? 'creating' : 'available';

const snapshotView = (call: Call, snapshot: Snapshot) => ({
  ...reference(call, 'snapshots', snapshot.id),
  name: snapshot.name,
  drive: reference(call, 'drives', snapshot.drive),
  status: statusOf(call, snapshot),
  timestamp: new Date(snapshot.at).toISOString().replace('T', ' ').replace('Z', '000+00:00'),
  meta: snapshot.meta,
  tags: [],
  allocated_size: 0,
  owner: userOf(call),
  grantees: [],
  permissions: [],
});
