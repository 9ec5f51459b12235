import type { MetricMeter } from './metric.js';
import type { VendorMetric } from './vendor-board.js';

/** Vendors measure every minute to every five; what is older says nothing of now. */
const freshMs = 600_000;

/** What the vendor itself measures: its latest figure, as long as it is one of now. */
export const vendorMetric = (metric: VendorMetric, unit: string): MetricMeter => ({
  unit,
  measure({ placement, board, clock }) {
    const told = board.latest(placement, metric);
    if (!told) return Promise.resolve({ value: null, detail: 'the vendor has told nothing of it' });
    const age = Math.max(0, Math.round((clock.now() - told.at) / 1_000));
    const detail = `measured by the vendor ${String(age)} s ago`;
    return Promise.resolve({ value: age * 1_000 <= freshMs ? told.value : null, detail });
  },
});
