import type { Exception, Guarantee } from '../documents/guarantee.js';
import { parseSchedule, type Schedule, scheduled } from '../times/schedule.js';
import { dayOf, instantIn } from '../times/zone.js';
import { type Span, within, without } from './interval.js';

const day = 86_400_000;
/** The stretches of so much time are worked out at once. */
const chunk = 8 * day;

/**
 * When a guarantee holds by what it says of times: within `during`, not on its holidays, and not in what it excepts. What it says of other
 * metrics, and pauses of its agreement, are another matter.
 */
export class CountedTime {
  private readonly during: Schedule | undefined;
  private readonly holidays: readonly Span[];
  private readonly excepted: readonly (Schedule | Span)[];
  /** What is worked out: the stretches of [from, until), and how much time they come to before each. */
  private known: Span = { from: 0, until: 0 };
  private spans: Span[] = [];
  private before: number[] = [];

  constructor({ during, holidays = [], except = [] }: Pick<Guarantee, 'during' | 'holidays' | 'except'>) {
    this.during = during === undefined ? undefined : parseSchedule(during);
    const zone = this.during?.zone ?? 'UTC';
    this.holidays = holidays.flatMap((date) => dayOf(date) ?? []).map((date) => dayOn(zone, date));
    this.excepted = except.map((exception) => (isDated(exception) ? exception : parseSchedule(exception.during)));
  }

  /** Whether it holds at all times, so that nothing has to be looked up. */
  get isAlways(): boolean {
    return this.during === undefined && this.holidays.length === 0 && this.excepted.length === 0;
  }

  counts(at: number): boolean {
    if (this.isAlways) return true;
    this.reach(at, at);
    const span = this.spans[this.lastFrom(at)];
    return span !== undefined && at < span.until;
  }

  /** How much of the time in [from, until) it is, ms. */
  within(from: number, until: number): number {
    if (until <= from) return 0;
    if (this.isAlways) return until - from;
    this.reach(from, until);
    return this.total(until) - this.total(from);
  }

  /** How much of all that is known lies before an instant. */
  private total(at: number): number {
    const place = this.lastFrom(at);
    const span = this.spans[place];
    return span ? (this.before[place] ?? 0) + Math.min(at, span.until) - span.from : 0;
  }

  /** Index of the last stretch that begins at or before an instant; −1 without. */
  private lastFrom(at: number): number {
    let [low, high] = [0, this.spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.spans[middle]?.from ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Works out what is asked for and not known yet. What lies far from it is forgotten. */
  private reach(from: number, until: number): void {
    const { known } = this;
    if (from >= known.from && until < known.until) return;
    const isFar = known.until === known.from || from > known.until + 50 * day || until < known.from;
    const wanted = {
      from: isFar ? floor(from) : Math.min(known.from, floor(from)),
      until: isFar ? floor(until) + chunk : Math.max(known.until, floor(until) + chunk),
    };
    this.spans = this.workedOut(wanted);
    this.known = wanted;
    let sum = 0;
    this.before = this.spans.map((span) => {
      const before = sum;
      sum += span.until - span.from;
      return before;
    });
  }

  private workedOut(span: Span): Span[] {
    const base = this.during ? scheduled(this.during, span) : [span];
    const excepted = this.excepted.flatMap((one) => ('rules' in one ? scheduled(one, span) : [one]));
    return within(without(within(base, span), within([...this.holidays, ...excepted], span)), span);
  }
}

const dayOn = (zone: string, date: number): Span => ({ from: instantIn(zone, date, 0), until: instantIn(zone, date + 1, 0) });

const floor = (at: number): number => Math.floor(at / chunk) * chunk;

const isDated = (exception: Exception): exception is Span => 'from' in exception;
