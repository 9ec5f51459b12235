import { isSample, type MetricSample, type SampleRefusal, type SamplesAnswer, type SampleSource } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import { metricNamePattern, metricOf } from '@cloud-agency/sla';
import type { SeriesName } from '../store/sample-log.js';
import type { Measurement } from '../meters/metric-sink.js';
import { countSamples } from '../sample-metrics.js';
import { Allowance } from './allowance.js';
import type { Commits } from './commits.js';
import type { IntakeCounts } from './counts.js';
import { latenessOf } from './lateness.js';
import { type Follower, Series } from './series.js';

/** So far ahead of the monitor's may the clock of who measured be, ms. */
export const clocksDifferMs = 5_000;
/** So many samples may wait for the disk; then batches are sent back. */
const mostWaiting = 200_000;
const sendBackForMs = 1_000;
/** What one resource may send. */
const fromOne = { perSecond: 200, atOnce: 5_000 };
/** So many resources that are not watched now are remembered. */
const mostRemembered = 20_000;
/** So many series may one resource have: one more metric than that is a name made up for each sample. */
const mostSeries = 500;

/** A resource that is watched. */
export interface Subject {
  readonly resource: string;
  /** The machine that carries it now. */
  readonly placement: string;
  /** Who is to be given the samples of a series; none: they are only kept. */
  followersOf(series: SeriesName): readonly Follower[];
}

export interface IntakeOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly commits: Commits;
  readonly counts: IntakeCounts;
  /** Called with each sample that was taken. */
  readonly onTaken?: (source: SampleSource, measurement: Measurement) => void;
}

interface Known {
  readonly subject: Subject;
  readonly allowance: Allowance;
  /** By metric; those of several sources and meters one after the other. */
  readonly series: Map<string, Series[]>;
  size: number;
}

/**
 * Where every sample comes in. Each is looked at by itself: what is wrong with one keeps none of the others out, and what one resource sends too
 * much of costs the others nothing.
 */
export class Intake {
  private readonly known = new Map<string, Known>();
  /** Of series that were there before a restart, until their resource is known. */
  private readonly remembered = new Map<string, Series[]>();

  constructor(private readonly options: IntakeOptions) {}

  /** Takes a series that is in the store. */
  remember(series: Series): void {
    const before = this.remembered.get(series.resource);
    if (before) before.push(series);
    else this.remembered.set(series.resource, [series]);
  }

  /** A resource is watched from now on, or is watched otherwise than before. */
  know(subject: Subject): void {
    const before = this.known.get(subject.resource);
    const known: Known = {
      subject,
      allowance: before?.allowance ?? new Allowance(fromOne),
      series: new Map(),
      size: 0,
    };
    const series = before ? [...before.series.values()].flat() : (this.remembered.get(subject.resource) ?? []);
    this.remembered.delete(subject.resource);
    for (const one of series) if (one.placement === subject.placement) enter(known, one);
    this.known.set(subject.resource, known);
  }

  /** It is watched no more; should it be again, its samples go on where they were. */
  forget(resource: string): void {
    const series = this.seriesOf(resource);
    this.known.delete(resource);
    if (series.length === 0) return;
    // Without their ids: by the time that it is watched again the store may have forgotten their names.
    this.remembered.set(
      resource,
      series.map((one) => new Series(one, { times: one.times })),
    );
    const [oldest] = this.remembered.size > mostRemembered ? this.remembered.keys() : [];
    if (oldest !== undefined) this.remembered.delete(oldest);
  }

  /** The series of a resource that it has had samples of. */
  seriesOf(resource: string): readonly Series[] {
    return [...(this.known.get(resource)?.series.values() ?? [])].flat();
  }

