import { differenceOf } from './differences.js';
import type { Measured, MetricMeter, MetricTask } from './metric.js';
import type { Teller } from './metric-board.js';
import type { SampleSource } from '@cloud-agency/bus';
import { metricOf } from '@cloud-agency/sla';

/** So late may vendors tell (intake/lateness.ts), and prices are told again every minute; what is older says nothing of now. */
const freshMs = 900_000;

const ways: Readonly<Record<Teller, string>> = {
  vendor: 'measured by the vendor',
  resource: 'told by the machine',
  scraped: 'read at an endpoint of the machine',
  business: 'as it was',
  probe: 'measured by the monitor',
};

function latest({ board, placement, clock }: MetricTask, teller: Teller, metric: string): Measured {
  const told = board.latest(placement, teller, metric);
  if (!told) return { value: null, detail: 'nothing has been told of it yet' };
  const age = Math.max(0, Math.round((clock.now() - told.at) / 1_000));
  const detail = `${ways[teller]} ${String(age)} s ago`;
  return { value: age * 1_000 <= freshMs ? told.value : null, detail };
}

/** What another has told of the machine: its latest figure, as long as it is one of now. */
export const told = (source: SampleSource, metric: string, unit: string): MetricMeter => ({
  unit,
  source,
  measure: (task) => Promise.resolve(latest(task, source, metric)),
});

const unitOf = (metric: string): string => metricOf(metric).unit || '1';

const nameIn = ({ settings }: MetricTask): string => String(settings['agency.metric.name']);

/** What is told under the name that the collector gives. */
const toldUnderName = (source: SampleSource, teller: Teller, called = (name: string) => name): MetricMeter => ({
  ...{ unit: '1', source, isNamed: true },
  measure: (task) => Promise.resolve({ ...latest(task, teller, called(nameIn(task))), unit: unitOf(nameIn(task)) }),
});

/** By the machine itself: its agent, or an application. */
export const pushed = toldUnderName('resource', 'resource');

/** At the machine's endpoints that the monitor reads. */
export const scraped = toldUnderName('resource', 'scraped');

/** How far apart the client's own figures and the vendor's are. */
export const difference = toldUnderName('probe', 'probe', differenceOf);
