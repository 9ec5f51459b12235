import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { invalid } from './fault.js';

/** Meta: keys of at most 32 characters, values that are strings. */
export const MetaBody = Type.Record(Type.String({ pattern: '^.{1,32}$' }), Type.String());

/** A thing of the account's own as others name it: its uuid, or an object that has it. */
export const ReferenceBody = Type.Union([Type.String(), Type.Object({ uuid: Type.String() })]);
export const uuidOf = (reference: Static<typeof ReferenceBody>): string =>
  typeof reference === 'string' ? reference : reference.uuid;

/** Fields that are not known are let pass: clients send back whole definitions that they were given. @throws CloudSigmaFault 400 */
export function readBody<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const content: unknown = body ?? {};
  if (Value.Check(schema, content)) return content;
  const problem = Value.Errors(schema, content).First();
  const point = problem?.path.slice(1).replaceAll('/', '.') ?? '';
  const message = problem?.message.startsWith('Expected required') ? 'This field is required.' : (problem?.message ?? 'Invalid.');
  throw invalid(message, point === '' ? null : point);
}

/** One definition, a list of them, or `{objects: […]}`. */
export function definitionsIn(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const { objects } = (body ?? {}) as { readonly objects?: unknown };
  return Array.isArray(objects) ? objects : [body];
}
