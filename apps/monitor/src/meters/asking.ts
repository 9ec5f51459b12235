import { probe, type Reading } from '@cloud-agency/probes';
import type { ProbeWhat } from '@cloud-agency/sla';
import type { Measured, MetricTask } from './metric.js';

/** Probes the machine for a collector, and makes its figure of what was found; what cannot be measured here has none. */
export async function asked(what: ProbeWhat, task: MetricTask, figure: (reading: Reading) => number | null): Promise<Measured> {
  const probed = await probe(what, task);
  if ('unmeasured' in probed) return { value: null, detail: probed.unmeasured };
  return { value: figure(probed), detail: probed.detail };
}

/** The GET that a collector's `agency.metric.http` asks for. */
export async function get(task: MetricTask, figure: (reading: Reading) => number | null): Promise<Measured> {
  return await asked({ http: String(task.settings['agency.metric.http']) }, task, figure);
}

/** 1 or 0. */
export const isUp = ({ ok }: Reading): number => (ok ? 1 : 0);
