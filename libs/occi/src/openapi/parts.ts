/** What the operations of the OpenAPI document share. */
import type { JsonValue } from '../model/json.js';

type JsonObject = Readonly<Record<string, JsonValue>>;

const text = { schema: { type: 'string', description: 'Category, Link, X-OCCI-Attribute and X-OCCI-Location lines (GFD.229)' } };

export const textRenderings: JsonObject = { 'text/plain': text, 'text/occi+plain': text, 'text/occi': text };

/** Every rendering of one schema. */
export function renderings(schema: string): JsonObject {
  const json = { schema: { $ref: `#/components/schemas/${schema}` } };
  return { ...textRenderings, 'application/occi+json': json, 'application/json': json };
}

const header = (name: string, description: string): JsonObject => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});

export const headerParameters: JsonObject = {
  category: header('Category', 'Only what has all of these categories.'),
  attribute: header('X-OCCI-Attribute', 'Only what has all of these values.'),
  ifMatch: header('If-Match', 'ETag of what was read: 412 when it has changed since.'),
  prefer: header(
    'Prefer',
    'respond-async: 202 and the Location at once; wait=N: the answer is held until the work is done, N seconds at most (RFC 7240).',
  ),
  ifNoneMatch: header('If-None-Match', 'ETag of what is known: 304 when it has not changed.'),
};

const whole = { type: 'integer', minimum: 1 };

export const pageParameters: JsonObject = {
  page: { name: 'page', in: 'query', description: 'The first is 1; past the end is an empty listing.', schema: whole },
  number: { name: 'number', in: 'query', description: 'How many a page holds.', schema: { ...whole, maximum: 1000 } },
};

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do' },
    code: { type: 'string', description: 'Stable name of the error' },
    problems: { type: 'array', items: { type: 'object' } },
  },
};

/** RFC 9457 for JSON clients, a line for the others. */
export const errorResponse: JsonObject = {
  description: 'Refused, with the reason',
  content: { 'application/problem+json': { schema: problem }, 'text/plain': { schema: { type: 'string' } } },
};
