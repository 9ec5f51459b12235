import type { JsonValue } from './json.js';

/** What an attribute's value may be. `pattern` (ECMA-262, anchored) holds for the value as it is written in the text rendering, unquoted. */
export interface ValueType {
  readonly type: 'string' | 'number' | 'boolean' | 'array' | 'object';
  readonly pattern?: string;
}

/** An attribute of a category (GFD.221, Attribute). `required`: the client must give it; `mutable`: the client may set it. */
export interface AttributeDefinition extends ValueType {
  readonly mutable: boolean;
  readonly required: boolean;
  readonly default?: JsonValue;
  readonly description?: string;
}

export type AttributeDefinitions = Readonly<Record<string, AttributeDefinition>>;

export const text: ValueType = { type: 'string' };
export const float: ValueType = { type: 'number' };
export const integer: ValueType = { type: 'number', pattern: '^-?[0-9]+$' };
export const list: ValueType = { type: 'array' };
export const object: ValueType = { type: 'object' };
export const flag: ValueType = { type: 'boolean' };
/** An ISO 8601 instant. */
export const instant: ValueType = {
  type: 'string',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$',
};
export const oneOf = (...values: readonly string[]): ValueType => ({ type: 'string', pattern: `^(${values.join('|')})$` });

/** The client may set it. */
export const mutable = (type: ValueType, description: string): AttributeDefinition => ({
  ...type,
  mutable: true,
  required: false,
  description,
});
/** Only the Agency sets it. */
export const immutable = (type: ValueType, description: string): AttributeDefinition => ({
  ...type,
  mutable: false,
  required: false,
  description,
});
/** The client must give it. */
export const required = (type: ValueType, description: string): AttributeDefinition => ({
  ...type,
  mutable: true,
  required: true,
  description,
});
/** `definition` with a value for entities that do not give one: what makes a mixin a template. */
export const preset = (definition: AttributeDefinition, value: JsonValue): AttributeDefinition => ({
  ...definition,
  default: value,
});
