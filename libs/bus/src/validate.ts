import { AgencyError } from '@cloud-agency/errors';
import type { Static, TSchema } from '@sinclair/typebox';
import type { Msg } from '@nats-io/transport-node';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

const ajv = new Ajv({ allErrors: false, strict: false, discriminator: false });
const compiled = new Map<TSchema, ValidateFunction>();

/**
 * What came off the bus, as the type its contract promises.
 * @throws AgencyError invalid-message naming the first field that breaks the contract.
 */
export function validated<T extends TSchema>(schema: T, value: unknown): Static<T> {
  let check = compiled.get(schema);
  if (!check) {
    check = ajv.compile(schema);
    compiled.set(schema, check);
  }
  if (check(value)) return value;
  throw new AgencyError('invalid-message', { message: firstProblem(check.errors ?? []) });
}

function firstProblem(errors: readonly ErrorObject[]): string {
  const [error] = errors;
  return error ? `${error.instancePath || '/'} ${error.message ?? 'is invalid'}` : 'it is invalid';
}

/** What bytes, or the text that they are, say. @throws AgencyError invalid-message when that is not JSON. */
export function decoded(message: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof message === 'string' ? message : decoder.decode(message)) as unknown;
  } catch (cause) {
    throw new AgencyError('invalid-message', { message: 'it is not JSON' }, { cause });
  }
}

/** What a message holds; undefined, which is never valid, where that is no JSON: the contract's validation then says what is wrong. */
export function messageIn(message: Msg): unknown {
  try {
    return decoded(message.data);
  } catch {
    return undefined;
  }
}

export const encoded = (message: object): Uint8Array => encoder.encode(JSON.stringify(message));

const decoder = new TextDecoder();
const encoder = new TextEncoder();
