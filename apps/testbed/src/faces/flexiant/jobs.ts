import type { Instance } from '../../cloud/instance.js';
import type { Interface, Network } from '../../cloud/network.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import type { Volume } from '../../cloud/volumes.js';
import type { Call, Handler } from './call.js';
import { notFound } from './fco-error.js';
import { whereabouts } from './places.js';
import { resourceView } from './resource.js';
import type { View } from './search.js';
import { userIdOf, userOf } from './authentication.js';

/** Something that was asked for and takes its time. */
export interface Job {
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  /** Of the enumeration JobType. */
  readonly type: string;
  readonly item: { readonly id: string; readonly type: string; readonly name: string };
  readonly createdAt: number;
}

type Status = 'IN_PROGRESS' | 'SUCCESSFUL' | 'FAILED';

const pollMs = 20;
const longestWaitMs = 60_000;

/** Takes note of a job and answers with it. */
export function accepted(
  call: Call,
  place: Pick<Job, 'region' | 'zone'>,
  type: string,
  item: Job['item'],
): { status: 202; body: View } {
  const { testbed, kept, cloud } = call;
  const { region, zone } = place;
  const createdAt = testbed.clock.now();
  const job = kept.jobs.save({ id: testbed.ids.next(), cloud: cloud.name, region, zone, type, item, createdAt });
  return { status: 202, body: jobView(call, job) };
}

export const jobViews = (call: Call): View[] =>
  call.kept.jobs
    .all()
    .filter(({ cloud }) => cloud === call.cloud.name)
    .map((job) => jobView(call, job));

/** FCO API, waitForJob: the answer comes when the job has ended. */
export const waitForJob: Handler = async (call) => {
  const { kept, cloud, params, testbed } = call;
  const job = kept.jobs.get(params.id ?? '');
  if (job?.cloud !== cloud.name) throw notFound(`Job ${params.id ?? ''}`);
  const deadline = testbed.clock.now() + longestWaitMs;
  while (statusOf(call, job) === 'IN_PROGRESS' && testbed.clock.now() < deadline)
    await new Promise<void>((resolve) => testbed.clock.after(pollMs, resolve));
  return { body: jobView(call, job) };
};

function jobView(call: Call, job: Job): View {
  const { cloud, region, zone, type, item, createdAt } = job;
  const status = statusOf(call, job);
  const fault = status === 'FAILED' ? call.testbed.fleet.get(item.id)?.fault : null;
  return {
    ...resourceView(call.cloud, { id: job.id, type: 'JOB', name: `${type} ${item.name}`, createdAt }),
    ...whereabouts(cloud, region, zone),
    status,
    jobType: type,
    itemUUID: item.id,
    itemType: item.type,
    itemName: item.name,
    itemDescription: null,
    parentJobUUID: null,
    scheduled: false,
    startTime: createdAt,
    endTime: status === 'IN_PROGRESS' ? null : createdAt,
    errorCode: fault ? 'BOOT_FAILED' : null,
    info: fault?.message ?? null,
    userName: userOf(cloud).email,
    userUUID: userIdOf(cloud),
  };
}

/** Only the newest job of a thing can still be under way; what is gone was deleted. */
function statusOf({ testbed, kept }: Call, job: Job): Status {
  const newest = kept.jobs
    .all()
    .filter(({ item }) => item.id === job.item.id)
    .at(-1);
  const { fleet, volumes, interfaces, networks, savedImages } = testbed;
  const things: readonly Thing[] = [
    ...fleet.all(),
    ...volumes.all(),
    ...interfaces.all(),
    ...networks.all(),
    ...savedImages.all(),
  ];
  const item = things.find(({ id }) => id === job.item.id);
  if (newest?.id === job.id && item?.change) return 'IN_PROGRESS';
  return isFailed(item, job) ? 'FAILED' : 'SUCCESSFUL';
}

/** A job is about one of these, or about what does not take any time. */
type Thing = Instance | Volume | Interface | Network | SavedImage;

const isFailed = (item: Thing | undefined, { type }: Job): boolean => item?.state === 'error' && type.startsWith('CREATE_');
