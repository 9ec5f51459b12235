import { asked, isUp } from './asking.js';
import type { MetricMeter } from './metric.js';

/** 1 when a TCP connection to the port is taken, else 0. */
export const reachable: MetricMeter = {
  unit: '1',
  measure: (task) => asked({ tcp: { port: Number(task.settings['agency.metric.port']) } }, task, isUp),
};
