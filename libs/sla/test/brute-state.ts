import type { Guarantee, GuaranteeState } from '../src/index.js';

export type Found = 'bad' | 'good' | 'unknown';

/** The state from look to look: it breaks at once, and recovers with its margin and after its time. docs/guarantees.md, What a verdict says. */
export class BruteState {
  state: GuaranteeState = 'undefined';
  private goodSince: number | undefined;

  constructor(private readonly recover: NonNullable<Guarantee['recover']> = {}) {}

  next(found: Found, isClose: (margin: number) => boolean, now: number): GuaranteeState {
    if (found === 'unknown') return this.state;
    if (found === 'bad') this.goodSince = undefined;
    if (found === 'bad' || this.state !== 'violated') this.state = found === 'bad' ? 'violated' : 'fulfilled';
    else this.mend(isClose, now);
    return this.state;
  }

  private mend(isClose: (margin: number) => boolean, now: number): void {
    const { margin = 0, after = 0 } = this.recover;
    if (isClose(margin)) this.goodSince = undefined;
    else this.goodSince ??= now;
    if (this.goodSince !== undefined && now - this.goodSince >= after) this.state = 'fulfilled';
  }
}
