import type { Guarantee } from '../documents/guarantee.js';
import type { MetricSource } from '../vocabulary/metrics.js';
import type { Span } from './interval.js';
import type { GuaranteeState, Verdict } from './verdict.js';

/** What a guarantee reads of one machine: a metric, as measured by a source. */
export interface Series {
  readonly metric: string;
  readonly source: MetricSource;
}

/**
 * What became of a sample. `kept`: it counts, or would if the guarantee held then. `late`: so much newer is known that it cannot be told whether it
 * came before. `doubled`: it did. `refused`: no number, or one that its metric cannot have.
 */
export type Taken = 'kept' | 'late' | 'doubled' | 'refused';

/** A part of an evaluator's state as it is stored. Under a key the newest takes the place of the ones before. */
export interface Piece {
  /** 0: what changes with every sample. Else how far a stretch of the window begins from 1970, ms; below 0, of the values of a percentile. */
  readonly key: number;
  readonly bytes: Uint8Array;
}

/**
 * The arithmetic of one guarantee for one subject: one machine, or all of an item as a group. It is fed with samples and asked for verdicts; it
 * reads no clock, allocates nothing for a sample, and knows nothing of what it says being stored or told.
 *
 * ```ts
 * const evaluator = evaluatorOf(guarantee, { state: 'undefined' });
 * const first = evaluator.join('web-1', now);          // its series are first + 0, first + 1, … in the order of seriesOf(guarantee)
 * evaluator.take(first, now, 182);
 * evaluator.assess(now).state;
 * ```
 */
export interface Evaluator {
  readonly guarantee: Guarantee;
  /** A machine is part of the subject from now on: known, if it was so before. @returns the index of its first series. */
  join(resource: string, now: number): number;
  /** It is no longer. */
  leave(resource: string, now: number): void;
  /** It stands at another placement: its counters begin anew, its health is unknown, but an outage lasts until the new one answers. */
  move(resource: string, now: number): void;
  /**
   * Takes one sample. Samples may come late and out of order, as long as fewer than `remembered` of their series are newer; those of counters and of
   * health must be newer than the newest. Whoever calls has refused what is from the future.
   * @param at ms since 1970, whole
   * @param origin 0..1023: who of several measured it (the index of the probe), so that two at one instant are two
   */
  take(series: number, at: number, value: number, origin?: number): Taken;
  /**
   * Holds the guarantee against what is known at `now`, which never goes back.
   * @param pauses when nothing was assessed, as in the watch: rolling windows reach back over it, of calendar ones it is left out
   * @param away when nobody watched: the same, and a silence in it is none; but samples of it that came all the same do count
   * @param until samples after it do not count yet: of another machine of the group something of before may be under way. Absent: all do
   */
  assess(now: number, pauses?: readonly Span[], away?: readonly Span[], until?: number): Verdict;
  /** When the newest sample was of that machine which has not been heard of for longest, ms; −Infinity before its first one. */
  readonly heardUntil: number;
  /** What has changed in its state since it was asked last; stored with the verdict, nothing is lost. */
  dump(): readonly Piece[];
  /** Pieces whose keys are nearer to 0 than that, 0 aside, are no longer needed. */
  readonly firstKey: number;
}

export interface EvaluatorOptions {
  /** The state that was told last. */
  readonly state: GuaranteeState;
  /** Since when it is to be assessed, ms: what was before counts for nothing. */
  readonly since?: number;
  /** How many failures in a row make a machine down, by the origin of the sample (the index of the probe): all of them have to be seen up. Absent: 1 of whatever origin. */
  readonly failures?: ReadonlyMap<number, number>;
  /** As in `assess`: what is known of them before it is asked for the first time. */
  readonly pauses?: readonly Span[];
  readonly away?: readonly Span[];
  /** What was dumped, newest of each key, in any order. */
  readonly pieces?: readonly Piece[];
}
