import { type DnsType, dnsTypes } from '@cloud-agency/sla';
import { asked } from './asking.js';
import type { MetricMeter } from './metric.js';

/** How long the machine takes to answer a question as a name server; a question without an answer has none. */
export const dns: MetricMeter = {
  unit: 'ms',
  measure: (task) =>
    asked(
      {
        dns: {
          name: String(task.settings['agency.metric.name']),
          type: dnsTypes.find((type) => type === task.settings['agency.metric.type']) ?? defaultType,
          port: Number(task.settings['agency.metric.port']),
        },
      },
      task,
      ({ milliseconds }) => milliseconds,
    ),
};

const defaultType: DnsType = 'A';
