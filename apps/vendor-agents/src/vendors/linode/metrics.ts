import { field, type Json, list, number } from '../../vendor/json.js';
import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { asVendorError, unlessGone } from '../../vendor/vendor-error.js';
import { linodeCalled, pathOf } from './instances.js';
import type { LinodeApi } from './linode-api.js';

type Series = readonly (readonly [at: number, value: number])[];

/**
 * "Get Linode statistics": the last day, a mean of each five minutes. The processors' is in percent of one of them (as the alert `cpu`, whose
 * most is 100 for each), the networks' are bits a second. What it says of disks counts blocks of no size that is told, and is left out.
 */
export class LinodeMetrics implements VendorMetrics {
  constructor(private readonly api: LinodeApi) {}

  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const linode = await unlessGone(linodeCalled(this.api, region, vendorId));
    if (linode === undefined) return undefined;
    const stats = await this.stats(region, vendorId);
    const cores = number(linode, 'specs', 'vcpus') ?? 1;
    const readings = [
      ...readingsOf('cpu', seriesOf(stats, 'cpu'), (percent) => Math.min(1, percent / 100 / cores)),
      ...readingsOf('network-in', trafficOf(stats, 'in'), bytes),
      ...readingsOf('network-out', trafficOf(stats, 'out'), bytes),
    ];
    return readings.filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
  }

  /** A machine that is new has none yet, which is a 400: «Stats are unavailable at this time.» */
  private async stats(region: string, vendorId: string): Promise<Json> {
    try {
      return field(await this.api.call(region, 'GET', pathOf(vendorId, '/stats')), 'data') ?? null;
    } catch (error) {
      if (/unavailable at this time/i.test(asVendorError(error).message)) return null;
      throw error;
    }
  }
}

const bytes = (bits: number): number => bits / 8;

const readingsOf = (metric: VendorMetric, series: Series, convert: (value: number) => number): readonly Reading[] =>
  series.map(([at, value]) => ({ metric, at, value: convert(value) }));

const seriesOf = (stats: Json, ...path: readonly string[]): Series =>
  list(stats, ...path).flatMap((pair) => {
    const [at, value] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
    return typeof at === 'number' && typeof value === 'number' ? [[at, value] as const] : [];
  });

/** Of both protocols, to and from the internet and within the region, together. */
function trafficOf(stats: Json, direction: 'in' | 'out'): Series {
  const sums = new Map<number, number>();
  for (const protocol of ['netv4', 'netv6'])
    for (const name of [direction, `private_${direction}`])
      for (const [at, value] of seriesOf(stats, protocol, name)) sums.set(at, (sums.get(at) ?? 0) + value);
  return [...sums];
}
