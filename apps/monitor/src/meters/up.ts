import type { MetricMeter } from './metric.js';
import { get } from './response-time.js';

/** 1 when a GET succeeds, else 0. */
export const up: MetricMeter = {
  unit: '1',
  async measure(task) {
    const { ok, detail } = await get(task);
    return { value: ok ? 1 : 0, detail };
  },
};
