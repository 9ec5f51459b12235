/** OpenSLO v1 after reading: what its objects say, with where each part stands. docs/openslo.md says what the Agency makes of them. */
import type { Place } from '../problems.js';
import type { Mapping, Source } from '../source.js';

export const kinds = ['SLO', 'SLI', 'Service', 'DataSource', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'] as const;
export type Kind = (typeof kinds)[number];

/** A value and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly place: Place;
}

export interface Metadata {
  readonly name: string;
  readonly place: Place;
  /** Each with the text that it stands in. */
  readonly annotations: ReadonlyMap<string, Source>;
}

/** An object itself, or the name of one that stands elsewhere in the file. */
export type Named<T> = { readonly object: T } | { readonly ref: Placed<string> };

export interface Slo {
  readonly metadata: Metadata;
  readonly service: Placed<string>;
  /** Absent: each objective has its own. */
  readonly indicator?: Named<Sli>;
  readonly window: Window;
  readonly budgeting: Placed<BudgetingMethod>;
  readonly objectives: readonly Objective[];
  readonly policies: readonly Named<AlertPolicy>[];
}

export const budgetingMethods = ['Occurrences', 'Timeslices', 'RatioTimeslices'] as const;
export type BudgetingMethod = (typeof budgetingMethods)[number];

export const operators = ['gt', 'gte', 'lt', 'lte'] as const;
export type Operator = (typeof operators)[number];

export const units = ['m', 'h', 'd', 'w', 'M', 'Q', 'Y'] as const;
/** `m` is minutes, `M` months. */
export interface Duration {
  readonly count: number;
  readonly unit: (typeof units)[number];
}

export interface Window {
  readonly place: Place;
  readonly duration: Duration;
  /** Absent: it rolls. */
  readonly calendar?: { readonly startTime: Placed<string>; readonly timeZone: string };
}

export interface Objective {
  readonly place: Place;
  /** A fraction, below 1. */
  readonly target: Placed<number>;
  readonly op?: Placed<Operator>;
  readonly value?: Placed<number>;
  readonly timeSliceTarget?: Placed<number>;
  readonly timeSliceWindow?: Placed<Duration>;
  readonly indicator?: Named<Sli>;
  readonly compositeWeight?: Placed<number>;
}

export type Sli = { readonly metadata: Metadata } & (
  | { readonly threshold: MetricSource }
  | { readonly raw: MetricSource; readonly rawType: 'success' | 'failure' }
  | { readonly total: MetricSource; readonly part: MetricSource; readonly counts: 'good' | 'bad'; readonly counter: boolean }
);

export interface MetricSource {
  readonly place: Place;
  readonly ref?: Placed<string>;
  readonly type?: Placed<string>;
  readonly spec: Mapping;
}

export interface Service {
  readonly metadata: Metadata;
}
export interface DataSource {
  readonly metadata: Metadata;
  readonly type: Placed<string>;
  readonly connection: Source;
}

export interface AlertPolicy {
  readonly metadata: Metadata;
  readonly place: Place;
  readonly whenNoData?: Placed<boolean>;
  readonly whenResolved?: Placed<boolean>;
  readonly whenBreaching?: Placed<boolean>;
  readonly condition: Named<AlertCondition>;
  readonly targets: readonly Named<AlertTarget>[];
}
export interface AlertCondition {
  readonly metadata: Metadata;
  readonly op: Placed<Operator>;
  readonly threshold: Placed<number>;
  readonly lookback: Placed<Duration>;
  readonly after?: Placed<Duration>;
}
export interface AlertTarget {
  readonly metadata: Metadata;
  readonly target: Placed<string>;
}

/** What a file holds, by kind and name. */
export interface OpenSloObjects {
  readonly slos: readonly Slo[];
  readonly slis: ReadonlyMap<string, Sli>;
  readonly services: ReadonlyMap<string, Service>;
  readonly dataSources: ReadonlyMap<string, DataSource>;
  readonly policies: ReadonlyMap<string, AlertPolicy>;
  readonly conditions: ReadonlyMap<string, AlertCondition>;
  readonly targets: ReadonlyMap<string, AlertTarget>;
}
