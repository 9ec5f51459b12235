import { grouped } from '@cloud-agency/sla';
import type { Aggregate, Figures, Measurement } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { measuredBy } from '../meters/registry.js';
import { aggregators } from './aggregators.js';
import { type CollectorSample, mostSamples, type Observation } from './observation.js';

/** How many values the publisher `latest` keeps. */
const mostPublished = 20;

/**
 * What becomes of a sensor's samples: the latest of each collector, and at the end of each period what the aggregators make of them. It
 * reads no clock and stores nothing; given the same samples again, it says the same again.
 */
export class SensorRecord {
  private readonly latest = new Map<string, CollectorSample>();
  /** Of the period that goes on. */
  private samples: CollectorSample[] = [];
  private period = -1;
  private values: readonly Aggregate[] = [];
  private published: readonly (Measurement | Aggregate)[] = [];

  /** `past`: samples of earlier, oldest first. */
  constructor(
    private observation: Observation,
    past: readonly CollectorSample[] = [],
  ) {
    for (const sample of past) {
      this.settle(sample.at);
      this.take(sample);
    }
  }

  /** One that comes after its period has ended counts in the one that goes on. */
  take(sample: CollectorSample): void {
    if (sample.at >= (this.latest.get(sample.collector)?.at ?? 0)) this.latest.set(sample.collector, sample);
    if (this.period < 0 || this.period === Infinity) return;
    this.samples.push(sample);
    if (this.samples.length > mostSamples) this.samples.shift();
  }

  /** Time has passed: true when a period ended by that, with something measured in it. */
  settle(now: number): boolean {
    const index = periodAt(this.observation, now);
    if (index === this.period) return false;
    const closed = this.close(now);
    this.period = index;
    return closed;
  }

  /** What is measured, or when, has changed. A period of another length begins anew. */
  revise(observation: Observation, now: number): void {
    const { from, until, period } = this.observation;
    if (from !== observation.from || until !== observation.until || period !== observation.period) this.close(now);
    this.observation = observation;
    this.period = periodAt(observation, now);
  }

  figures(now: number): Figures {
    const { sensor, collectors, aggregators: wanted, publishers } = this.observation;
    const measured = collectors.flatMap((collector) => {
      const sample = this.latest.get(collector.collector);
      return sample?.metric === measuredBy(collector) ? [measurement(sample)] : [];
    });
    return {
      sensor,
      at: isoTime(now),
      measurements: measured,
      values: this.values.filter(({ aggregator }) => wanted.includes(aggregator)),
      published: publishers.includes('latest') ? [...this.published] : [],
    };
  }

  private close(now: number): boolean {
    const { samples } = this;
    this.samples = [];
    if (samples.length === 0) return false;
    const byMetric = grouped(samples, ({ metric }) => metric);
    const fresh = this.aggregate(byMetric, now);
    this.values = [...this.values.filter(({ metric }) => this.isCollected(metric) && !byMetric.has(metric)), ...fresh];
    const publication = this.observation.aggregators.length > 0 ? fresh : newest(samples);
    this.published = [...this.published, ...publication].slice(-mostPublished);
    return true;
  }

  /** A metric that is measured seldom keeps its value through the periods in between. */
  private isCollected(metric: string): boolean {
    return this.observation.collectors.some((collector) => measuredBy(collector) === metric);
  }

  private aggregate(byMetric: ReadonlyMap<string, readonly CollectorSample[]>, now: number): readonly Aggregate[] {
    const { from, until, period } = this.observation;
    const begun = Date.parse(from) + this.period * period;
    const window = {
      from: isoTime(begun),
      until: isoTime(Math.min(begun + period, now, until === null ? Infinity : Date.parse(until))),
    };
    return [...byMetric].flatMap(([metric, of]) => {
      const known = of.flatMap(({ value }) => value ?? []);
      const [first] = of;
      if (!first || known.length === 0) return [];
      return this.observation.aggregators.flatMap((aggregator) => {
        const value = aggregators[aggregator]?.(known);
        return value === undefined ? [] : [{ metric, aggregator, value, unit: first.unit, samples: known.length, ...window }];
      });
    });
  }
}

/** Periods are counted from the sensor's start, so they are the same after a restart: negative before it, Infinity after the sensor's end. */
function periodAt({ from, until, period }: Observation, now: number): number {
  if (until !== null && now >= Date.parse(until)) return Infinity;
  return Math.floor((now - Date.parse(from)) / period);
}

const newest = (samples: readonly CollectorSample[]): Measurement[] => [
  ...new Map(samples.map((sample) => [sample.collector, measurement(sample)])).values(),
];

const measurement = ({ at, ...sample }: CollectorSample): Measurement => ({ ...sample, at: isoTime(at) });
