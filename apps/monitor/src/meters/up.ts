import { get, isUp } from './asking.js';
import type { MetricMeter } from './metric.js';

/** 1 when a GET succeeds, else 0. */
export const up: MetricMeter = { unit: '1', measure: (task) => get(task, isUp) };
