import { metricOf } from '@cloud-agency/sla';
import type { MetricMeter } from './metric.js';

/** What is older says nothing of now, ms. */
const freshMs = 120_000;

/** What the machine itself tells: its latest figure, as long as it is one of now. */
export const pushed: MetricMeter = {
  unit: '1',
  measure({ placement, own, clock, settings }) {
    const metric = String(settings['agency.metric.name']);
    const unit = metricOf(metric).unit || '1';
    const told = own.latest(placement, metric);
    if (!told) return Promise.resolve({ value: null, unit, detail: `the machine has sent no ${metric}` });
    const age = Math.max(0, Math.round((clock.now() - told.at) / 1_000));
    return Promise.resolve({ value: age * 1_000 <= freshMs ? told.value : null, unit, detail: `sent ${String(age)} s ago` });
  },
};
