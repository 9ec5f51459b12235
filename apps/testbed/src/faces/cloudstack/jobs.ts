import type { Call, Job, JobSubject, View } from './call.js';
import { CloudStackFault } from './fault.js';

/** job.expire.minutes */
const keptMs = 24 * 3_600_000;

interface JobOrder {
  readonly subject: JobSubject;
  readonly subjectId: string;
  /** The change that it waits for; null: it is done at once. */
  readonly change: { readonly at: number } | null;
  readonly failure?: CloudStackFault;
}

/** Begins a job for the command of a call; on disk when it returns. */
export function begin({ store, testbed, cloud, params }: Call, { subject, subjectId, change, failure }: JobOrder): Job {
  const now = testbed.clock.now();
  for (const old of store.jobs.of(cloud.name)) if (old.createdAt < now - keptMs) store.jobs.forget(old);
  return store.jobs.save({
    id: testbed.ids.next(),
    cloud: cloud.name,
    command: params.command,
    subject,
    subjectId,
    until: change?.at ?? null,
    failure: failure ? { code: failure.code, text: failure.message } : null,
    createdAt: now,
  });
}

/** Runs the part of a command that CloudStack runs in a job: what it refuses, the job tells and not the answer. */
export function inJob(call: Call, subject: JobSubject, subjectId: string, run: () => { readonly at: number } | null): View {
  return { jobid: begin(call, { subject, subjectId, ...outcomeOf(run) }).id };
}

function outcomeOf(run: () => { readonly at: number } | null): Pick<JobOrder, 'change' | 'failure'> {
  try {
    return { change: run() };
  } catch (error) {
    if (error instanceof CloudStackFault) return { change: null, failure: error };
    throw error;
  }
}
