import { createHash } from 'node:crypto';

/** The first `length` hexadecimal digits of a digest: identifiers that are the same on every run. */
export const digest = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** A number in [0, 1) that depends on nothing but the text. */
export const fractionOf = (text: string): number => Number.parseInt(digest(text, 12), 16) / 16 ** 12;

/** A UUID that depends on nothing but the text. */
export function uuidOf(text: string): string {
  const hex = digest(text, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
