import type { Guarantee } from '../documents/guarantee.js';
import { metricCondition } from '../vocabulary/over-metrics.js';
import type { Interval, Span } from './interval.js';
import { missingOf } from './judged.js';
import { Stretches } from './stretches.js';

/**
 * When the condition of a guarantee holds. A sample stands for its metric until the next one of its series, and no longer than silence is nothing to
 * wonder at (`missing`); the metric of a group is the mean over its machines of which there is one. A condition that cannot be told does not hold. What
 * comes late tells of the time from the newest sample on: what was before that stays as it was.
 */
export class Qualifier {
  private readonly holds: ReturnType<typeof metricCondition>;
  private readonly after: number;
  /** By metric, then machine. */
  private readonly latest: Map<number, Reading>[];
  /** When it held until `newest`; after that it follows from the readings alone. */
  private readonly stretches: Stretches;
  private newest: number;
  /** Whether it holds from `newest` on, and until when that is so: then the first of the readings stands no more. */
  private held = false;
  private heldFor = -Infinity;

  constructor(guarantee: Pick<Guarantee, 'missing'> & { readonly when: NonNullable<Guarantee['when']> }, past?: QualifierPast) {
    this.holds = metricCondition(guarantee.when.holds);
    this.after = missingOf(guarantee).after;
    this.latest = this.holds.reads.map((_, read) => new Map(past?.latest[read]));
    this.stretches = new Stretches(past?.stretches);
    this.newest = past?.newest ?? -Infinity;
    this.look();
  }

  /** @returns false for a sample that is not newer than the newest of its series. */
  take(read: number, machine: number, at: number, value: number): boolean {
    const readings = this.latest[read];
    if (!readings || at <= (readings.get(machine)?.at ?? -Infinity)) return false;
    this.settle(at);
    readings.set(machine, { at, value });
    this.look();
    return true;
  }

  heldAt(at: number): boolean {
    if (at < this.newest) return this.stretches.covers(at);
    return at < this.heldFor ? this.held : this.holdsAt(at);
  }

  /** When it held, as known now. */
  heldUntil(now: number): readonly Interval[] {
    return [...this.stretches.all, ...this.since(now)];
  }

  forget(before: number): void {
    this.stretches.forget(before);
  }

  leave(machine: number, now: number): void {
    this.settle(now);
    for (const readings of this.latest) readings.delete(machine);
    this.look();
  }

  dump(): QualifierPast {
    const { newest, stretches } = this;
    return {
      latest: this.latest.map((readings) => [...readings]),
      stretches: stretches.all,
      ...(newest > -Infinity && { newest }),
    };
  }

  /** From an instant on there will be something new: what was before is as it is known now. */
  private settle(at: number): void {
    for (const { from, until } of this.since(at)) {
      this.stretches.open(from);
      this.stretches.close(until);
    }
    this.newest = Math.max(this.newest, at);
  }

  private look(): void {
    this.held = this.holdsAt(this.newest);
    this.heldFor = Math.min(...this.ends());
  }

  /** When it held from `newest` on until an instant. */
  private since(until: number): readonly Span[] {
    if (this.newest === -Infinity || until <= this.newest) return [];
    if (until <= this.heldFor) return this.held ? [{ from: this.newest, until }] : [];
    const turns = [this.newest, ...this.ends().filter((end) => end < until)].sort((a, b) => a - b);
    return turns.flatMap((from, place) => (this.holdsAt(from) ? [{ from, until: turns[place + 1] ?? until }] : []));
  }

  /** When the readings that stand at `newest` stand no more. */
  private ends(): number[] {
    return this.latest
      .flatMap((readings) => [...readings.values()].map(({ at }) => at + this.after))
      .filter((end) => end > this.newest);
  }

  private holdsAt(at: number): boolean {
    return this.holds.holds((name) => this.valueAt(name, at));
  }

  private valueAt(name: string, at: number): number {
    let [sum, count] = [0, 0];
    for (const reading of this.latest[this.holds.reads.indexOf(name)]?.values() ?? []) {
      if (at - reading.at >= this.after) continue;
      sum += reading.value;
      count += 1;
    }
    return sum / count;
  }
}

interface Reading {
  readonly at: number;
  readonly value: number;
}

export interface QualifierPast {
  readonly latest: readonly (readonly (readonly [number, Reading])[])[];
  readonly stretches: readonly Interval[];
  /** The newest instant that something was heard of. Absent: nothing was. */
  readonly newest?: number;
}
