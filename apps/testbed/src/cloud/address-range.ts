/** A block of IPv4 addresses that begins at a multiple of its length. */
export interface AddressRange {
  /** Its first address, as a number. */
  readonly first: number;
  /** How many addresses it has. */
  readonly length: number;
}

/** Reads e.g. `10.1.0.0/16`; the bits below the prefix are cleared. Null when it is no such thing. */
export function rangeOf(text: string): AddressRange | null {
  const [, address = '', prefix = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const number = numberOf(address);
  const length = 2 ** (32 - Number(prefix));
  if (number === null || length < 1) return null;
  return { first: number - (number % length), length };
}

export const textOf = ({ first, length }: AddressRange): string => `${addressOf(first)}/${prefixOf({ first, length })}`;

export const prefixOf = ({ length }: AddressRange): number => 32 - Math.log2(length);

export const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  inner.first >= outer.first && inner.first + inner.length <= outer.first + outer.length;

export const overlap = (a: AddressRange, b: AddressRange): boolean =>
  a.first < b.first + b.length && b.first < a.first + a.length;

/** An address as a number, or null when it is none. */
export function numberOf(address: string): number | null {
  const bytes = address.split('.').map((byte) => (/^\d{1,3}$/.test(byte) ? Number(byte) : 256));
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255)) return null;
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

export const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
