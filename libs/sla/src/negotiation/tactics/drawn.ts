/** A number of 0..1 that looks like chance and is the same for the same seed and names, on any machine: FNV-1a, stirred as in MurmurHash3. */
export function drawn(seed: number, ...names: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const character of [seed, ...names].join('\n')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
