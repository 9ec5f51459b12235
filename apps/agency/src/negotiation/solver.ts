import { availableParallelism } from 'node:os';
import { Selecting } from './selecting.js';
import type { SolverOutcome, SolverTask } from './solver-messages.js';
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
export class Solver extends Selecting {
  private readonly workers = new Set<SolverWorker>();
  private readonly idle: SolverWorker[] = [];
  private readonly waiting: Waiting[] = [];

  /** @param threadUrl the compiled solver-thread module. */
  constructor(
    private readonly threadUrl: URL,
    private readonly seconds = shippedSeconds,
  ) {
    super();
  }

  /** Starts a thread and loads its solvers, so that the first call does not wait for them. */
  warmUp(): void {
    if (this.workers.size === 0) this.idle.push(this.spawn());
  }

  async close(): Promise<void> {
    const workers = [...this.workers];
    this.workers.clear();
    await Promise.all(workers.map((worker) => worker.close()));
  }

  async solve(task: SolverTask): Promise<SolverOutcome> {
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
