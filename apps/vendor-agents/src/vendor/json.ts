import { VendorError } from './vendor-error.js';

/** A JSON document nobody has vouched for: read by path, never trusted. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** @throws VendorError unknown, with the beginning of what came instead. */
export function parseJson(document: string): Json {
  try {
    return JSON.parse(document) as Json;
  } catch {
    throw new VendorError('unknown', `the answer is not JSON: ${document.slice(0, 200).trim() || '(nothing)'}`, {
      code: 'malformed',
    });
  }
}

export function field(node: Json | undefined, ...path: readonly string[]): Json | undefined {
  let current = node;
  for (const name of path) {
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return undefined;
    current = (current as { readonly [name: string]: Json | undefined })[name];
  }
  return current;
}

/** Text at a path; a number counts, since some clouds write ids as numbers. */
export function text(node: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = field(node, ...path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function number(node: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = field(node, ...path);
  const value = typeof found === 'string' && found !== '' ? Number(found) : found;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The list at a path; empty when it is missing. */
export function list(node: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = field(node, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/**
 * The list at a path, which must be there: an answer without it is not the one asked for, and must not pass for an empty one.
 * @throws VendorError unknown
 */
export function requiredList(node: Json, name: string): readonly Json[] {
  const found = field(node, name);
  if (Array.isArray(found)) return found as readonly Json[];
  throw new VendorError('unknown', `the answer has no list '${name}'`, { code: 'malformed' });
}

export function entries(node: Json | undefined, ...path: readonly string[]): readonly (readonly [string, Json])[] {
  const found = field(node, ...path);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return [];
  return Object.entries(found as Record<string, Json>);
}
