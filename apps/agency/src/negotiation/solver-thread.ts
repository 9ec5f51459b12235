/** The worker thread that solves selections, so that a hard one never holds up the process that serves clients. */
import { mergeRepairs, selectPlans, smallestRepairs } from '@cloud-agency/sla';
import highsModule from 'highs';
import { parentPort } from 'node:worker_threads';
import type { SolverOutcome, SolverReply, SolverRequest, SolverTask } from './solver-messages.js';

const port = parentPort;
if (!port) throw new Error('solver-thread is a worker thread; start it through Solver');

/** The package declares its types as CommonJS, but Node loads its ES module: there the default export is the loader itself. */
const highs = (highsModule as unknown as typeof highsModule.default)();

port.on('message', (request: SolverRequest) => {
  void solve(request).then((reply) => {
    port.postMessage(reply);
  });
});

async function solve(request: SolverRequest): Promise<SolverReply> {
  try {
    return { id: request.id, ...(await solved(request.task)) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function solved(task: SolverTask): Promise<SolverOutcome> {
  const solver = { highs: await highs };
  if (task.to === 'select') return { selection: await selectPlans(task.demand, task.answer, { ...task.options, solver }) };
  return { repairs: await smallestRepairs(task.demand, mergeRepairs(task.answers, task.demand), solver) };
}
