import type { BusinessValues } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';

/** What a vendor's agent tells of its machines' prices and regions, as measurements. */
export function businessMeasurements({ at: written, machines }: BusinessValues): readonly Measurement[] {
  const at = Date.parse(written);
  return machines.flatMap(({ placement, price, carbon }) => [
    { placement, metric: 'price', at, value: price },
    ...(carbon === undefined ? [] : [{ placement, metric: 'carbon', at, value: carbon }]),
  ]);
}
