/** What the monitor's archive has of the days of some machines: asked by the agency for its reports (core NATS request). */
import type { NatsConnection } from '@nats-io/transport-node';
import { type Static, Type } from '@sinclair/typebox';
import { answerFromArchive, askArchive } from './archive.js';
import { Id, Instant, nullable, Text } from './fields.js';
import { subjects } from './subjects.js';

/** Days are those of UTC; `from` and `until` are cut to what they hold of the first and the last. */
export const DaysRequest = Type.Object({
  agreement: Id,
  resources: Type.Array(Id, { maxItems: 100 }),
  from: Instant,
  until: Instant,
  /** Which percentiles of the response times are wanted, 0..100. */
  ranks: Type.Array(Type.Number({ minimum: 0, maximum: 100 }), { maxItems: 10 }),
});
export type DaysRequest = Static<typeof DaysRequest>;

const measured = {
  resource: Id,
  /** Probes that were sent, and those that were answered well. */
  probes: Type.Integer({ minimum: 0 }),
  answered: Type.Integer({ minimum: 0 }),
  /** Of the response times, ms, in the order of the ranks; null without any. */
  percentiles: Type.Array(nullable(Type.Number())),
};

export const DaysAnswer = Type.Object({
  /** Since when the archive has all that was measured; what was before is gone. */
  since: Instant,
  days: Type.Array(Type.Object({ ...measured, day: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }) })),
  /** Why there is nothing. */
  problem: Type.Optional(Text),
});
export type DaysAnswer = Static<typeof DaysAnswer>;

/** A month of a hundred machines takes a while to be read, ms. */
const withinMs = 10_000;

/** @throws AgencyError archive-unreachable when no monitor answers. */
export async function askDays(connection: NatsConnection, request: DaysRequest): Promise<DaysAnswer> {
  return await askArchive(connection, { subject: subjects.days, answer: DaysAnswer, withinMs }, request);
}

/** Answers such requests, any one of those that do. The returned function ends it. */
export const answerDays = (
  connection: NatsConnection,
  read: (request: DaysRequest) => Promise<DaysAnswer>,
  onError: (error: unknown) => void,
): (() => void) =>
  answerFromArchive(connection, { subject: subjects.days, request: DaysRequest }, read, (problem): DaysAnswer => {
    onError(problem);
    return { since: new Date(0).toISOString(), days: [], problem: 'the archive could not be read' };
  });
