import { askRole } from '@cloud-agency/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import { Selecting } from './selecting.js';
import type { SolverOutcome, SolverTask } from './solver-messages.js';

/** A selection has its time limit, and others may be before it: longer than this nobody waits, ms. */
const withinMs = 60_000;

/**
 * Has selections solved by negotiators in other processes.
 * @throws AgencyError role-unreachable when none answers.
 */
export class RemoteSolver extends Selecting {
  constructor(private readonly connection: NatsConnection) {
    super();
  }

  protected override async solve(task: SolverTask): Promise<SolverOutcome> {
    return (await askRole(this.connection, 'negotiator', task, { within: withinMs })) as SolverOutcome;
  }
}
