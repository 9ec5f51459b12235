import type { Guarantee } from '../documents/guarantee.js';
import { longest, periodAt } from '../times/period.js';
import { type Span, windowStart } from './interval.js';

/** How long the window of a guarantee is at most, ms, pauses aside. */
export const windowLength = ({ over }: Pick<Guarantee, 'over'>): number =>
  typeof over === 'number' ? over : longest[over.period];

/** The window at an instant, as the agreement has it: a calendar one reaches into the future. `next`: when the next one begins. */
export interface Window extends Span {
  readonly isCalendar: boolean;
}

/** The windows of one guarantee, one after the other. */
export class Windows {
  private period: Span = { from: 0, until: 0 };

  constructor(private readonly over: Guarantee['over']) {}

  at(now: number, pauses: readonly Span[] = []): Window {
    const { over } = this;
    if (typeof over === 'number') return { from: windowStart(now, over, pauses), until: now, isCalendar: false };
    if (now < this.period.from || now >= this.period.until) this.period = periodAt(over, now);
    return { ...this.period, isCalendar: true };
  }
}
