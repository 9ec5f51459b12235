import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Call } from './api.js';
import { badRequest } from './errors.js';

/** @throws LinodeError 400 naming the first field that is missing or wrong. */
export function readBody<Schema extends TSchema>(schema: Schema, { body }: Pick<Call, 'body'>): Static<Schema> {
  const given = body ?? {};
  if (Value.Check(schema, given)) return given;
  const problem = Value.Errors(schema, given).First();
  const field = problem?.path.slice(1).replaceAll('/', '.');
  const missing = problem?.value === undefined;
  throw badRequest(missing ? `${field ?? ''} is required` : `${field ?? ''} is not valid: ${problem.message}`, field);
}
