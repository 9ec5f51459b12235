import type { AttributeDefinition } from './model/attribute.js';
import type { JsonValue } from './model/json.js';

type Attributes = Readonly<Record<string, JsonValue>>;

/** The text renderings know no lists, and some clients quote numbers: the definition says what is meant. */
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
  return value;
}
