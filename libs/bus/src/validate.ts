import { AgencyError } from '@cloud-agency/errors';
import type { Static, TSchema } from '@sinclair/typebox';
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

/** @throws AgencyError invalid-message when the bytes are not JSON. */
export function decoded(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw new AgencyError('invalid-message', { message: 'it is not JSON' }, { cause });
  }
}

export const encoded = (message: object): Uint8Array => new TextEncoder().encode(JSON.stringify(message));
