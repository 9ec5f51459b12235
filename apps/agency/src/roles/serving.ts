/** The roles that others ask for work: mediator and negotiator. */
import { playRole } from '@cloud-agency/bus';
import type { Log, RunningApp } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { MediatorTask } from '../mediation/remote-mediator.js';
import type { Solver } from '../negotiation/solver.js';
import type { SolverTask } from '../negotiation/solver-messages.js';
import type { Ground } from './ground.js';

/** Calls vendor agents for processes that cannot. */
export function serveMediation({ connection, mediator, context: { log } }: Ground): RunningApp {
  const stop = playRole(connection, 'mediator', async (task, tell) => {
    const { to, call } = task as MediatorTask;
    const gathered = await mediator[to]({ ...call, onAnswer: tell });
    log.debug({ conversation: call.conversation }, 'Vendor agents were called for another process');
    return gathered;
  });
  return { stop };
}

/** Solves selections for processes that cannot. */
export function serveNegotiation(connection: NatsConnection, solver: Solver, log: Log): RunningApp {
  const stop = playRole(connection, 'negotiator', async (task) => {
    const outcome = await solver.solve(task as SolverTask);
    log.debug({ to: (task as SolverTask).to }, 'A selection was solved for another process');
    return outcome;
  });
  return { stop };
}
