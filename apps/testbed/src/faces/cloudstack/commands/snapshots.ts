import { inWords, Refusal } from '../../../cloud/refusal.js';
import { account, type Call, type Handler, noSuch, type Snapshot, timeOf, type View, zoneView } from '../call.js';
import { invalid, overLimit } from '../fault.js';
import { begin, inJob } from '../jobs.js';
import { asked, listed } from '../listing.js';
import { tagViews } from './tag-view.js';
import { rootVolumeCalled, rootVolumeNameOf } from './volume-view.js';

const backupMs = 100;

export const snapshotStateOf = ({ readyAt }: Snapshot, now: number): string => (now < readyAt ? 'BackingUp' : 'BackedUp');

/** Of the root disk of a machine, running or not (CreateSnapshotCmd). */
export const createSnapshot: Handler = (call) => {
  const { params, testbed, cloud, store } = call;
  const volume = params.require('volumeid');
  const machine = rootVolumeCalled(call, 'volumeid', volume);
  if (!['running', 'stopped', 'rebooting'].includes(machine.state))
    throw invalid(`VolumeId: ${volume} is not in Ready state but ${machine.state}. Cannot take snapshot.`);
  inWords({ quota: () => overLimit('snapshot') }, () => {
    if (testbed.faults.strike('quota', machine)) throw new Refusal('quota', 'No further snapshot is allowed.');
  });
  const now = testbed.clock.now();
  const snapshot = store.snapshots.save({
    id: testbed.ids.next(),
    cloud: cloud.name,
    region: machine.region,
    name: params.get('name') ?? `${machine.name}_${rootVolumeNameOf(machine)}_${now}`,
    volume,
    volumeName: rootVolumeNameOf(machine),
    machine: machine.id,
    base: machine.image,
    labels: params.pairs('tags'),
    createdAt: now,
    readyAt: now + backupMs,
  });
  const job = begin(call, { subject: 'Snapshot', subjectId: snapshot.id, change: { at: snapshot.readyAt } });
  return { id: snapshot.id, jobid: job.id };
};

export const listSnapshots: Handler = (call) => {
  const volume = call.params.get('volumeid');
  const snapshots = asked(call, call.store.snapshots.of(call.cloud.name));
  const meant = snapshots.filter((snapshot) => volume === undefined || snapshot.volume === volume);
  return listed(call, 'snapshot', meant, (snapshot) => snapshotView(call, snapshot));
};

export const deleteSnapshot: Handler = (call) => {
  const snapshot = snapshotCalled(call, 'id', call.params.require('id'));
  return inJob(call, 'None', snapshot.id, () => {
    call.store.snapshots.forget(snapshot);
    return null;
  });
};

/** @throws CloudStackFault 431 */
export function snapshotCalled(call: Call, parameter: string, id: string): Snapshot {
  const snapshot = call.store.snapshots.get(call.cloud.name, id);
  if (!snapshot) throw noSuch(call, parameter, id);
  return snapshot;
}

export const snapshotView = ({ cloud, testbed }: Call, snapshot: Snapshot): View => ({
  id: snapshot.id,
  name: snapshot.name,
  snapshottype: 'MANUAL',
  intervaltype: 'MANUAL',
  volumeid: snapshot.volume,
  volumename: snapshot.volumeName,
  volumetype: 'ROOT',
  created: timeOf(snapshot.createdAt),
  state: snapshotStateOf(snapshot, testbed.clock.now()),
  ...zoneView(cloud, snapshot.region),
  ...account,
  tags: tagViews('Snapshot', snapshot),
});
