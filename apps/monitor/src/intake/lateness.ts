import type { SampleSource } from '@cloud-agency/bus';
import { isDifference } from '../meters/differences.js';

const minute = 60_000;

/**
 * So late may samples come, ms. Whoever was cut off keeps what he measured, and sends it then. Vendors measure every five minutes at worst, date a figure
 * by the beginning of these, and show it some minutes after their end (CloudWatch: GetMetricStatistics).
 */
const lateness: Readonly<Record<SampleSource, number>> = {
  probe: 5 * minute,
  vendor: 15 * minute,
  resource: 5 * minute,
  business: 5 * minute,
};

/** No sample is later than that, ms. */
export const greatestLateness = Math.max(...Object.values(lateness));

/** What others measure comes when they can send it; what the Agency measures itself is there at once. */
const comesLate: Readonly<Record<SampleSource, boolean>> = { probe: false, vendor: true, resource: true, business: false };

/** What is older is refused, ms. The difference to what a vendor tells is of the time of the vendor's figure. */
export const latenessOf = (source: SampleSource, metric: string): number =>
  source === 'probe' && isDifference(metric) ? lateness.vendor : lateness[source];

/** For so long what was measured may be under way, ms: nothing is said of that time before. */
export const waitOf = (source: SampleSource, metric: string): number =>
  comesLate[source] || isDifference(metric) ? latenessOf(source, metric) : 0;
