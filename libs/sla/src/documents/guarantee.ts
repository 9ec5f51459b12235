/** Guarantees after parsing: every quantity a plain number in its canonical unit, times in ms. docs/guarantees.md has every field by example. */
import type { MetricSource } from '../vocabulary/metrics.js';

export type Guarantee = AvailabilityGuarantee | MeasuredGuarantee;
export type GuaranteeTerm = Guarantee['term'];

/** What a guarantee can be about, beside availability. */
export const measuredTerms = [
  'response_time',
  'throughput',
  'error_rate',
  'cpu_utilisation',
  'memory_utilisation',
  'disk_utilisation',
  'metric',
  'expression',
] as const;
export const guaranteeTerms: readonly GuaranteeTerm[] = ['availability', ...measuredTerms];

/**
 * How much of the time its machines are up, or with `counted: requests` the share of requests that are answered well. `group`: up while at
 * least `minUp` machines of the item are up; else each machine by itself. A group of which requests are counted has no `minUp`.
 */
export interface AvailabilityGuarantee extends Promised {
  readonly term: 'availability';
  readonly counted?: 'requests';
  /** A fraction. */
  readonly atLeast: number;
}

/**
 * A statistic of what is measured in the window, held against one bound or two. response_time is in ms, throughput in 1/s, error_rate and
 * utilisation are fractions, a metric is in its own unit, an expression in none.
 */
export interface MeasuredGuarantee extends Promised {
  readonly term: (typeof measuredTerms)[number];
  /** Which metric, for the terms `metric` and `throughput` (requests unless said). */
  readonly metric?: string;
  /** For the term `expression`: what is made of metrics, e.g. `errors / requests`. */
  readonly value?: string;
  /** 0..100. Absent, with `statistic` absent too: what the term is usually judged by (`statisticOf`). */
  readonly percentile?: number;
  readonly statistic?: Exclude<Statistic, 'percentile'>;
  /** At least one of the two. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** `minUp` is of availability by time alone, where a group always has it. */
export type Scope = { readonly as: 'each' } | { readonly as: 'group'; readonly minUp?: number };

export const statistics = ['percentile', 'mean', 'minimum', 'maximum', 'sum', 'count', 'rate'] as const;
/** What is made of the samples in a window; `sum` and `rate` of a counter are of its increases. */
export type Statistic = (typeof statistics)[number];

/** What every guarantee says. */
interface Promised extends Worth {
  readonly of: string;
  readonly scope: Scope;
  /** Rolling: so many ms until now. Calendar: the one in which now is. */
  readonly over: number | CalendarPeriod;
  /** Whose measurements count; absent: those of the first source that the metric has (vocabulary/metrics.ts). */
  readonly by?: MetricSource;
  /** It is one of slices of time. Not of availability by time, nor of sums and counts. */
  readonly slices?: Slices;
  /** When it holds, as `parseSchedule` reads it, e.g. `Mon-Fri 08:00-20:00 Europe/Paris`; absent: always. */
  readonly during?: string;
  /** Whole days, `2026-12-25`, in the time zone of `during` (UTC without), on which it does not hold. */
  readonly holidays?: readonly string[];
  /** When it does not hold: maintenance. */
  readonly except?: readonly Exception[];
  /** It holds only while this does. */
  readonly when?: Qualification;
  /** What silence means; absent: unknown. */
  readonly missing?: Missing;
  /** Of fewer samples in the window nothing new is said; absent: as `leastOf` has it. */
  readonly least?: number;
  /** What a violated guarantee has to show before it counts as fulfilled again. */
  readonly recover?: Recovery;
  /** How far ahead a trend is followed, ms; absent: a tenth of a rolling window, to the end of a calendar one. */
  readonly horizon?: number;
}

export const calendarPeriods = ['day', 'week', 'month', 'quarter'] as const;
/** From midnight to midnight by the clocks of an IANA time zone; weeks begin on Monday. */
export interface CalendarPeriod {
  readonly period: (typeof calendarPeriods)[number];
  readonly zone: string;
}

/**
 * Of the slices of so many ms in which anything was measured, a share of `atLeast` (0..1) has to keep the bounds. Without it each slice weighs the same,
 * however much was measured in it: what the slices come to is averaged, of a percentile the share of values that are within its bound.
 */
export interface Slices {
  readonly each: number;
  readonly atLeast?: number;
}

/** A schedule, or one stretch of time, ms since 1970. */
export type Exception = { readonly during: string } | { readonly from: number; readonly until: number };

/** A condition over metrics of the same subject (`parseCondition`), and whose measurements of them count; absent: as for a guarantee. */
export interface Qualification {
  readonly holds: string;
  readonly by?: MetricSource;
}

/** After so long without a sample, ms, nothing is known (`unknown`), or the silence itself counts, as bad (`fails`) or good (`passes`). */
export interface Missing {
  readonly as: 'unknown' | 'fails' | 'passes';
  readonly after: number;
}

/** Closer than the bound by so much of it (0.1 = 10 %; of the downtime or the share that is allowed, for a budget), and for so long, ms. */
export interface Recovery {
  readonly margin?: number;
  readonly after?: number;
}

/** What a guarantee is worth: to its client, and to both sides when it is broken or kept. */
export interface Worth {
  /** 1 to 100: where the charge of a month does not cover all penalties, the more important are settled first. */
  readonly importance?: number;
  readonly penalty?: BusinessValue;
  readonly reward?: BusinessValue;
}
/**
 * What is credited once for each violation, or once for each calendar month (UTC): a share (0..1) of the charge of what the guarantee is of, in that month, or
 * an amount in USD. In a month it never comes to more than `cap` (0..1) of that charge.
 */
export type BusinessValue = { readonly per: 'violation' | 'month'; readonly cap: number } & (
  { readonly credit: number; readonly of: 'charge' } | { readonly amount: number }
);
