/** The worker thread that solves selections, so that a hard one never holds up the process that serves clients. */
import { AgencyError } from '@cloud-agency/errors';
import { asksOf, asksWithoutPlan, mergeRepairs, selectPlans, type Selection, smallestRepairs } from '@cloud-agency/sla';
import highsModule from 'highs';
import { parentPort } from 'node:worker_threads';
import type { SolverOutcome, SolverReply, SolverRequest, Told } from './solver-messages.js';

const port = parentPort;
if (!port) throw new Error('solver-thread is a worker thread; start it through Solver');

const say = (reply: SolverReply): void => {
  port.postMessage(reply);
};

/** The package declares its types as CommonJS, but Node loads its ES module: there the default export is the loader itself. */
const highs = await (highsModule as unknown as typeof highsModule.default)();

port.on('message', (request: SolverRequest) => {
  void solved(request).then(
    (outcome) => {
      say({ is: 'done', outcome });
    },
    (error: unknown) => {
      say(failure(error));
    },
  );
});
say({ is: 'ready' });

async function solved({ task, seconds }: SolverRequest): Promise<SolverOutcome> {
  const solver = { highs, seconds, now: () => performance.now() };
  if (task.to === 'repair')
    return { repairs: await smallestRepairs(task.demand, mergeRepairs(task.answers, task.demand), solver) };
  if (task.to === 'ask') {
    const { plans } = await selectPlans({ ...task.demand, proposals: 1 }, task.answer, { solver, brief: true });
    const [best] = plans;
    const asks = best ? asksOf(task.demand, task.answer, best, task.options) : asksWithoutPlan(task.demand, task.options);
    return { asks: Object.fromEntries(asks) };
  }
  const onFound = (selection: Selection) => {
    say({ is: 'found', selection });
  };
  return { selection: await selectPlans(task.demand, task.answer, { ...task.options, solver, onFound }) };
}

function failure(error: unknown): SolverReply {
  const told = error instanceof AgencyError ? toldOf(error) : undefined;
  return { is: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error), ...(told && { told }) };
}

function toldOf({ code, details }: AgencyError): Told | undefined {
  if (code === 'time-limit-reached') return { code };
  if (code !== 'unsupported') return undefined;
  return { code, path: String(details.path), message: String(details.message) };
}
