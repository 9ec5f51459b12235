import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { entries, field, type Json, list, number } from '../../vendor/json.js';
import { asVendorError, unlessGone } from '../../vendor/vendor-error.js';
import type { Services } from './services.js';

/** Diagnostics are the same for all hypervisors from this microversion on (Compute API, REST API version history, 2.48). */
const standardVersion = '2.48';
const nanosecondsPerSecond = 1e9;
const mib = 1 / 1024;
const kib = mib / 1024;

/**
 * Compute API reference, "Servers diagnostics": counters since the machine began to run. By Nova's policy they are the administrator's
 * only, unless the cloud lets projects see them too.
 */
export class NovaDiagnostics implements VendorMetrics {
  constructor(
    private readonly cloud: Services,
    private readonly now: () => number,
  ) {}

  /** A machine that does not run is not measured: Nova calls that a conflict. @throws VendorError forbidden where only administrators may see them. */
  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const at = this.now();
    if (at < since) return [];
    try {
      const diagnostics = await unlessGone(this.diagnose(region, vendorId));
      if (diagnostics === undefined) return undefined;
      return field(diagnostics, 'cpu_details') === undefined ? flat(diagnostics, at) : standard(diagnostics, at);
    } catch (error) {
      if (asVendorError(error).reason === 'conflict') return [];
      throw error;
    }
  }

  /** A cloud too old for the standard answer refuses the microversion (406), or does not know of any. */
  private async diagnose(region: string, vendorId: string): Promise<Json> {
    const path = `/servers/${encodeURIComponent(vendorId)}/diagnostics`;
    const call = { service: 'compute', region, method: 'GET', path } as const;
    try {
      return await this.cloud.call({ ...call, microversion: standardVersion });
    } catch (error) {
      if (asVendorError(error).reason !== 'invalid-request') throw error;
      return await this.cloud.call(call);
    }
  }
}

/** `cpu_details[].time` in ns, `memory_details.used` in MiB, octets and bytes; null is what the hypervisor does not tell. */
function standard(diagnostics: Json, at: number): readonly Reading[] {
  const total = (metric: VendorMetric, name: string, of: string, scale = 1): readonly Reading[] =>
    summed(metric, at, numbersIn(list(diagnostics, name), of), scale);
  const used = number(diagnostics, 'memory_details', 'used');
  return [
    ...total('cpu', 'cpu_details', 'time', 1 / nanosecondsPerSecond),
    ...(used === undefined ? [] : [{ metric: 'memory' as const, at, value: used * mib }]),
    ...total('network-in', 'nic_details', 'rx_octets'),
    ...total('network-out', 'nic_details', 'tx_octets'),
    ...total('disk-read', 'disk_details', 'read_bytes'),
    ...total('disk-write', 'disk_details', 'write_bytes'),
  ];
}

const numbersIn = (rows: readonly Json[], name: string): readonly number[] => rows.flatMap((row) => number(row, name) ?? []);

/** libvirt's own names: `cpu0_time` in ns, `memory-rss` in KiB, `vnet0_rx`, `vda_read`, …; what is no number, or negative, is not known. */
function flat(diagnostics: Json, at: number): readonly Reading[] {
  const found = (pattern: RegExp): readonly number[] =>
    entries(diagnostics).flatMap(([name, value]) =>
      pattern.test(name) && typeof value === 'number' && value >= 0 ? [value] : [],
    );
  const [resident] = found(/^memory-rss$/);
  return [
    ...summed('cpu', at, found(/^cpu\d+_time$/), 1 / nanosecondsPerSecond),
    ...(resident === undefined ? [] : [{ metric: 'memory' as const, at, value: resident * kib }]),
    ...summed('network-in', at, found(/_rx$/)),
    ...summed('network-out', at, found(/_tx$/)),
    ...summed('disk-read', at, found(/_read$/)),
    ...summed('disk-write', at, found(/_write$/)),
  ];
}

const summed = (metric: VendorMetric, at: number, values: readonly number[], scale = 1): readonly Reading[] =>
  values.length === 0 ? [] : [{ metric, at, value: values.reduce((sum, value) => sum + value, 0) * scale, total: true }];
