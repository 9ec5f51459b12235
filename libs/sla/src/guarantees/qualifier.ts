import type { Guarantee } from '../documents/guarantee.js';
import { metricCondition } from '../vocabulary/over-metrics.js';
import type { Interval } from './interval.js';
import { missingOf } from './judged.js';
import { Stretches } from './stretches.js';

/**
 * When the condition of a guarantee holds. A sample stands for its metric until the next one, at most as long as silence is nothing to wonder at
 * (`missing`); the metric of a group is the mean over its machines. A condition that cannot be told does not hold. It is as known when it is asked: samples of it
 * that come later change nothing of what was.
 */
export class Qualifier {
  private readonly holds: ReturnType<typeof metricCondition>;
  private readonly after: number;
  /** By metric, then machine. */
  private readonly latest: Map<number, Reading>[];
  private readonly stretches: Stretches;

  constructor(guarantee: Pick<Guarantee, 'missing'> & { readonly when: NonNullable<Guarantee['when']> }, past?: QualifierPast) {
    this.holds = metricCondition(guarantee.when.holds);
    this.after = missingOf(guarantee).after;
    this.latest = this.holds.reads.map((_, read) => new Map(past?.latest[read]));
    this.stretches = new Stretches(past?.stretches);
  }

  /** @returns false for a sample that is not newer than the newest of its series. */
  take(read: number, machine: number, at: number, value: number): boolean {
    const readings = this.latest[read];
    if (!readings || at <= (readings.get(machine)?.at ?? -Infinity)) return false;
    if (this.expires < at) this.stretches.close(this.expires);
    readings.set(machine, { at, value });
    if (this.holds.holds((name) => this.valueAt(name, at))) this.stretches.open(at);
    else this.stretches.close(at);
    return true;
  }

  heldAt(at: number): boolean {
    return at <= this.expires ? this.stretches.covers(at) : false;
  }

  /** When it held, as known now. */
  heldUntil(now: number): readonly Interval[] {
    const until = Math.min(now, this.expires);
    return this.stretches.all.map((stretch) =>
      stretch.until === null ? { from: stretch.from, until: Math.max(stretch.from, until) } : stretch,
    );
  }

  forget(before: number): void {
    this.stretches.forget(before);
  }

  leave(machine: number): void {
    for (const readings of this.latest) readings.delete(machine);
  }

  dump(): QualifierPast {
    return { latest: this.latest.map((readings) => [...readings]), stretches: this.stretches.all };
  }

  /** Until when the newest samples say something. */
  private get expires(): number {
    let earliest = Infinity;
    for (const readings of this.latest) {
      let newest = -Infinity;
      for (const { at } of readings.values()) newest = Math.max(newest, at);
      earliest = Math.min(earliest, newest + this.after);
    }
    return earliest;
  }

  private valueAt(name: string, at: number): number {
    const readings = [...(this.latest[this.holds.reads.indexOf(name)]?.values() ?? [])].filter(
      (reading) => at - reading.at <= this.after,
    );
    return readings.reduce((sum, { value }) => sum + value, 0) / readings.length;
  }
}

interface Reading {
  readonly at: number;
  readonly value: number;
}

export interface QualifierPast {
  readonly latest: readonly (readonly (readonly [number, Reading])[])[];
  readonly stretches: readonly Interval[];
}
