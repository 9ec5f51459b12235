/**
 * What is measured is a binary fraction of 64 bits: below a bound is at most the last of them before it, above it at least the first after it. So `lt` and
 * `gt` are carried out exactly.
 */
export const lastBelow = (value: number): number => neighbour(value, -1);
export const firstAbove = (value: number): number => neighbour(value, 1);

function neighbour(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + (value > 0 === direction > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** An upper bound as it was meant: `lt: 200`, not `lte: 199.99999999999997`. */
export const upperBound = (value: number): { readonly op: 'lt' | 'lte'; readonly value: number } =>
  isPlainer(firstAbove(value), value) ? { op: 'lt', value: firstAbove(value) } : { op: 'lte', value };

export const lowerBound = (value: number): { readonly op: 'gt' | 'gte'; readonly value: number } =>
  isPlainer(lastBelow(value), value) ? { op: 'gt', value: lastBelow(value) } : { op: 'gte', value };

const isPlainer = (one: number, other: number): boolean => String(one).length + 5 < String(other).length;
