import { differenceOf } from './differences.js';
import type { Measured, MetricMeter, MetricTask } from './metric.js';
import type { SampleSource } from '@cloud-agency/bus';
import { metricOf } from '@cloud-agency/sla';

/** So late may vendors tell (intake/lateness.ts), and prices are told again every minute; what is older says nothing of now. */
const freshMs = 900_000;

const ways: Readonly<Record<SampleSource, string>> = {
  vendor: 'measured by the vendor',
  resource: 'measured by the machine',
  business: 'as it was',
  probe: 'measured by the monitor',
};

function latest({ board, placement, clock }: MetricTask, source: SampleSource, metric: string): Measured {
  const told = board.latest(placement, source, metric);
  if (!told) return { value: null, detail: 'nothing has been told of it yet' };
  const age = Math.max(0, Math.round((clock.now() - told.at) / 1_000));
  const detail = `${ways[source]} ${String(age)} s ago`;
  return { value: age * 1_000 <= freshMs ? told.value : null, detail };
}

/** What another has told of the machine: its latest figure, as long as it is one of now. */
export const told = (source: SampleSource, metric: string, unit: string): MetricMeter => ({
  unit,
  measure: (task) => Promise.resolve(latest(task, source, metric)),
});

const unitOf = (metric: string): string => metricOf(metric).unit || '1';

const nameIn = ({ settings }: MetricTask): string => String(settings['agency.metric.name']);

/** What the machine itself tells under the name that the collector gives. */
export const pushed: MetricMeter = {
  unit: '1',
  measure: (task) => Promise.resolve({ ...latest(task, 'resource', nameIn(task)), unit: unitOf(nameIn(task)) }),
};

/** How far apart the client's own figures and the vendor's are. */
export const difference: MetricMeter = {
  unit: '1',
  measure: (task) => Promise.resolve({ ...latest(task, 'probe', differenceOf(nameIn(task))), unit: unitOf(nameIn(task)) }),
};
