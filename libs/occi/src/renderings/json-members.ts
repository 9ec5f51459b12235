/** Reads the members of a JSON rendering, each as what it must be; every message says whose member is wrong. */
import { AgencyError, nearest } from '@cloud-agency/errors';
import type { JsonValue } from '../model/json.js';
import { assertAttributeName } from './attribute-name.js';

export type Members = Readonly<Record<string, unknown>>;

export function members(value: unknown, where: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} must be a JSON object`);
  return { ...value };
}

export function onlyMembers(source: Members, known: readonly string[], where: string): void {
  for (const name of Object.keys(source)) {
    if (known.includes(name)) continue;
    const close = nearest(name.slice(0, 60), known);
    throw invalid(
      `${where} has no member '${name.slice(0, 60)}'${close ? `; did you mean '${close}'?` : `; it has ${known.join(', ')}`}`,
    );
  }
}

export function text(source: Members, name: string, where: string): string | undefined {
  const value = source[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`'${name}' of ${where} must be a string`);
}

/** What some clients write among the attributes, and GFD.226 beside them. */
export function textIn(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name} must be a string`);
}

export function array(source: Members, name: string, where: string): readonly unknown[] {
  const value = source[name];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw invalid(`'${name}' of ${where} must be an array`);
}

export function texts(source: Members, name: string, where: string): string[] {
  return array(source, name, where).map((one) => {
    if (typeof one === 'string') return one;
    throw invalid(`'${name}' of ${where} must be an array of strings`);
  });
}

export function attributes(source: Members, where: string): Record<string, JsonValue> {
  if (source.attributes === undefined) return {};
  const found = members(source.attributes, `'attributes' of ${where}`);
  Object.keys(found).forEach(assertAttributeName);
  return found as Record<string, JsonValue>;
}

export function missing(name: string, where: string): never {
  throw invalid(`${where} has no '${name}'`);
}

export const invalid = (message: string): AgencyError =>
  new AgencyError('invalid-request', { message: `Invalid JSON rendering: ${message}.` });