  /** Looks at a batch, gives what is good to whoever follows it, and resolves once that is on disk. */
  async take(source: SampleSource, samples: readonly unknown[]): Promise<SamplesAnswer> {
    const { commits, counts } = this.options;
    if (commits.waiting + samples.length > mostWaiting) {
      counts.sentBack += 1;
      return { taken: 0, refused: [], retryAfter: sendBackForMs };
    }
    const refused = new Map<SampleRefusal, { count: number; first: number }>();
    let taken = 0;
    for (const place of inTime(samples)) {
      const reason = this.takeOne(source, samples[place]);
      if (reason === undefined) {
        taken += 1;
        continue;
      }
      counts.refused[reason] += 1;
      const before = refused.get(reason);
      refused.set(reason, { count: (before?.count ?? 0) + 1, first: Math.min(before?.first ?? place, place) });
    }
    counts.taken += taken;
    countSamples(source, 'taken', taken);
    for (const [reason, { count }] of refused) countSamples(source, reason, count);
    if (taken > 0) await commits.stored();
    const told = [...refused].map(([reason, { count, first }]) => ({ reason, count, first }));
    return { taken, refused: told.sort((a, b) => a.first - b.first) };
  }

  /** Why it is not taken; undefined when it is. */
  private takeOne(source: SampleSource, sample: unknown): SampleRefusal | undefined {
    if (!isSample(sample)) return 'malformed';
    const known = this.known.get(sample.resource);
    if (known?.subject.placement !== sample.placement) return 'unknown-resource';
    const now = this.options.clock.now();
    if (!known.allowance.spend(now)) return 'flood';
    const wrong = wrongAt(source, sample, now) ?? wrongIn(sample);
    if (wrong !== undefined) return wrong;
    const series = seriesFor(known, source, sample);
    return series ? this.keep(series, sample) : 'unknown-metric';
  }

  private keep(series: Series, { at: written, value, detail }: MetricSample): SampleRefusal | undefined {
    const at = Math.floor(written);
    if (value === null) return 'not-a-number';
    const novelty = series.times.note(at);
    if (novelty !== 'new') return novelty;
    this.options.commits.add(series, at, value, detail);
    const { followers } = series;
    for (let index = 0; index < followers.length; index += 1) followers[index]?.take(series, at, value, detail);
    this.options.onTaken?.(series.source, { placement: series.placement, metric: series.metric, at, value });
    return undefined;
  }
}

/** The places of a batch, the samples that were measured first before the others: of counters and of health none counts that is older than one before. */
function inTime(samples: readonly unknown[]): Iterable<number> {
  const times = samples.map(timeOf);
  if (times.every((at, place) => place === 0 || at >= (times[place - 1] ?? 0))) return times.keys();
  return [...times.keys()].sort((a, b) => compared(times[a] ?? 0, times[b] ?? 0) || a - b);
}

/** Not their difference: between two that are infinite there is none. */
const compared = (a: number, b: number): number => (a < b ? -1 : Number(a > b));

/** What is malformed has none. */
function timeOf(sample: unknown): number {
  const { at } = (sample ?? {}) as { readonly at?: unknown };
  return typeof at === 'number' && Number.isFinite(at) ? at : -Infinity;
}

function wrongAt(source: SampleSource, { at, metric }: MetricSample, now: number): SampleRefusal | undefined {
  if (at > now + clocksDifferMs) return 'future';
  return at < now - latenessOf(source, metric) ? 'too-late' : undefined;
}

function wrongIn({ value, metric }: MetricSample): SampleRefusal | undefined {
  if (value === null || !Number.isFinite(value)) return 'not-a-number';
  return value < 0 && metricOf(metric).signed !== true ? 'negative' : undefined;
}

function seriesFor(
  known: Known,
  source: SampleSource,
  { metric, placement, resource, meter = '' }: MetricSample,
): Series | undefined {
  const found = known.series.get(metric)?.find((one) => one.source === source && one.meter === meter);
  if (found) return found;
  if (known.size >= mostSeries || !metricNamePattern.test(metric)) return undefined;
  const series = new Series({ resource, placement, metric, source, meter });
  enter(known, series);
  return series;
}

function enter(known: Known, series: Series): void {
  series.followers = known.subject.followersOf(series);
  const before = known.series.get(series.metric);
  if (before) before.push(series);
  else known.series.set(series.metric, [series]);
  known.size += 1;
}
