import { askRole } from '@cloud-agency/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgentAnswer } from '../store/tables.js';
import type { CallsOut } from './calls-out.js';
import type { CallOut } from './mediator.js';

/** What a mediator in another process is asked to do. */
export interface MediatorTask {
  readonly to: keyof CallsOut;
  readonly call: Omit<CallOut, 'onAnswer'>;
}

/** Beyond the vendors' time: for the way, and for another try when the mediator dies, ms. */
const sparedMs = 15_000;

/**
 * Has vendor agents called by mediators in other processes.
 * @throws AgencyError role-unreachable when none answers.
 */
export class RemoteMediator implements CallsOut {
  constructor(private readonly connection: NatsConnection) {}

  callOut(call: CallOut): ReturnType<CallsOut['callOut']> {
    return this.ask('callOut', call);
  }

  callForRepair(call: CallOut): ReturnType<CallsOut['callForRepair']> {
    return this.ask('callForRepair', call);
  }

  private async ask<T>(to: keyof CallsOut, { onAnswer, ...call }: CallOut): Promise<T> {
    const task: MediatorTask = { to, call };
    return (await askRole(this.connection, 'mediator', task, {
      within: 2 * call.within + sparedMs,
      onTold: (answer) => onAnswer?.(answer as AgentAnswer),
    })) as T;
  }
}
