/** What the Agency tells of what was measured (docs/monitoring.md, History and Statistics). */
export interface HistoryQuery {
  readonly resource: string;
  readonly metric: string;
  readonly from?: string;
  readonly until?: string;
  readonly step?: string;
}

export interface HistoryPoint {
  readonly from: string;
  readonly count: number;
  readonly failures: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface History {
  readonly metric: string;
  /** ms */
  readonly step: number;
  readonly from: string;
  readonly until: string;
  readonly series: readonly { readonly source: string; readonly points: readonly HistoryPoint[] }[];
}

export interface StatisticsQuery {
  readonly vendor?: string;
  readonly region?: string;
  readonly size?: string;
}

export interface Statistic {
  readonly vendor: string;
  readonly region: string;
  readonly size: string;
  readonly market: string;
  /** Times in s. */
  readonly provisioning: {
    readonly orders: number;
    readonly success: number | null;
    readonly median: number | null;
    readonly p95: number | null;
  };
  readonly availability: { readonly observed: number | null; readonly hours: number; readonly machines: number };
  readonly performance: { readonly observed: number | null; readonly machines: number };
  readonly violations: number;
  readonly asOf: string;
}

export interface PriceChange {
  readonly vendor: string;
  readonly region: string;
  readonly size: string;
  readonly market: string;
  /** h */
  readonly commitment?: number;
  readonly at: string;
  /** USD an hour; null: not sold there any more. */
  readonly was: number;
  readonly price: number | null;
}
