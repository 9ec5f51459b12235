/** What guarantees came to over a calendar month: asked by the agency for its reports (core NATS request). */
import type { Guarantee, Probe } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Static, Type } from '@sinclair/typebox';
import { answerFromArchive, askArchive } from './archive.js';
import { Id, Instant, nullable, Text } from './fields.js';
import { subjects } from './subjects.js';

const owned = <T>() => Type.Unsafe<T>(Type.Object({}, { additionalProperties: true }));

/** A guarantee for one machine, or for all of its item together (`resource` null). */
const term = { index: Type.Integer({ minimum: 0 }), resource: nullable(Id) };

export const MeasuredRequest = Type.Object({
  /** Within one calendar month of UTC. */
  from: Instant,
  until: Instant,
  /** Of the call, in its order: samples of probes name theirs by its place. */
  probes: Type.Array(owned<Probe>()),
  /** When the agreement was suspended. */
  pauses: Type.Array(Type.Object({ from: Instant, until: Instant })),
  terms: Type.Array(
    Type.Object({
      ...term,
      guarantee: owned<Guarantee>(),
      /** Since when, and until when, each of its machines was there. */
      machines: Type.Array(Type.Object({ resource: Id, from: Instant, until: nullable(Instant) })),
    }),
    { maxItems: 100 },
  ),
});
export type MeasuredRequest = Static<typeof MeasuredRequest>;

export const MeasuredAnswer = Type.Object({
  /** Since when the archive has all samples: what was before does not count. */
  since: Instant,
  terms: Type.Array(
    Type.Object({
      ...term,
      /** In the unit that the guarantee is shown in; null: nothing was measured. */
      measured: nullable(Type.Number()),
      /** The part of what may go wrong in the month that has, 1 is all; null where nothing may, or a bound has no budget. */
      spent: nullable(Type.Number()),
    }),
  ),
  /** Why there is nothing. */
  problem: Type.Optional(Text),
});
export type MeasuredAnswer = Static<typeof MeasuredAnswer>;

/** A month of samples of so many machines, each counted for each of its guarantees, may take so long, ms. */
export const measuredTogether = 50;
const withinMs = 15_000;

/** @throws AgencyError archive-unreachable when no monitor answers. */
export async function askMeasured(connection: NatsConnection, request: MeasuredRequest): Promise<MeasuredAnswer> {
  const machines = request.terms.reduce((sum, term) => sum + term.machines.length, 0);
  const shares = Math.max(1, Math.ceil(machines / measuredTogether));
  return await askArchive(
    connection,
    { subject: subjects.measured, answer: MeasuredAnswer, withinMs: withinMs * shares },
    request,
  );
}

/** Answers such requests, any one of those that do. The returned function ends it. */
export const answerMeasured = (
  connection: NatsConnection,
  read: (request: MeasuredRequest) => Promise<MeasuredAnswer>,
  onError: (error: unknown) => void,
): (() => void) =>
  answerFromArchive(connection, { subject: subjects.measured, request: MeasuredRequest }, read, (problem): MeasuredAnswer => {
    onError(problem);
    return { since: new Date(0).toISOString(), terms: [], problem: 'the archive could not be read' };
  });
