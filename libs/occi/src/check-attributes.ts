import { AgencyError, nearest } from '@cloud-agency/errors';
import { type AttributeDefinition, path, type ValueType } from './model/attribute.js';
import type { JsonValue } from './model/json.js';

const longestName = 100;
const mostProblems = 20;

/**
 * Checks what a client gives for a category's attributes; `of` names the category in messages.
 * @throws AgencyError invalid-request with every problem: unknown, of the wrong type, against its pattern, or required, without a default and missing.
 */
export function checkAttributes(
  given: Readonly<Record<string, JsonValue>>,
  definitions: ReadonlyMap<string, AttributeDefinition>,
  of: string,
): void {
  const problems = [
    ...Object.entries(given)
      .flatMap(([name, value]) => problem(name, value, definitions))
      .slice(0, mostProblems),
    ...[...definitions]
      .filter(([name, { required, default: preset }]) => required && preset === undefined && !Object.hasOwn(given, name))
      .map(([name]) => ({ path: name, message: `${name} is required.` })),
  ];
  if (problems.length === 0) return;
  throw new AgencyError('invalid-request', {
    message: `Invalid attributes of ${of}: ${problems.map(({ message }) => message).join(' ')}`,
    problems,
  });
}

function problem(
  name: string,
  value: JsonValue,
  definitions: ReadonlyMap<string, AttributeDefinition>,
): { path: string; message: string }[] {
  const definition = definitions.get(name);
  if (definition && fits(value, definition)) return [];
  return [
    { path: name, message: definition ? `${name} must be ${described(definition)}.` : unknown(name, [...definitions.keys()]) },
  ];
}

function fits(value: JsonValue, { type, pattern }: ValueType): boolean {
  if (typeOf(value) !== type || value === Infinity || value === -Infinity) return false;
  return pattern === undefined || new RegExp(pattern, 'u').test(typeof value === 'string' ? value : JSON.stringify(value));
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A pattern of classes longer than this tells a person nothing; the description of the attribute does. */
const longestPattern = 40;

function described({ type, pattern, description }: AttributeDefinition): string {
  if (type === 'object') return 'a JSON object, or a string that is one';
  if (pattern === path.pattern) return 'the path of an entity that is here, such as /compute/ID';
  if (pattern !== undefined && description !== undefined && pattern.includes('[') && pattern.length > longestPattern)
    return `of type ${type}: ${description}`;
  return pattern === undefined ? `of type ${type}` : `of type ${type} and match ${pattern}`;
}

function unknown(name: string, known: readonly string[]): string {
  const close = nearest(name.slice(0, longestName), known);
  if (close) return `${name} is unknown; did you mean ${close}?`;
  return known.length > 0 ? `${name} is unknown; known are ${known.join(', ')}.` : `${name} is unknown; there are none.`;
}
