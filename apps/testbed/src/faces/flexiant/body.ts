import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Call } from './call.js';
import { badRequest } from './fco-error.js';

/** @throws FcoError 400 naming the first field that is wrong. */
export function readBody<Schema extends TSchema>(schema: Schema, { body }: Pick<Call, 'body'>): Static<Schema> {
  if (Value.Check(schema, body)) return body;
  const problem = Value.Errors(schema, body).First();
  const field = problem?.path.slice(1).replaceAll('/', '.') || 'The JSON payload';
  throw badRequest(`${field}: ${problem?.message ?? 'missing'}`);
}
