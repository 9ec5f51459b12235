import type { Guarantee } from '../documents/guarantee.js';
import type { GuaranteeState } from './verdict.js';

/** What a look at the window says. */
export type Finding =
  /** Too little is known to say anything: what was said before stands. */
  | 'unknown'
  | 'good'
  /** Good, but not by as much as recovery takes. */
  | 'close'
  | 'bad';

/** The state of a guarantee from look to look: it breaks at once, and recovers when it has been good, by its margin, for as long as it says. */
export class Judge {
  private goodSince: number | null;

  constructor(
    private readonly recovery: Guarantee['recover'],
    public state: GuaranteeState,
    past: number | null = null,
  ) {
    this.goodSince = past;
  }

  get dump(): number | null {
    return this.goodSince;
  }

  next(finding: Finding, now: number): GuaranteeState {
    if (finding === 'unknown') return this.state;
    if (finding === 'bad') {
      this.goodSince = null;
      this.state = 'violated';
    } else if (this.state !== 'violated') this.state = 'fulfilled';
    else if (finding === 'close') this.goodSince = null;
    else {
      this.goodSince ??= now;
      if (now - this.goodSince >= (this.recovery?.after ?? 0)) this.state = 'fulfilled';
    }
    return this.state;
  }
}
