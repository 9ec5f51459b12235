import { field, type Json, number, text } from '../../vendor/json.js';
import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import { type Machines, pathOf } from './machines.js';
import { idOf, type OnAppApi } from './onapp-api.js';

const hourSeconds = 3_600;
const kilobyte = 1_024;

/** Statistics of whole hours: each is written when its hour is over, at `stat_time` (OnApp API guide, Get VS CPU Usage Statistics). */
export class OnAppMetrics implements VendorMetrics {
  constructor(
    private readonly api: OnAppApi,
    private readonly machines: Machines,
  ) {}

  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const machine = await this.machines.get(region, vendorId);
    if (machine === undefined) return undefined;
    const [cpu, network, disk] = await Promise.all([
      this.cpu(region, vendorId, number(machine, 'cpus') ?? 1),
      this.traffic(region, networkOf(vendorId)),
      this.traffic(region, disksOf(vendorId)),
    ]);
    const readings = [...cpu, ...network, ...disk].filter(({ at }) => at >= since);
    return readings.sort((a, b) => a.at - b.at);
  }

  /** Tenths of a second of one core (the same page: `cpu_time / 10 / 3600`). */
  private async cpu(region: string, machine: string, cores: number): Promise<readonly Reading[]> {
    const stats = await this.stats(region, `${pathOf(machine)}/cpu_usage`, 'cpu_hourly_stat');
    return stats.flatMap((stat) =>
      readingOf(stat, 'cpu', 'cpu_time', (tenths) => Math.min(1, tenths / 10 / hourSeconds / Math.max(1, cores))),
    );
  }

  /** Kilobytes of all interfaces or disks together. */
  private async traffic(region: string, { things, root, usage, stat, fields }: Traffic): Promise<readonly Reading[]> {
    const found = (await unlessGone(this.api.list(things, root, region))) ?? [];
    const stats = await Promise.all(found.map((thing) => this.stats(region, usage(idOf(thing)), stat)));
    const readings = stats
      .flat()
      .flatMap((one) =>
        fields.flatMap(([name, metric]) => readingOf(one, metric, name, (amount) => (amount * kilobyte) / hourSeconds)),
      );
    return summed(readings);
  }

  private async stats(region: string, path: string, root: string): Promise<readonly Json[]> {
    return (await unlessGone(this.api.list(path, root, region))) ?? [];
  }
}

/** Where the traffic of a machine's interfaces or disks is told. */
interface Traffic {
  readonly things: string;
  readonly root: string;
  readonly usage: (id: string) => string;
  readonly stat: string;
  readonly fields: readonly (readonly [name: string, metric: VendorMetric])[];
}

const networkOf = (machine: string): Traffic => ({
  things: `${pathOf(machine)}/network_interfaces`,
  root: 'network_interface',
  usage: (id) => `${pathOf(machine)}/network_interfaces/${encodeURIComponent(id)}/usage`,
  stat: 'net_hourly_stat',
  fields: [
    ['data_received', 'network-in'],
    ['data_sent', 'network-out'],
  ],
});

const disksOf = (machine: string): Traffic => ({
  things: `${pathOf(machine)}/disks`,
  root: 'disk',
  usage: (id) => `settings/disks/${encodeURIComponent(id)}/usage`,
  stat: 'disk_hourly_stat',
  fields: [
    ['data_read', 'disk-read'],
    ['data_written', 'disk-write'],
  ],
});

function readingOf(stat: Json, metric: VendorMetric, name: string, value: (amount: number) => number): readonly Reading[] {
  const at = Date.parse(text(stat, 'stat_time') ?? text(stat, 'created_at') ?? '');
  const amount = number(field(stat, name));
  return Number.isNaN(at) || amount === undefined ? [] : [{ metric, at, value: value(amount) }];
}

function summed(readings: readonly Reading[]): readonly Reading[] {
  const sums = new Map<string, Reading>();
  for (const reading of readings) {
    const key = `${reading.metric} ${reading.at}`;
    sums.set(key, { ...reading, value: reading.value + (sums.get(key)?.value ?? 0) });
  }
  return [...sums.values()];
}
