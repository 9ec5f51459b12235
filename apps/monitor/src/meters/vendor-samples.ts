import type { Readings } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';

type Reading = Readings['readings'][number];

/** What vendors measure by the names of the vocabulary. Of memory they tell how much is in use, GiB. */
const names: Readonly<Record<Reading['metric'], string>> = {
  cpu: 'cpu_utilisation',
  memory: 'memory_used',
  'network-in': 'network_in',
  'network-out': 'network_out',
  'disk-read': 'disk_read',
  'disk-write': 'disk_write',
};

/** What a vendor tells of a machine as measurements, oldest first; what share of the memory is in use only where its size is known. */
export function vendorMeasurements({ placement, memory, readings }: Readings): readonly Measurement[] {
  return readings
    .flatMap(({ metric, at: written, value }) => {
      const at = Date.parse(written);
      const told = { placement, metric: names[metric], at, value };
      if (metric !== 'memory' || !memory) return [told];
      return [told, { ...told, metric: 'memory_utilisation', value: value / memory }];
    })
    .sort((a, b) => a.at - b.at);
}
