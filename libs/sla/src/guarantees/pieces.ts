import type { Piece } from './evaluator.js';

/** The key of what changes with every sample. */
export const headKey = 0;

export const headPiece = (head: unknown): Piece => ({ key: headKey, bytes: new TextEncoder().encode(JSON.stringify(head)) });

/** Numbers as they are in memory: who dumps restores on a machine of the same kind. */
export const numbersPiece = (key: number, numbers: Float64Array | Float32Array): Piece => ({
  key,
  bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).slice(),
});

/** Undefined without pieces: it begins anew. What `headPiece` made, and of the same evaluator. */
export function headOf<Head>(pieces: readonly Piece[]): Head | undefined {
  const head = pieces.find(({ key }) => key === headKey);
  return head && (JSON.parse(new TextDecoder().decode(head.bytes)) as Head);
}

export const doublesOf = ({ bytes }: Piece): Float64Array => new Float64Array(bytes.slice().buffer);
export const floatsOf = ({ bytes }: Piece): Float32Array => new Float32Array(bytes.slice().buffer);
