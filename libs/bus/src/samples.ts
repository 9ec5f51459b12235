/**
 * Samples of metrics, in batches: a core NATS request to `agency.samples`, answered by the monitor once what it took is on disk. A sample that
 * was sent twice counts once, so whoever has no answer sends the batch again.
 */
import { AgencyError, reasonOf } from '@cloud-agency/errors';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Static, Type } from '@sinclair/typebox';
import { Id } from './fields.js';
import { subjects } from './subjects.js';
import { decoded, encoded, validated } from './validate.js';

/** Who measured, and so whom a guarantee trusts: the client's own probes from outside, the vendor, the resource itself, or the Agency's books. */
export const sampleSources = ['probe', 'vendor', 'resource', 'business'] as const;
export type SampleSource = (typeof sampleSources)[number];

/**
 * One value of one metric of one resource. A series is a resource's metric by one source and meter; it has one value at one time, the first
 * that came.
 */
export interface MetricSample {
  readonly resource: string;
  /** The machine that carried the resource when this was measured. */
  readonly placement: string;
  /** A name of the vocabulary (libs/sla, vocabulary/metrics.ts), or an application's own. */
  readonly metric: string;
  /** When it was measured, by the clock of who measured; ms since 1970. */
  readonly at: number;
  /** In the unit of the metric. JSON has no NaN: null stands for it, and is refused like it. */
  readonly value: number | null;
  /** Which of several meters of the same metric, e.g. the index of a probe; absent: the only one. */
  readonly meter?: string;
  /** What was met, for a person: `HTTP 503`. */
  readonly detail?: string;
}

export interface SampleBatch {
  readonly source: SampleSource;
  /** In any order; no more than `mostSamplesAtOnce`. */
  readonly samples: readonly MetricSample[];
}

export const mostSamplesAtOnce = 1_000;

/** Why a sample was not taken (docs/monitoring.md, Samples). */
export const sampleRefusals = [
  /** It does not follow this contract. */
  'malformed',
  /** Nothing with that id is watched, or not on that machine any more. */
  'unknown-resource',
  /** No metric can be called that, or the resource has more metrics than it may. */
  'unknown-metric',
  'not-a-number',
  /** Of a metric that cannot be. */
  'negative',
  /** By its own clock later than now, by more than clocks may differ. */
  'future',
  /** So old that it cannot be told any more whether it came before. */
  'too-late',
  /** The series has a value at that time already. */
  'doubled',
  /** The resource sends more than it may. */
  'flood',
] as const;
export type SampleRefusal = (typeof sampleRefusals)[number];

export const SamplesAnswer = Type.Object({
  /** How many were taken; they are on disk. */
  taken: Type.Integer({ minimum: 0 }),
  /** Those that were not, by reason. */
  refused: Type.Array(
    Type.Object({
      reason: Type.Union(sampleRefusals.map((reason) => Type.Literal(reason))),
      count: Type.Integer({ minimum: 1 }),
      /** The first of them: its place in the batch, from 0. */
      first: Type.Integer({ minimum: 0 }),
    }),
  ),
  /** Present when none was looked at, because too many wait or the store does not answer: send the batch again after so long, ms. */
  retryAfter: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Present when the batch as a whole does not follow its contract, so that sending it again is no use: what is wrong. */
  problem: Type.Optional(Type.String()),
});
export type SamplesAnswer = Static<typeof SamplesAnswer>;

/** Longer than a commit takes on a bad day, ms. */
const answeredWithinMs = 5_000;

/**
 * Sends a batch to the monitor and resolves with what became of it.
 * @throws AgencyError monitor-unreachable when none answers; then it is to be sent again.
 */
export async function sendSamples(connection: NatsConnection, batch: SampleBatch): Promise<SamplesAnswer> {
  try {
    const answer = await connection.request(subjects.samples, encoded(batch), { timeout: answeredWithinMs });
    return validated(SamplesAnswer, decoded(answer.data));
  } catch (cause) {
    if (cause instanceof AgencyError) throw cause;
    const reason = reasonOf(cause);
    throw new AgencyError('monitor-unreachable', { reason }, { cause });
  }
}

/**
 * The batch that came off the bus. Its samples are looked at one by one with `isSample`: a whole schema for each would cost more than all else.
 * @throws AgencyError invalid-message when the batch as a whole is none.
 */
export function batchIn(message: Uint8Array): { readonly source: SampleSource; readonly samples: readonly unknown[] } {
  const batch = validated(Batch, decoded(message));
  return { source: batch.source, samples: batch.samples };
}

const Batch = Type.Object({
  source: Type.Union(sampleSources.map((source) => Type.Literal(source))),
  samples: Type.Array(Type.Unknown(), { maxItems: mostSamplesAtOnce }),
});

const mostDetail = 200;

export function isSample(value: unknown): value is MetricSample {
  if (typeof value !== 'object' || value === null) return false;
  const { resource, placement, metric, at, value: measured, meter, detail } = value as Record<keyof MetricSample, unknown>;
  if (!isId(resource) || !isId(placement) || !isId(metric) || !Number.isFinite(at)) return false;
  return isValue(measured) && (meter === undefined || isId(meter)) && isDetail(detail);
}

const isValue = (value: unknown): boolean => value === null || typeof value === 'number';
const isDetail = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.length <= mostDetail);
const { maxLength = 0 } = Id;
const isId = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= maxLength;
