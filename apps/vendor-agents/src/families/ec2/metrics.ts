import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import { list, number, text, type XmlNode } from '../../vendor/xml.js';
import type { Ec2Query } from './query.js';

/** Seconds: the period of basic monitoring. */
const period = 300;
/** CloudWatch measures a machine every five minutes, and shows it some minutes later. */
const lookBackMs = 3_600_000;

interface Measure {
  readonly metric: VendorMetric;
  /** In the namespace AWS/EC2. */
  readonly names: readonly string[];
  readonly statistic: 'Average' | 'Sum';
  /** What a figure of CloudWatch is divided by to be a reading. */
  readonly per: number;
}

/**
 * EC2 user guide, "CloudWatch metrics that are available for your instances": percent of all cores; bytes in a period, whose sum divided by
 * it is a rate. What is read from local disks and from volumes is told apart, and not of every type both. Of memory it knows nothing.
 */
const measures: readonly Measure[] = [
  { metric: 'cpu', names: ['CPUUtilization'], statistic: 'Average', per: 100 },
  { metric: 'network-in', names: ['NetworkIn'], statistic: 'Sum', per: period },
  { metric: 'network-out', names: ['NetworkOut'], statistic: 'Sum', per: period },
  { metric: 'disk-read', names: ['DiskReadBytes', 'EBSReadBytes'], statistic: 'Sum', per: period },
  { metric: 'disk-write', names: ['DiskWriteBytes', 'EBSWriteBytes'], statistic: 'Sum', per: period },
];

/** CloudWatch, by GetMetricStatistics: it is what Eucalyptus has of it too. */
export class Ec2Metrics implements VendorMetrics {
  constructor(
    private readonly monitoring: Ec2Query,
    /** Whether the cloud knows the machine: CloudWatch says nothing of one that it does not know, and of one that it has not measured yet. */
    private readonly isKnown: (region: string, vendorId: string) => Promise<boolean>,
    private readonly now: () => number,
  ) {}

  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const now = this.now();
    const from = Math.max(since, now - lookBackMs);
    const found = from >= now ? [] : await Promise.all(measures.map((measure) => this.measured(region, vendorId, measure, from)));
    const readings = found.flat().filter(({ at }) => at >= since);
    if (readings.length === 0 && !(await this.isKnown(region, vendorId))) return undefined;
    return readings.sort((a, b) => a.at - b.at);
  }

  private async measured(region: string, vendorId: string, measure: Measure, from: number): Promise<Reading[]> {
    const totals = new Map<number, number>();
    for (const name of measure.names)
      for (const point of await this.points(region, vendorId, name, measure.statistic, from)) {
        const at = Date.parse(text(point, 'Timestamp') ?? '');
        const value = number(point, measure.statistic);
        if (Number.isFinite(at) && value !== undefined) totals.set(at, (totals.get(at) ?? 0) + value / measure.per);
      }
    return [...totals].map(([at, value]) => ({ metric: measure.metric, at, value }));
  }

  private async points(
    region: string,
    vendorId: string,
    name: string,
    statistic: string,
    from: number,
  ): Promise<readonly XmlNode[]> {
    const answer = await this.monitoring.call(region, 'GetMetricStatistics', {
      Namespace: 'AWS/EC2',
      MetricName: name,
      Dimensions: { member: [{ Name: 'InstanceId', Value: vendorId }] },
      Statistics: { member: [statistic] },
      Period: period,
      StartTime: timeOf(from),
      EndTime: timeOf(this.now()),
    });
    return list(answer, ['GetMetricStatisticsResult', 'Datapoints'], 'member');
  }
}

const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
