import { parsedJson } from './json-text.js';
import type { AttributeDefinition } from './model/attribute.js';
import type { JsonValue } from './model/json.js';

type Attributes = Readonly<Record<string, JsonValue>>;

/** The text renderings know neither lists nor objects, and some clients quote numbers: the definition says what is meant. */
export const typed = (attributes: Attributes, definitions: ReadonlyMap<string, AttributeDefinition>): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, meant(value, definitions.get(name))]));

function meant(value: JsonValue, definition: AttributeDefinition | undefined): JsonValue {
  if (typeof value !== 'string' || !definition) return value;
  if (definition.type === 'number' && /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value)) return Number(value);
  if (definition.type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  if (definition.type === 'array')
    return value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return definition.type === 'object' ? objectIn(value) : value;
}

/** What is no object stays the string that it is, and is refused as one. */
function objectIn(written: string): JsonValue {
  try {
    const value = parsedJson(written) as JsonValue;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : written;
  } catch {
    return written;
  }
}
