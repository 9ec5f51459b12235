import type { Clock } from '@cloud-agency/runtime';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { widest } from './call-worker.js';

const lookEveryMs = 100;
/** Share of the time in which the event loop does something, from which more calls at once only make everybody wait. */
const full = 0.9;
/** Enough to keep solver and vendors busy while the event loop is full. */
const narrow = 4;

/** Says how many calls to work on at once: many while they wait for vendors, few while this process is what they would wait for. */
export class Pace {
  private before: EventLoopUtilization = performance.eventLoopUtilization();
  private isFull = false;
  readonly stop: () => void;

  constructor(
    clock: Clock,
    /** Whether clients are waiting for orders to be taken in: that goes first. */
    private readonly isUrgent: () => boolean,
  ) {
    this.stop = clock.every(lookEveryMs, () => {
      const now = performance.eventLoopUtilization();
      this.isFull = performance.eventLoopUtilization(now, this.before).utilization > full;
      this.before = now;
    });
  }

  room(): number {
    if (this.isUrgent()) return 1;
    return this.isFull ? narrow : widest;
  }
}
