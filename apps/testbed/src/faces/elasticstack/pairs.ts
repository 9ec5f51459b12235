import type { FastifyRequest } from 'fastify';
import { bodyText } from '../request.js';
import { usage } from './fault.js';

/** What a client sends: keys and values. */
export type Pairs = Readonly<Record<string, string>>;
/** What it is told. */
export type Shown = Readonly<Record<string, string | number>>;

/** Lines `KEY VALUE`, or an object, by Content-Type (HTTP API, Data formats). @throws ElasticFault usage for anything else */
export function readPairs(request: FastifyRequest): Pairs {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim();
  if (type === 'application/json') return fromObject(request.body ?? {});
  const text = bodyText(request);
  if (text.trim() !== '' && type !== 'text/plain') throw usage('Content-Type must be text/plain or application/json');
  return fromLines(text);
}

function fromObject(body: unknown): Pairs {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw usage('the input must be a JSON object');
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, fromJson(key, value)]));
}

function fromJson(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((entry) => fromJson(key, entry)).join(' ');
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw usage(`${key}: invalid value`);
}

const fromLines = (text: string): Pairs =>
  Object.fromEntries(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => [line.split(/\s/, 1)[0] ?? '', line.replace(/^\S+\s*/, '')]),
  );

/** `10737418240`, or with a suffix `10G` (HTTP API, Create a drive), in bytes. @throws ElasticFault usage */
export function readSize(size: string | undefined): number {
  const [, digits, suffix = ''] = /^(\d+)([kMGT]?)$/.exec(size ?? '') ?? [];
  if (digits === undefined) throw usage('size: must be a number of bytes, optionally with a suffix k, M, G or T');
  return Number(digits) * 1024 ** ['', 'k', 'M', 'G', 'T'].indexOf(suffix);
}

/** @throws ElasticFault usage unless it is a whole number within the limits. */
export function readWhole(pairs: Pairs, key: string, [least, most]: readonly [number, number]): number {
  const value = Number(pairs[key] ?? Number.NaN);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`${key}: must be a whole number from ${least} to ${most}`);
}

/** @throws ElasticFault usage naming the first key that the command does not know. */
export function expectKeys(pairs: Pairs, known: readonly RegExp[]): void {
  const unknown = Object.keys(pairs).find((key) => !known.some((pattern) => pattern.test(key)));
  if (unknown !== undefined) throw usage(`${unknown}: unknown key`);
}

/** The pairs with changes made: a key without a value goes. */
export const changed = (pairs: Pairs, changes: Pairs): Pairs =>
  Object.fromEntries(Object.entries({ ...pairs, ...changes }).filter(([, value]) => value !== ''));

/** As lines: those of a thing together, things set apart by an empty line. */
export const asLines = (things: readonly Shown[]): string =>
  things
    .map((thing) =>
      Object.entries(thing)
        .map(([key, value]) => `${key} ${value}\n`)
        .join(''),
    )
    .join('\n');
