import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import { list, number, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import type { OneRpc } from './one-rpc.js';

/** Bytes since the machine began to run; the second name is that of releases before 4.14. */
const totals: readonly (readonly [VendorMetric, string, string])[] = [
  ['network-in', 'NETRX', 'NET_RX'],
  ['network-out', 'NETTX', 'NET_TX'],
  ['disk-read', 'DISKRDBYTES', 'DISKRDBYTES'],
  ['disk-write', 'DISKWRBYTES', 'DISKWRBYTES'],
];

/**
 * one.vm.monitoring. Since 5.12 each MONITORING of MONITORING_DATA has its TIMESTAMP; before that each VM has a LAST_POLL, and what was
 * measured inside of MONITORING (since 4.14) or beside it.
 */
export class OneMetrics implements VendorMetrics {
  constructor(private readonly rpc: OneRpc) {}

  async read(_: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    if (!/^\d+$/.test(vendorId)) return undefined;
    const vm = await unlessGone(this.rpc.document('VM', 'one.vm.info', Number(vendorId)));
    if (vm === undefined) return undefined;
    const cores = number(vm, 'TEMPLATE', 'VCPU') ?? 1;
    const told = await unlessGone(this.rpc.document('MONITORING_DATA', 'one.vm.monitoring', Number(vendorId)));
    return (
      told &&
      samplesOf(told)
        .filter(({ at }) => at >= since)
        .sort((a, b) => a.at - b.at)
        .flatMap((sample) => readingsOf(sample, cores))
    );
  }
}

interface Sample {
  /** ms */
  readonly at: number;
  readonly values: XmlNode;
}

function samplesOf(told: XmlElement): readonly Sample[] {
  const modern = list(told, [], 'MONITORING').map((values) => ({ seconds: number(values, 'TIMESTAMP'), values }));
  const older = list(told, [], 'VM').map((vm) => ({
    seconds: number(vm, 'LAST_POLL'),
    values: list(vm, [], 'MONITORING')[0] ?? vm,
  }));
  return [...modern, ...older].flatMap(({ seconds, values }) => (seconds === undefined ? [] : [{ at: seconds * 1_000, values }]));
}

/** CPU is per cent of one core, MEMORY is in KiB. */
function readingsOf({ at, values }: Sample, cores: number): readonly Reading[] {
  const [cpu, memory] = [number(values, 'CPU'), number(values, 'MEMORY')];
  return [
    ...(cpu === undefined ? [] : [{ metric: 'cpu' as const, at, value: Math.min(1, cpu / 100 / cores) }]),
    ...(memory === undefined ? [] : [{ metric: 'memory' as const, at, value: memory / 1024 ** 2 }]),
    ...totals.flatMap(([metric, name, oldName]) => {
      const value = number(values, name) ?? number(values, oldName);
      return value === undefined ? [] : [{ metric, at, value, total: true as const }];
    }),
  ];
}
