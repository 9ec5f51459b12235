import type { GuaranteeState, HealthState } from '@cloud-agency/sla';
import type { SampleSource } from '@cloud-agency/bus';
import type { DutyRow, MessagingTables } from '@cloud-agency/store';
import type { Generated } from 'kysely';

/** Times are ms since 1970; flags 0 or 1; the resource of a term that speaks of a whole group is ''. */
export interface MonitorTables extends MessagingTables {
  /** The latest watch message of each agreement, as JSON, and since when it is the latest. */
  watch: { agreement: string; version: number; active: number; content: string; since: number };
  machine: MachineRow;
  downtime: DowntimeRow;
  term: TermRow;
  measurement: MeasurementRow;
  /** The latest observe message of each sensor, as JSON, and since when it is the latest. */
  observation: { sensor: string; version: number; active: number; content: string; since: number };
  sample: SampleRow;
  series: SeriesRow;
  metric_sample: MetricSampleRow;
  pack: PackRow;
  /** One row, 'monitor': how far samples were taken, and how far checkpoints hold them (sample-log.ts). */
  intake: { id: string; batch: number; swept: number; oldest_at: number; seen_at: number };
  violation: ViolationRow;
  checkpoint: CheckpointRow;
  /** When no monitor was there, or its clock jumped: what nobody has seen is held against nobody. */
  away: { from_at: number; until_at: number };
  roll_up: RollUpRow;
  /** What is to be made again, or does not hold all: samples came when it had been made (archive/due.ts). */
  roll_up_due: { origin: string; from_at: number; noted: number };
  /** How far each part of the archive has come: what is before that is done. */
  archive_progress: { id: string; until_at: number };
  uptime: UptimeRow;
  /** One row, 'monitor': which instance is on duty. */
  duty: DutyRow;
}

export interface MachineRow {
  agreement: string;
  resource: string;
  item: string;
  placement: string;
  health: HealthState;
  /** 1 from the failure of a placement until one of the resource is up again. */
  outage: number;
  joined_at: number;
  left_at: number | null;
}

export interface DowntimeRow {
  agreement: string;
  resource: string;
  from_at: number;
  until_at: number | null;
  /** Up to when it was counted in what has been told of it. */
  counted_until: number;
}

export interface TermRow {
  agreement: string;
  guarantee: number;
  resource: string;
  state: GuaranteeState;
  /** Since when it has been told to be at risk; null: it is not. */
  at_risk: number | null;
  /** Of which guarantee it is (assessor/identity.ts); null: an earlier version stored it. */
  identity: string | null;
}

export interface MeasurementRow {
  agreement: string;
  resource: string;
  placement: string;
  /** Index of the probe in the agreement. */
  probe: number;
  at: number;
  ok: number;
  milliseconds: number | null;
  detail: string;
}

/** What the samples of one series came to from `from_at` on, for `step` ms. */
export interface RollUpRow {
  step: number;
  resource: string;
  from_at: number;
  metric: string;
  source: string;
  placement: string;
  /** The table that they were made of (archive/raw-source.ts). */
  origin: string;
  count: number;
  failures: number;
  sum: number;
  min: number | null;
  max: number | null;
  /** archive/figures.ts, `bytesOf`. */
  bins: Uint8Array;
}

/** How long a machine was watched on a day (UTC), and for how long of that it did not answer; ms. */
export interface UptimeRow {
  placement: string;
  day: number;
  watched: number;
  down: number;
  /** When it was looked at last. */
  as_of: number;
  /** 1: the Agency has been told. */
  told: number;
}

/** What a collector of a sensor found at one time; `value` is null when nothing could be measured. */
export interface SampleRow {
  collector: string;
  sensor: string;
  resource: string;
  metric: string;
  at: number;
  value: number | null;
  unit: string;
  detail: string;
}

/** One metric of one resource on one machine, by one source and meter ('' where there is but one). */
export interface SeriesRow {
  id: Generated<number>;
  resource: string;
  placement: string;
  metric: string;
  source: SampleSource;
  meter: string;
  /** When it was seen that no machine that is watched has it any more (archive/records.ts); null: one has. */
  left_at: number | null;
  /** When its newest sample was measured, as far as those of before the last sweep go (store/sample-log.ts, `Position`); null: it had none. */
  newest_at: number | null;
}

/** A sample as it came in. One series has one value at one time. */
export interface MetricSampleRow {
  at: number;
  series: number;
  value: number;
  detail: string | null;
  /** The commit that took it: grows in the order in which samples came, which need not be that of their times. */
  batch: number;
}

/** The samples of one series from `from_at` on, within one hour (archive/packing.ts). */
export interface PackRow {
  series: number;
  from_at: number;
  samples: Uint8Array;
}

/** A breach of a guarantee, from when it was opened until it is closed. */
export interface ViolationRow {
  id: string;
  agreement: string;
  guarantee: number;
  resource: string;
  opened_at: number;
  closed_at: number | null;
  /** What was measured, as JSON. */
  content: string;
}

/** A piece of what a guarantee had made of the samples up to a batch: after a restart only what came later is gone through again. */
export interface CheckpointRow {
  agreement: string;
  guarantee: number;
  resource: string;
  /** As in libs/sla, guarantees/evaluator.ts. */
  key: number;
  batch: number;
  bytes: Uint8Array;
  /** As of a term. */
  identity: string | null;
}
