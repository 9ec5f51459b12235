import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { invalid } from './rimuhosting.js';

/** Whatever its one member is called, it is what is asked. @throws RimuError 400 naming the first field that is wrong. */
export function readRoot<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const inner = rootOf(body);
  if (Value.Check(schema, inner)) return inner;
  const problem = Value.Errors(schema, inner).First();
  throw invalid(`${problem?.path.slice(1).replaceAll('/', '.') || 'request'}: ${problem?.message ?? 'invalid'}`);
}

function rootOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) throw invalid('A JSON document is expected.');
  const [inner, ...more] = Object.values(body) as unknown[];
  if (inner === undefined || more.length > 0) throw invalid('The document must have one root element.');
  return inner;
}
