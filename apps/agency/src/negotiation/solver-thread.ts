/** The worker thread that solves selections, so that a hard one never holds up the process that serves clients. */
import { selectPlans } from '@cloud-agency/sla';
import highsModule from 'highs';
import { parentPort } from 'node:worker_threads';
import type { SolverReply, SolverRequest } from './solver-messages.js';

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
    const selection = await selectPlans(request.demand, request.answer, { ...request.options, solver: { highs: await highs } });
    return { id: request.id, selection };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
