import type { MetricSample } from '@cloud-agency/bus';
import { probe as probeOnce, type Reading } from '@cloud-agency/probes';
import type { Clock, Log } from '@cloud-agency/runtime';
import type { Probe } from '@cloud-agency/sla';
import type { Sample, Target } from '../assessor/sample.js';
import { startMeter } from './meter.js';
import type { MetricSink } from './metric-sink.js';

export interface ProbeMeterOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Spreads the probes over their period. */
  readonly name: string;
  readonly target: Target;
  readonly probe: Probe;
  /** Of the probe in the agreement. */
  readonly index: number;
  readonly sink: MetricSink;
  readonly onSample: (sample: Sample) => void;
}

/**
 * Probes a machine for as long as it is watched, and hands on what each probe found. What cannot be measured here is no sample, neither
 * good nor bad; the log says why, once. The returned function ends it.
 */
export function startProbe({ clock, log, name, target, probe, index, sink, onSample }: ProbeMeterOptions): () => void {
  const { resource, placement, address } = target;
  let complaint: string | undefined;
  return startMeter({
    clock,
    name,
    every: probe.every,
    measure: (signal) => probeOnce(probe, { address, timeout: probe.timeout, clock, signal }),
    onReading: (at, probed) => {
      if ('unmeasured' in probed) {
        if (probed.unmeasured !== complaint)
          log.warn({ resource, item: probe.of }, `A probe measures nothing: ${probed.unmeasured}`);
        complaint = probed.unmeasured;
        return;
      }
      complaint = undefined;
      const { ok, milliseconds, detail } = probed;
      onSample({ resource, placement, probe: index, at, ok, milliseconds, detail });
      const of = { resource, placement, at, meter: String(index), detail };
      sink.take(
        'probe',
        metricsOf(probed).map((measured) => ({ ...of, ...measured })),
      );
    },
  });
}

/** One probe measures several metrics; what failed has no response time. */
function metricsOf({ ok, milliseconds, certificateDays }: Reading): readonly Pick<MetricSample, 'metric' | 'value'>[] {
  return [
    { metric: 'up', value: ok ? 1 : 0 },
    ...(milliseconds === null ? [] : [{ metric: 'response_time', value: milliseconds }]),
    ...(certificateDays === undefined ? [] : [{ metric: 'certificate_days', value: certificateDays }]),
  ];
}
