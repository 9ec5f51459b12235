import type { Clock } from '@cloud-agency/runtime';
import type { Span } from '@cloud-agency/sla';

/** The clock is looked at this often, ms. */
const lookEveryMs = 1_000;
/** A step by more than this between two looks is no passing of time, ms. */
const jumpMs = 5_000;

export interface TimeOptions {
  readonly clock: Clock;
  /** The clock has jumped ahead, or the process has stood still: nobody watched meanwhile. */
  readonly onAbsence: (absence: Span) => void;
  /** The clock has jumped back, by so much, ms. */
  readonly onStepBack: (by: number) => void;
}

/**
 * The time of what is assessed: that of the clock, but never going back. While a clock that was set back has not caught up, time stands still and
 * what was said stands; what it skipped when it was set ahead has been watched by nobody.
 */
export class Time {
  private newest: number;
  private lookedAt: number;
  private readonly stopLooking: () => void;

  constructor(private readonly options: TimeOptions) {
    const { clock } = options;
    this.newest = clock.now();
    this.lookedAt = this.newest;
    this.stopLooking = clock.every(lookEveryMs, () => {
      this.look();
    });
  }

  /** A jump is made known first: nothing is judged by the time after it as if somebody had watched. */
  now(): number {
    const now = this.options.clock.now();
    if (now > this.lookedAt + lookEveryMs + jumpMs) this.look();
    this.newest = Math.max(this.newest, now);
    return this.newest;
  }

  stop(): void {
    this.stopLooking();
  }

  private look(): void {
    const { clock, onAbsence, onStepBack } = this.options;
    const [before, now] = [this.lookedAt, clock.now()];
    this.lookedAt = now;
    if (now < before - jumpMs) onStepBack(before - now);
    if (now > before + lookEveryMs + jumpMs) onAbsence({ from: before, until: now });
  }
}
