import { Counter, register } from 'prom-client';

const name = 'agency_monitor_samples_total';

/** Counts measurements by who made them, and what became of them. */
export function countSamples(source: string, outcome: string, count = 1): void {
  const known = register.getSingleMetric(name) as Counter<'source' | 'outcome'> | undefined;
  const counter =
    known ??
    new Counter({
      name,
      help: 'Measurements that came to the monitor, by what became of them.',
      labelNames: ['source', 'outcome'],
    });
  counter.inc({ source, outcome }, count);
}
