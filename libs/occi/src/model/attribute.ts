import type { JsonValue } from './json.js';

/** What an attribute's value may be. `pattern` (ECMA-262, anchored) holds for the value as it is written in the text rendering, unquoted. */
export interface ValueType {
  readonly type: 'string' | 'number' | 'boolean' | 'array' | 'object';
  readonly pattern?: string;
}

/**
 * An attribute of a category (GFD.221, Attribute). `mutable`: the client may set it; where it may not, `initial` says that it may once, when
 * the category comes to the entity. `required`: the client must give it, unless there is a default.
 */
export interface AttributeDefinition extends ValueType {
  readonly mutable: boolean;
  readonly initial?: boolean;
  readonly required: boolean;
  readonly default?: JsonValue;
  readonly description?: string;
}

export type AttributeDefinitions = Readonly<Record<string, AttributeDefinition>>;

const byte = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = `(${byte}[.]){3}${byte}`;
const ipv6 = '[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}';

export const text: ValueType = { type: 'string' };
/** A path of this host. */
export const path: ValueType = { type: 'string', pattern: '^/' };
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
/** An IPv4 or IPv6 address. */
export const ipAddress: ValueType = { type: 'string', pattern: `^(${ipv4}|${ipv6})$` };
/** An address range: an address, a slash, the length of the prefix. */
export const ipRange: ValueType = {
  type: 'string',
  pattern: `^(${ipv4}/(3[0-2]|[12]?[0-9])|${ipv6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`,
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
/** The client may give it once, when the entity is created or gets the mixin; afterwards it is fixed. */
export const initial = (type: ValueType, description: string): AttributeDefinition => ({
  ...immutable(type, description),
  initial: true,
});
/** The client must give it. */
export const required = (type: ValueType, description: string): AttributeDefinition => ({
  ...type,
  mutable: true,
  required: true,
  description,
});
/** `definition`, which the client must give. */
export const mandatory = (definition: AttributeDefinition): AttributeDefinition => ({ ...definition, required: true });
/** `definition` with a value for entities that do not give one: what makes a mixin a template. */
export const preset = (definition: AttributeDefinition, value: JsonValue): AttributeDefinition => ({
  ...definition,
  default: value,
});
