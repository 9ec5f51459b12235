import { setTimeout as passed } from 'node:timers/promises';

/** Lets callers go on so often a second at most, in the order they came; a second's worth at once after a rest. */
export class Pace {
  /** When the next one may go on, were there no rest to make up for, ms. */
  private next = Number.NEGATIVE_INFINITY;

  constructor(
    /** May change meanwhile. */
    private readonly perSecond: () => number,
    private readonly now: () => number = () => performance.now(),
    private readonly wait: (ms: number) => Promise<unknown> = passed,
  ) {}

  async turn(): Promise<void> {
    const now = this.now();
    const intervalMs = 1_000 / this.perSecond();
    const at = Math.max(this.next, now - Math.max(0, 1_000 - intervalMs));
    this.next = at + intervalMs;
    if (at > now) await this.wait(at - now);
  }
}
