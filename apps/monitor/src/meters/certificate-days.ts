import { asked } from './asking.js';
import type { MetricMeter } from './metric.js';

/** How long the certificate that the machine shows is valid, whoever it is from. */
export const certificateDays: MetricMeter = {
  unit: 'd',
  measure: (task) =>
    asked(
      { http: { url: String(task.settings['agency.metric.http']), tls: { verify: false } } },
      task,
      ({ certificateDays: days }) => days ?? null,
    ),
};
