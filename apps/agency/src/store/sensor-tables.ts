import type { Json } from './tables.js';

/** A client's sensor (OCCI.md 1.5). Periods and delays are s, as the client gave them. */
export interface SensorRow {
  id: string;
  tenant: string;
  period: number;
  periodspec: string | null;
  /** What the delays count from, ms. */
  timebase: number;
  timestart: number;
  /** 0: it never ends. */
  timestop: number;
  timespec: string | null;
  /** Ids of its aggregators and publishers. */
  mixins: Json<readonly string[]>;
  /** Of what the monitor was told last. */
  version: number;
}

/** From a compute to a sensor of the same tenant. */
export interface CollectorRow {
  id: string;
  tenant: string;
  resource: string;
  sensor: string;
  /** Id of its one metric. */
  metric: string;
  /** The metric's attributes that its client may set. */
  settings: Json<Readonly<Record<string, string | number | boolean>>>;
  period: number;
  periodspec: string | null;
  created_at: number;
}
