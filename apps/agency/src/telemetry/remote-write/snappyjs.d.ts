declare module 'snappyjs' {
  /** Snappy's block format, not its framing. */
  export function compress(data: Uint8Array): Uint8Array;
}
