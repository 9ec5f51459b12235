import { AgencyError } from '@cloud-agency/errors';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type FaultKind, faultKinds } from '../cloud/faults.js';

const strict = { additionalProperties: false };

export const FaultOrderBody = Type.Object(
  {
    fault: Type.Union(faultKinds.map((kind) => Type.Literal(kind))),
    cloud: Type.String(),
    region: Type.Optional(Type.String()),
    zone: Type.Optional(Type.String()),
    delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    retry_after: Type.Optional(Type.Integer({ minimum: 0 })),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    times: Type.Optional(Type.Integer({ minimum: 1 })),
    probability: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  },
  strict,
);

export const DeathBody = Type.Object({ silent: Type.Optional(Type.Boolean()) }, strict);

export const InterruptionBody = Type.Object({ notice_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })) }, strict);

export const OddStateBody = Type.Object({ state: Type.Union([Type.Null(), Type.String({ minLength: 1 })]) }, strict);

export const LoadBody = Type.Object({ cpu: Type.Union([Type.Null(), Type.Number({ minimum: 0, maximum: 100 })]) }, strict);

export const PriceChangeBody = Type.Object(
  {
    cloud: Type.String(),
    region: Type.Optional(Type.String()),
    instance_type: Type.String(),
    market: Type.Optional(Type.Union([Type.Literal('on-demand'), Type.Literal('spot')])),
    price: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'USD an hour' })),
    factor: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  strict,
);

/** @throws AgencyError invalid-request naming the first field that is wrong. */
export function readBody<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const given = body ?? {};
  if (Value.Check(schema, given)) return given;
  const problem = Value.Errors(schema, given).First();
  throw new AgencyError('invalid-request', { message: `${problem?.path.slice(1) || 'body'}: ${problem?.message ?? 'invalid'}.` });
}

const zoned: readonly FaultKind[] = ['no-capacity', 'boot-error', 'region-down'];

type FaultOrderFields = Static<typeof FaultOrderBody>;

/** What a schema cannot say of a fault, and what to say when it is so. */
const faultRules: readonly { readonly broken: (order: FaultOrderFields) => boolean; readonly message: string }[] = [
  { broken: ({ zone, region }) => zone !== undefined && region === undefined, message: 'zone: name its region too.' },
  { broken: ({ zone, fault }) => zone !== undefined && !zoned.includes(fault), message: `zone: only for ${zoned.join(', ')}.` },
  {
    broken: ({ delay_ms, fault }) => delay_ms !== undefined && fault !== 'slow' && fault !== 'slow-boot',
    message: 'delay_ms: only for slow and slow-boot.',
  },
  {
    broken: ({ retry_after, fault }) => retry_after !== undefined && fault !== 'rate-limit',
    message: 'retry_after: only for rate-limit.',
  },
  {
    broken: ({ times, fault }) => times !== undefined && fault === 'region-down',
    message: 'times: a region stays down until its fault is taken back.',
  },
];

/** @throws AgencyError invalid-request */
export function checkFault(order: FaultOrderFields): void {
  const rule = faultRules.find(({ broken }) => broken(order));
  if (rule) throw new AgencyError('invalid-request', { message: rule.message });
}
