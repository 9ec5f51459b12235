/** What was measured of a resource over time: a core NATS request to `agency.history`, answered by the monitor from its archive. */
import { AgencyError } from '@cloud-agency/errors';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Static, Type } from '@sinclair/typebox';
import { askArchive } from './archive.js';
import { Id, Instant, nullable } from './fields.js';
import { subjects } from './subjects.js';

/** An answer has no more points than this, over all its series. */
export const mostPoints = 2_000;

export const HistoryRequest = Type.Object({
  resource: Id,
  metric: Id,
  from: Instant,
  until: Instant,
  /** ms; absent: what gives some hundred points. */
  step: Type.Optional(Type.Integer({ minimum: 1_000 })),
});
export type HistoryRequest = Static<typeof HistoryRequest>;

const Point = Type.Object({
  from: Instant,
  /** Samples with a value, and those that could not be measured. */
  count: Type.Integer({ minimum: 0 }),
  failures: Type.Integer({ minimum: 0 }),
  mean: nullable(Type.Number()),
  min: nullable(Type.Number()),
  max: nullable(Type.Number()),
  /** Within 1 %. */
  p50: nullable(Type.Number()),
  p95: nullable(Type.Number()),
  p99: nullable(Type.Number()),
});

export const History = Type.Object({
  resource: Id,
  metric: Id,
  /** ms */
  step: Type.Integer({ minimum: 1_000 }),
  /** One for each who measured it; times without any sample are left out. */
  series: Type.Array(Type.Object({ source: Id, points: Type.Array(Point, { maxItems: mostPoints }) })),
});
export type History = Static<typeof History>;

/** What the monitor says instead. `passing`: nothing is wrong with the question, and it may be answered in a moment. */
export const HistoryRefusal = Type.Object({
  problem: Type.String({ minLength: 1, maxLength: 1_000 }),
  passing: Type.Optional(Type.Boolean()),
});
export type HistoryRefusal = Static<typeof HistoryRefusal>;

const question = { subject: subjects.history, answer: Type.Union([History, HistoryRefusal]), withinMs: 10_000 };

/** @throws AgencyError invalid-request for what cannot be asked so, archive-unreachable when no monitor answers. */
export async function askHistory(connection: NatsConnection, request: HistoryRequest): Promise<History> {
  const said = await askArchive(connection, question, request);
  if (!('problem' in said)) return said;
  if (said.passing === true) throw new AgencyError('archive-unreachable', { reason: said.problem });
  throw new AgencyError('invalid-request', { message: said.problem });
}
