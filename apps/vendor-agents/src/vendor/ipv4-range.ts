import { createHash } from 'node:crypto';
import { VendorError } from './vendor-error.js';

/** A range of IPv4 addresses: 2^(32 - prefix) of them from `first` on. */
export interface Ipv4Range {
  readonly first: number;
  readonly prefix: number;
}

/**
 * Bits beyond the prefix do not count: `10.1.2.3/16` is `10.1.0.0/16`.
 * @throws VendorError invalid-request when it is not CIDR.
 */
export function parseRange(cidr: string): Ipv4Range {
  const [address = '', length = ''] = cidr.split('/');
  const [number, prefix] = [addressNumber(address), /^\d{1,2}$/.test(length) ? Number(length) : 33];
  if (number === undefined || prefix > 32) {
    throw new VendorError('invalid-request', `'${cidr}' is not a range of IPv4 addresses; write it like 10.1.0.0/16`);
  }
  return { first: number - (number % sizeOf(prefix)), prefix };
}

export const formatRange = ({ first, prefix }: Ipv4Range): string => `${formatAddress(first)}/${prefix}`;

/** The first address for a machine or a router: the one after the range's own. */
export const firstHost = ({ first }: Ipv4Range): string => formatAddress(first + 1);

export function contains(range: Ipv4Range, address: string): boolean {
  const number = addressNumber(address);
  return number !== undefined && number >= range.first && number < range.first + sizeOf(range.prefix);
}

export const overlap = (a: Ipv4Range, b: Ipv4Range): boolean =>
  a.first < b.first + sizeOf(b.prefix) && b.first < a.first + sizeOf(a.prefix);

/** The parts of one prefix length that a range consists of. */
export function slices(range: Ipv4Range, prefix: number): readonly Ipv4Range[] {
  const count = sizeOf(range.prefix) / sizeOf(prefix);
  return Array.from({ length: count }, (_, index) => ({ first: range.first + index * sizeOf(prefix), prefix }));
}

/** Where a network gets none of its own: `10.x.0.0/16`, the same for the same token whoever asks. */
export const defaultRange = (token: string): string => `10.${hash(token) % 256}.0.0/16`;

/** A number that a text always has, 32 bits. */
export const hash = (words: string): number => createHash('sha256').update(words).digest().readUInt32BE();

const sizeOf = (prefix: number): number => 2 ** (32 - prefix);

function addressNumber(address: string): number | undefined {
  const parts = address.split('.');
  const sound = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return sound ? parts.reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;
}

export const formatAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
