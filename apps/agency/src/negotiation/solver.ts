import { AgencyError } from '@cloud-agency/errors';
import type { Answer, Ask, Demand, Repaired, Selection } from '@cloud-agency/sla';
import { availableParallelism } from 'node:os';
import type { AskingOptions, SelectionOptions, SolverOutcome, SolverTask } from './solver-messages.js';
import { SolverWorker } from './solver-worker.js';

/** How long one selection may take, seconds. */
const shippedSeconds = 10;
/** Threads: one core stays for the process that serves clients. */
const mostThreads = Math.max(1, Math.min(4, availableParallelism() - 1));

interface Waiting {
  readonly task: SolverTask;
  readonly resolve: (outcome: SolverOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Selections and repairs, solved in worker threads under a time limit that holds whatever a solver does. Each waits for a free thread, in turn. */
export class Solver {
  private readonly workers = new Set<SolverWorker>();
  private readonly idle: SolverWorker[] = [];
  private readonly waiting: Waiting[] = [];

  /** @param threadUrl the compiled solver-thread module. */
  constructor(
    private readonly threadUrl: URL,
    private readonly seconds = shippedSeconds,
  ) {}

  /** Starts a thread and loads its solvers, so that the first call does not wait for them. */
  warmUp(): void {
    if (this.workers.size === 0) this.idle.push(this.spawn());
  }

  /** @throws AgencyError time-limit-reached when no plan was found in time, internal when the solver failed. */
  async select(demand: Demand, answer: Answer, options: SelectionOptions = {}): Promise<Selection> {
    const outcome = await this.solve({ to: 'select', demand, answer, options });
    if ('selection' in outcome) return outcome.selection;
    throw new AgencyError('internal', { reference: 'no selection' });
  }

  /**
   * What each agent is asked to better after a round (CFP.md 3, Rounds); an agent that would win as it is with nothing.
   * @throws AgencyError time-limit-reached, or internal when the solver failed.
   */
  async asks(demand: Demand, answer: Answer, options: AskingOptions): Promise<ReadonlyMap<string, readonly Ask[]>> {
    const outcome = await this.solve({ to: 'ask', demand, answer, options });
    if ('asks' in outcome) return outcome.asks;
    throw new AgencyError('internal', { reference: 'no asks' });
  }

  /**
   * The smallest changes that make an impossible demand possible, from what each agent answered in the repair round.
   * @throws AgencyError time-limit-reached, or internal when the solver failed.
   */
  async repairs(demand: Demand, answers: readonly Answer[]): Promise<readonly Repaired[]> {
    const outcome = await this.solve({ to: 'repair', demand, answers });
    if ('repairs' in outcome) return outcome.repairs;
    throw new AgencyError('internal', { reference: 'no repairs' });
  }

  async close(): Promise<void> {
    const workers = [...this.workers];
    this.workers.clear();
    await Promise.all(workers.map((worker) => worker.close()));
  }

  private async solve(task: SolverTask): Promise<SolverOutcome> {
    return await new Promise((resolve, reject) => {
      this.waiting.push({ task, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    if (this.waiting.length === 0) return;
    const worker = this.idle.pop() ?? (this.workers.size < mostThreads ? this.spawn() : undefined);
    const first = worker && this.waiting.shift();
    if (!first) return;
    worker
      .solve(first.task, this.seconds)
      .then(first.resolve, first.reject)
      .finally(() => {
        if (this.workers.has(worker)) this.idle.push(worker);
        this.next();
      });
  }

  private spawn(): SolverWorker {
    const worker = new SolverWorker(this.threadUrl, (ended) => {
      this.workers.delete(ended);
      if (this.idle.includes(ended)) this.idle.splice(this.idle.indexOf(ended), 1);
    });
    this.workers.add(worker);
    return worker;
  }
}
