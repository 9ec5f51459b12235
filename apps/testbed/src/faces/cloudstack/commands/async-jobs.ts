import { uuidOf } from '../../../cloud/digest.js';
import { account, type Call, type Handler, type Job, type JobSubject, noSuch, timeOf, type View } from '../call.js';
import { listed } from '../listing.js';
import { addressView } from './addresses.js';
import { machinesOf, machineView } from './machine-view.js';
import { snapshotView } from './snapshots.js';
import { ownTemplate, templateView } from './template-view.js';
import { dataVolumeView } from './volume-view.js';

/** What has become of the subject of a job: the change it is in, why it failed, and how it is shown. */
interface Outcome {
  readonly changeAt: number | null;
  readonly failure?: string;
  readonly result: View;
}

const subjects: Readonly<Record<JobSubject, (call: Call, id: string) => Outcome>> = {
  VirtualMachine: (call, id) => {
    const machine = machinesOf(call).find((candidate) => candidate.id === id);
    if (!machine) return { changeAt: null, result: {} };
    const added = call.testbed.interfaces.of(machine).find(({ change }) => change !== null);
    return {
      changeAt: machine.change?.at ?? added?.change?.at ?? null,
      result: { virtualmachine: machineView(call, machine) },
      ...(machine.state === 'error' ? { failure: `Failed to start vm ${machine.name}: ${machine.fault?.message ?? ''}` } : {}),
    };
  },
  Volume: (call, id) => {
    const volume = call.testbed.volumes.all().find((candidate) => candidate.id === id);
    if (!volume) return { changeAt: null, result: {} };
    return { changeAt: volume.change?.at ?? null, result: { volume: dataVolumeView(call, volume) } };
  },
  Template: (call, id) => {
    const image = call.testbed.savedImages.all().find((candidate) => candidate.id === id);
    if (!image) return { changeAt: null, result: {} };
    return { changeAt: image.change?.at ?? null, result: { template: templateView(call, ownTemplate(image)) } };
  },
  Snapshot: (call, id) => {
    const snapshot = call.store.snapshots.get(call.cloud.name, id);
    if (!snapshot) return { changeAt: null, result: {} };
    const isReady = call.testbed.clock.now() >= snapshot.readyAt;
    return { changeAt: isReady ? null : snapshot.readyAt, result: { snapshot: snapshotView(call, snapshot) } };
  },
  IpAddress: (call, id) => {
    const address = call.store.addresses.get(call.cloud.name, id);
    return { changeAt: null, result: address ? { ipaddress: addressView(call, address) } : {} };
  },
  None: () => ({ changeAt: null, result: { success: true } }),
};

/** QueryAsyncJobResultCmd: 0 it goes on, 1 it has been done, 2 it has failed (Developer's Guide, Job status). */
export const queryAsyncJobResult: Handler = (call) => {
  const id = call.params.require('jobid');
  const job = call.store.jobs.get(call.cloud.name, id);
  if (!job) throw noSuch(call, 'jobid', id);
  return jobView(call, job);
};

/** Those that go on. */
export const listAsyncJobs: Handler = (call) => {
  const jobs = call.store.jobs.of(call.cloud.name).map((job) => jobView(call, job));
  return listed(
    call,
    'asyncjobs',
    jobs.filter(({ jobstatus }) => jobstatus === 0),
    (job) => job,
  );
};

function jobView(call: Call, job: Job): View {
  const outcome = subjects[job.subject](call, job.subjectId);
  const failure = job.failure ?? (outcome.failure === undefined ? null : { code: 530, text: outcome.failure });
  const common = {
    accountid: account.domainid,
    userid: uuidOf('user testbed'),
    cmd: `org.apache.cloudstack.api.command.user.${job.command}Cmd`,
    jobprocstatus: 0,
    ...(job.subject === 'None' ? {} : { jobinstancetype: job.subject, jobinstanceid: job.subjectId }),
    created: timeOf(job.createdAt),
    jobid: job.id,
  };
  if (isPending(job, outcome)) return { ...common, jobstatus: 0, jobresultcode: 0 };
  if (!failure) return { ...common, jobstatus: 1, jobresultcode: 0, jobresulttype: 'object', jobresult: outcome.result };
  const jobresult = { errorcode: failure.code, errortext: failure.text };
  return { ...common, jobstatus: 2, jobresultcode: 530, jobresulttype: 'object', jobresult };
}

/** As long as its subject is in the change that the job began; a template changes twice on its way. */
function isPending({ until, failure, subject }: Job, { changeAt }: Outcome): boolean {
  if (failure !== null || until === null || changeAt === null) return false;
  return subject === 'Template' || changeAt === until;
}
