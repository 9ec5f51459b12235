/** Which samples are taken, and which are refused, by definition: docs/monitoring.md, Samples. */
import type { MetricSample } from '@cloud-agency/bus';
import type { Source } from './machines.js';

const minute = 60_000;
const lateBy = { probe: 5 * minute, vendor: 15 * minute, resource: 5 * minute };
/** What cannot be below 0 is all but these. */
export const signed: readonly string[] = ['queue', 'load', 'orders'];

/** A sample that was taken: which metric, as told by whom, of which machine. */
export interface Fact {
  readonly machine: string;
  readonly metric: string;
  readonly source: string;
  readonly at: number;
  readonly value: number;
  /** When it came, ms, and as the how many-th of all. */
  readonly came: number;
  readonly order: number;
}

export class TakingIn {
  readonly facts: Fact[] = [];
  private readonly times = new Map<string, Set<number>>();
  /** Up to when a series takes nothing more. */
  private readonly floors = new Map<string, number>();

  /** How many of a batch are taken: by their times, whatever order they come in. */
  take(source: Source, batch: readonly MetricSample[], now: number): number {
    const taken = [...batch].sort((a, b) => a.at - b.at).filter((sample) => this.takeOne(source, sample, now));
    return taken.length;
  }

  /** After a restart a series takes only what is newer than what it has. */
  restart(): void {
    for (const [series, times] of this.times) this.floors.set(series, Math.max(...times));
  }

  private takeOne(source: Source, sample: MetricSample, now: number): boolean {
    const { resource: machine, metric, at, value } = sample;
    if (value === null || !isGood(source, sample, now)) return false;
    const series = `${source} ${machine} ${metric}`;
    const times = this.times.get(series) ?? new Set();
    if (times.has(at) || at <= (this.floors.get(series) ?? -Infinity)) return false;
    this.times.set(series, times.add(at));
    this.facts.push({ machine, metric, source, at, value, came: now, order: this.facts.length + 1 });
    return true;
  }
}

function isGood(source: Source, { resource, placement, metric, at, value }: MetricSample, now: number): boolean {
  if (placement !== `${resource}-1` || metric.includes(' ')) return false;
  if (at > now + 5_000 || at < now - lateBy[source]) return false;
  return value !== null && Number.isFinite(value) && (value >= 0 || signed.includes(metric));
}

/** One of each that is wrong. */
export function nonsense(now: number): MetricSample[] {
  const base = { resource: 'a', placement: 'a-1', at: now };
  return [
    { ...base, metric: 'queue', value: NaN },
    { ...base, metric: 'up', value: -1 },
    { ...base, metric: 'queue', value: 7, at: now + 5_001 },
    { ...base, metric: 'queue', value: 7, at: now - 16 * minute },
    { ...base, metric: 'queue', value: 7, placement: 'a-0' },
    { ...base, metric: 'no such metric', value: 7 },
  ];
}
