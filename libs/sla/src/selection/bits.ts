/** How many bits are set. */
export function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The positions of the bits that are set. */
export function bitsOf(bits: number): readonly number[] {
  if (bits === 1) return first;
  const positions: number[] = [];
  for (let rest = bits; rest !== 0; rest &= rest - 1) positions.push(31 - Math.clz32(rest & -rest));
  return positions;
}

const first: readonly number[] = [0];
