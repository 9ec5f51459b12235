import type { MetricSample } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import type { Probe } from '@cloud-agency/sla';
import type { Sample, Target } from '../assessor/sample.js';
import { probeHttp, type Reading } from './http-probe.js';
import { startMeter } from './meter.js';
import { targetUrl } from './target-url.js';

export interface ProbeMeterOptions {
  readonly clock: Clock;
  /** Spreads the probes over their period. */
  readonly name: string;
  readonly target: Target;
  readonly probe: Probe;
  /** Of the probe in the agreement. */
  readonly index: number;
  readonly sink: { take(source: 'probe', samples: readonly MetricSample[]): void };
  readonly onSample: (sample: Sample) => void;
}

/** Probes a machine for as long as it is watched, and hands on what each probe found. The returned function ends it. */
export function startProbe({ clock, name, target, probe, index, sink, onSample }: ProbeMeterOptions): () => void {
  const { resource, placement, address } = target;
  const url = targetUrl(probe.http, address);
  return startMeter({
    clock,
    name,
    every: probe.every,
    measure: (signal) => probeHttp({ url, timeout: probe.timeout, clock, signal }),
    onReading: (at, reading) => {
      onSample({ resource, placement, probe: index, at, ...reading });
      const of = { resource, placement, at, meter: String(index), detail: reading.detail };
      sink.take(
        'probe',
        metricsOf(reading).map((measured) => ({ ...of, ...measured })),
      );
    },
  });
}

/** What failed has no response time. */
function metricsOf({ ok, milliseconds }: Reading): readonly Pick<MetricSample, 'metric' | 'value'>[] {
  const up = { metric: 'up', value: ok ? 1 : 0 };
  return milliseconds === null ? [up] : [up, { metric: 'response_time', value: milliseconds }];
}
