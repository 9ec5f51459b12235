import { type Json, number, text } from '../../vendor/json.js';
import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import type { OperationParts } from './operations.js';

interface Measure {
  readonly key: RegExp;
  readonly metric: VendorMetric;
  readonly total?: true;
}

/** Which keys there are is the operator's affair: these are told by their words. Traffic is counted since the server began to run. */
const measures: readonly Measure[] = [
  { key: /cpu/i, metric: 'cpu' },
  { key: /ram|mem/i, metric: 'memory' },
  { key: /(net|nic).*(rx|in\b|receiv)/i, metric: 'network-in', total: true },
  { key: /(net|nic).*(tx|out\b|sent)/i, metric: 'network-out', total: true },
  { key: /disk.*read/i, metric: 'disk-read', total: true },
  { key: /disk.*writ/i, metric: 'disk-write', total: true },
];

/** FCO API, MeasureType, as far as it says how large a unit is: bytes of each. */
const bytes: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** FCO API, getMeasuredValues: of each key the latest value. */
export class FlexiantMetrics implements VendorMetrics {
  constructor(private readonly parts: OperationParts) {}

  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const { api, servers } = this.parts;
    if ((await servers.get(region, vendorId)) === undefined) return undefined;
    const values = await api.call({
      method: 'GET',
      path: `resources/measurement/timestamp/0?resourceUUID=${encodeURIComponent(vendorId)}`,
      scope: region,
    });
    if (!Array.isArray(values)) throw malformed('the measured values are no list');
    return (values as readonly Json[])
      .filter((value) => (text(value, 'resourceUUID') ?? vendorId) === vendorId)
      .flatMap(readingOf)
      .filter(({ at }) => at >= since)
      .sort((a, b) => a.at - b.at);
  }
}

function readingOf(value: Json): readonly Reading[] {
  const measure = measures.find(({ key }) => key.test(text(value, 'measureKey') ?? ''));
  const amount = number(value, 'measurement');
  const at = number(value, 'timestamp');
  if (!measure || amount === undefined || at === undefined) return [];
  const { metric, total } = measure;
  return [
    { metric, at: at * 1_000, value: inOurUnit(metric, amount, text(value, 'measurementType')), ...(total ? { total } : {}) },
  ];
}

function inOurUnit(metric: VendorMetric, amount: number, type: string | undefined): number {
  if (metric === 'cpu') return Math.min(1, amount / 100);
  const inBytes = amount * (bytes[type ?? 'B'] ?? 1);
  return metric === 'memory' ? inBytes / 1024 ** 3 : inBytes;
}
