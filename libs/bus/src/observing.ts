/** Sensors of clients: what the monitor is to measure for them, and what it has. */
import { type Static, Type } from '@sinclair/typebox';
import { Id, Instant, nullable, storedEnvelope, Text } from './fields.js';

/**
 * What the monitor is to measure for one sensor of a client (OCCI.md 1.5): always the whole, so the latest version replaces all before it.
 * Metrics, aggregators and publishers are named by the terms of their mixins. Durations are ms.
 */
export const ObserveMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('observe'),
  sensor: Id,
  version: Type.Integer({ minimum: 1 }),
  /** False: it is gone. */
  active: Type.Boolean(),
  /** Over which is aggregated, counted from `from`. */
  period: Type.Number({ exclusiveMinimum: 0 }),
  from: Instant,
  /** Null: it never ends. */
  until: nullable(Instant),
  aggregators: Type.Array(Id),
  publishers: Type.Array(Id),
  /** Only those whose machine has an address now. */
  collectors: Type.Array(
    Type.Object({
      collector: Id,
      resource: Id,
      placement: Id,
      address: Id,
      metric: Id,
      every: Type.Number({ exclusiveMinimum: 0 }),
      /** The metric's attributes that a client may set, by full name. */
      settings: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    }),
  ),
});
export type ObserveMessage = Static<typeof ObserveMessage>;

/**
 * What a vendor has measured of a machine, by its agent; lost ones are not repeated. cpu: share of all its cores, 0 to 1. memory: GiB in use.
 * The others: bytes a second.
 */
export const Readings = Type.Object({
  agent: Id,
  placement: Id,
  /** All the memory that the machine has, GiB, where it is known. */
  memory: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  readings: Type.Array(
    Type.Object({
      metric: Type.Union(
        (['cpu', 'memory', 'network-in', 'network-out', 'disk-read', 'disk-write'] as const).map((name) => Type.Literal(name)),
      ),
      at: Instant,
      value: Type.Number(),
    }),
  ),
});
export type Readings = Static<typeof Readings>;

/**
 * What is known of the machines of a vendor's account without measuring them, by its agent: told anew every minute, and at once when it
 * changes. Lost ones are not repeated.
 */
export const BusinessValues = Type.Object({
  agent: Id,
  at: Instant,
  machines: Type.Array(
    Type.Object({
      placement: Id,
      /** What it costs now, USD an hour: the vendor's list or market price less what was conceded, or what was agreed for a time. */
      price: Type.Number({ minimum: 0 }),
      /** Of the electricity of its region, g CO2e/kWh; absent: not known. */
      carbon: Type.Optional(Type.Number({ minimum: 0 })),
    }),
    { maxItems: 500 },
  ),
});
export type BusinessValues = Static<typeof BusinessValues>;

const measurement = {
  collector: Id,
  resource: Id,
  metric: Id,
  /** Null when nothing could be measured; `detail` says why. */
  value: nullable(Type.Number()),
  unit: Text,
  at: Instant,
  detail: Text,
};
const aggregate = {
  metric: Id,
  aggregator: Id,
  value: Type.Number(),
  unit: Text,
  samples: Type.Integer({ minimum: 1 }),
  from: Instant,
  until: Instant,
};

/** What one sensor has measured, broadcast by the monitor when it changes and now and then; lost ones are not repeated. */
export const Figures = Type.Object({
  sensor: Id,
  at: Instant,
  /** The latest of each collector. */
  measurements: Type.Array(Type.Object(measurement)),
  /** For each metric, of the last period in which it was measured. */
  values: Type.Array(Type.Object(aggregate)),
  /** What the publisher keeps, newest last. */
  published: Type.Array(Type.Union([Type.Object(measurement), Type.Object(aggregate)])),
});
export type Figures = Static<typeof Figures>;
export type Measurement = Figures['measurements'][number];
export type Aggregate = Figures['values'][number];
