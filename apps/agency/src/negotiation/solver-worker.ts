import { AgencyError } from '@cloud-agency/errors';
import type { Selection } from '@cloud-agency/sla';
import { Worker } from 'node:worker_threads';
import type { SolverOutcome, SolverReply, SolverRequest, SolverTask } from './solver-messages.js';

/** A solver has been seen to pass its own time limit by minutes: so much later, as a share of the limit, its thread is ended. */
const patience = 0.05;

interface Running {
  readonly task: SolverTask;
  readonly resolve: (outcome: SolverOutcome) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
  /** The best selection so far, checked. */
  found?: Selection;
}

/** One thread that solves one task at a time. */
export class SolverWorker {
  private readonly worker: Worker;
  private running: Running | undefined;
  private ended = false;
  private readonly ready: Promise<void>;

  /** @param onEnd told when the thread takes no more tasks. */
  constructor(
    threadUrl: URL,
    private readonly onEnd: (worker: SolverWorker) => void,
  ) {
    this.worker = new Worker(threadUrl);
    this.ready = new Promise((resolve) => {
      this.worker.on('message', (reply: SolverReply) => {
        if (reply.is === 'ready') resolve();
        else this.hear(reply);
      });
      this.worker.once('exit', resolve);
    });
    this.worker.on('error', (error) => {
      this.fail(error);
      this.end();
    });
  }

  /**
   * The outcome, at the latest when the time is up: then the best selection found so far, which is checked as every one is.
   * @throws AgencyError time-limit-reached when there is none, or internal when the solver failed.
   */
  async solve(task: SolverTask, seconds: number): Promise<SolverOutcome> {
    await this.ready;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.timeUp();
        },
        seconds * 1000 * (1 + patience),
      );
      this.running = { task, resolve, reject, timer };
      if (this.ended) this.fail(new Error('the solver thread has ended'));
      else this.worker.postMessage({ task, seconds } satisfies SolverRequest);
    });
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.worker.terminate();
  }

  private hear(reply: Exclude<SolverReply, { readonly is: 'ready' }>): void {
    if (reply.is === 'found') {
      if (this.running) this.running.found = reply.selection;
    } else if (reply.is === 'done') {
      this.take()?.resolve(reply.outcome);
    } else if (reply.told) {
      const { code, ...params } = reply.told;
      this.take()?.reject(new AgencyError(code, params, { cause: reply.error }));
    } else {
      this.fail(reply.error);
    }
  }

  private timeUp(): void {
    const running = this.take();
    this.end();
    if (running?.found) running.resolve({ selection: running.found });
    else running?.reject(new AgencyError('time-limit-reached', {}));
  }

  private fail(cause: unknown): void {
    const running = this.take();
    running?.reject(new AgencyError('internal', { reference: `the solver (${running.task.to})` }, { cause }));
  }

  private take(): Running | undefined {
    const { running } = this;
    this.running = undefined;
    clearTimeout(running?.timer);
    return running;
  }

  private end(): void {
    if (this.ended) return;
    this.onEnd(this);
    void this.close();
  }
}
