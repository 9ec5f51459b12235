import { AgencyError } from '@cloud-agency/errors';
import type { Answer, Demand, Repaired, Selection } from '@cloud-agency/sla';
import { Worker } from 'node:worker_threads';
import type { SelectionOptions, SolverOutcome, SolverReply, SolverRequest, SolverTask } from './solver-messages.js';

/** What takes longer than this is ended with its thread, ms. */
const timeLimitMs = 20_000;

interface Waiting {
  readonly resolve: (outcome: SolverOutcome) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Selections and repairs, solved in a worker thread of its own under a time limit that holds whatever the solver does. */
export class Solver {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** @param threadUrl the compiled solver-thread module. */
  constructor(private readonly threadUrl: URL) {}

  /** Starts the thread and loads its solvers, so that the first call does not wait for them. */
  warmUp(): void {
    this.worker ??= this.spawn();
  }

  /** @throws AgencyError internal when the solver failed or ran out of time. */
  async select(demand: Demand, answer: Answer, options: SelectionOptions = {}): Promise<Selection> {
    const outcome = await this.solve({ to: 'select', demand, answer, options });
    if ('selection' in outcome) return outcome.selection;
    throw new AgencyError('internal', { reference: 'no selection' });
  }

  /**
   * The smallest changes that make an impossible demand possible, from what each agent answered in the repair round.
   * @throws AgencyError internal when the solver failed or ran out of time.
   */
  async repairs(demand: Demand, answers: readonly Answer[]): Promise<readonly Repaired[]> {
    const outcome = await this.solve({ to: 'repair', demand, answers });
    if ('repairs' in outcome) return outcome.repairs;
    throw new AgencyError('internal', { reference: 'no repairs' });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async solve(task: SolverTask): Promise<SolverOutcome> {
    const worker = (this.worker ??= this.spawn());
    const id = ++this.lastId;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.abandon(new AgencyError('internal', { reference: `selection ${String(id)} exceeded ${String(timeLimitMs)} ms` }));
      }, timeLimitMs);
      this.waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ id, task } satisfies SolverRequest);
    });
  }

  private spawn(): Worker {
    const worker = new Worker(this.threadUrl);
    worker.on('message', (reply: SolverReply) => {
      this.settle(reply);
    });
    worker.on('error', (error) => {
      this.abandon(error);
    });
    return worker;
  }

  private settle(reply: SolverReply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    this.waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (!('error' in reply)) waiting.resolve(reply);
    else waiting.reject(new AgencyError('internal', { reference: `selection ${String(reply.id)}` }, { cause: reply.error }));
  }

  /** Nothing that the thread still holds can be trusted to end: all of it fails, and the next selection starts a new thread. */
  private abandon(error: unknown): void {
    void this.worker?.terminate();
    this.worker = undefined;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.waiting.clear();
  }
}
