import type { Figures } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import { startMeter } from '../meters/meter.js';
import type { MetricBoard } from '../meters/metric-board.js';
import type { MetricMeter } from '../meters/metric.js';
import { measuredBy, meters } from '../meters/registry.js';
import type { Collector, CollectorSample, Observation } from './observation.js';
import { SensorRecord } from './sensor-record.js';

export interface SensorParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly board: Pick<MetricBoard, 'latest'>;
  readonly archive: { add(sensor: string, sample: CollectorSample): void };
  readonly broadcast: (figures: Figures) => void;
}

/** Figures that did not change are told again so often, ms: whoever was not there yet gets to know them. */
const tellAgainMs = 1_000;
/** A measurement may take as long as its period, within these bounds, ms. */
const shortestTimeoutMs = 1_000;
const longestTimeoutMs = 10_000;

/** One sensor while it is there: its meters feed its record, and what that says is told. */
export class RunningSensor {
  private readonly record: SensorRecord;
  private readonly running = new Map<string, () => void>();
  /** The version that the meters are those of; 0 while it is not the time. */
  private metered = 0;
  private changed = true;
  private toldAt = 0;

  constructor(
    private readonly parts: SensorParts,
    private observation: Observation,
    past: readonly CollectorSample[],
  ) {
    this.record = new SensorRecord(observation, past);
    this.tick();
  }

  get version(): number {
    return this.observation.version;
  }

  revise(observation: Observation): void {
    this.observation = observation;
    this.record.revise(observation, this.parts.clock.now());
    this.changed = true;
    this.tick();
  }

  /** To be called several times a second: begins and ends with the sensor's times, and tells how things stand. */
  tick(): void {
    const now = this.parts.clock.now();
    if (this.record.settle(now)) this.changed = true;
    this.meter(now);
    if (!this.changed && now - this.toldAt < tellAgainMs) return;
    this.changed = false;
    this.toldAt = now;
    this.parts.broadcast(this.record.figures(now));
  }

  stop(): void {
    for (const end of this.running.values()) end();
    this.running.clear();
  }

  /** Runs a meter for each collector while it is time, and no other. */
  private meter(now: number): void {
    const { version, from, until, collectors } = this.observation;
    const isTime = now >= Date.parse(from) && (until === null || now < Date.parse(until));
    const meteredNow = isTime ? version : 0;
    if (this.metered === meteredNow) return;
    this.metered = meteredNow;
    this.run(new Map(isTime ? collectors.map((collector) => [JSON.stringify(collector), collector]) : []));
  }

  /** A collector that has not changed keeps its meter, and so its place in the period. */
  private run(wanted: ReadonlyMap<string, Collector>): void {
    for (const [name, end] of this.running) {
      if (wanted.has(name)) continue;
      end();
      this.running.delete(name);
    }
    for (const [name, collector] of wanted) if (!this.running.has(name)) this.running.set(name, this.start(name, collector));
  }

  private start(name: string, collector: Collector): () => void {
    const meter = meters[collector.metric];
    if (meter) return this.measure(name, collector, meter);
    this.parts.log.warn(
      { sensor: this.observation.sensor, metric: collector.metric },
      'This monitor has no meter for the metric',
    );
    return () => undefined;
  }

  private measure(
    name: string,
    { collector, resource, placement, address, metric, every, settings }: Collector,
    meter: MetricMeter,
  ) {
    const { clock, board } = this.parts;
    const measured = measuredBy({ metric, settings });
    const timeout = Math.min(Math.max(every, shortestTimeoutMs), longestTimeoutMs);
    return startMeter({
      clock,
      name,
      every,
      measure: (signal) => meter.measure({ address, placement, board, settings, timeout, clock, signal }),
      onReading: (at, { value, detail, unit = meter.unit }) => {
        this.take({ collector, resource, metric: measured, at, value, unit, detail });
      },
    });
  }

  private take(sample: CollectorSample): void {
    this.parts.archive.add(this.observation.sensor, sample);
    this.record.settle(this.parts.clock.now());
    this.record.take(sample);
    this.changed = true;
  }
}
