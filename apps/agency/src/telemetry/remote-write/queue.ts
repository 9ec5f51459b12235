import type { Clock, Log } from '@cloud-agency/runtime';
import type { WriteRequest } from './write-request.js';

/** What became of a request: taken, never to be taken, or to be sent again, no sooner than in `after` ms where the receiver said so. */
export type Outcome =
  { readonly is: 'taken' } | { readonly is: 'refused' | 'again'; readonly why: string; readonly after?: number };

export interface QueueParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Never rejects. */
  readonly send: (request: WriteRequest) => Promise<Outcome>;
  readonly count: (outcome: 'taken' | 'refused' | 'dropped', samples: number) => void;
  /** So many requests wait at most; then the oldest goes. */
  readonly most: number;
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** Requests on their way to the receiver: one at a time and in order, each again until it is taken or refused for good. */
export class Queue {
  private readonly waiting: WriteRequest[] = [];
  private working: Promise<void> | undefined;
  private stopped = false;
  private endWait: (() => void) | undefined;

  constructor(private readonly parts: QueueParts) {}

  get length(): number {
    return this.waiting.length;
  }

  add(request: WriteRequest): void {
    this.waiting.push(request);
    // The first may be on its way: it is the one after it that goes.
    if (this.waiting.length > this.parts.most) this.drop(1);
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
  }

  /** What is on its way is waited for; the rest is lost. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endWait?.();
    await this.working;
    while (this.waiting.length > 0) this.drop(0);
  }

  private drop(index: number): void {
    for (const { samples } of this.waiting.splice(index, 1)) this.parts.count('dropped', samples);
  }

  private async work(): Promise<void> {
    let wait = firstWaitMs;
    for (let [request] = this.waiting; request && !this.stopped; [request] = this.waiting) {
      const outcome = await this.parts.send(request);
      if (outcome.is === 'again') {
        this.parts.log.info({ why: outcome.why, waiting: this.waiting.length }, 'Remote write was not taken; it is sent again');
        await this.pause(Math.max(wait, outcome.after ?? 0));
        wait = Math.min(wait * 2, longestWaitMs);
        continue;
      }
      wait = firstWaitMs;
      this.waiting.shift();
      this.parts.count(outcome.is, request.samples);
      if (outcome.is === 'refused')
        this.parts.log.warn({ why: outcome.why, samples: request.samples }, 'Remote write was refused; these samples are lost');
    }
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const callOff = this.parts.clock.after(ms, resolve);
      this.endWait = () => {
        callOff();
        resolve();
      };
      if (this.stopped) this.endWait();
    });
    this.endWait = undefined;
  }
}
