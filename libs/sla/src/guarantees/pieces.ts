import type { Piece } from './evaluator.js';

/** The key of what changes with every sample. */
export const headKey = 0;

export const headPiece = (head: unknown): Piece => ({ key: headKey, bytes: new TextEncoder().encode(JSON.stringify(head)) });

/** Numbers as they are in memory: who dumps restores on a machine of the same kind. */
export const numbersPiece = (key: number, numbers: Float64Array | Float32Array): Piece => ({
  key,
  bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).slice(),
});

/** What `headPiece` was made of; undefined without pieces. */
export function headOf(pieces: readonly Piece[]): unknown {
  const head = pieces.find(({ key }) => key === headKey);
  return head && JSON.parse(new TextDecoder().decode(head.bytes));
}

/** JSON knows no −Infinity: it comes back as null. */
export const instantOf = (stored: number | null): number => stored ?? -Infinity;

/** Of a copy: the bytes may be a part of something longer (Node's Buffer), and begin anywhere in it. */
export const doublesOf = ({ bytes }: Piece): Float64Array => new Float64Array(new Uint8Array(bytes).buffer);
export const floatsOf = ({ bytes }: Piece): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
