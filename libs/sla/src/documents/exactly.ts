import { type Dimension, formatQuantity, parseQuantity } from '../vocabulary/quantity.js';

/** As a person reads it, where that says exactly the same. */
export function exactly(value: number, dimension: Dimension): string {
  const nice = formatQuantity(value, dimension);
  return parseQuantity(nice, dimension) === value ? nice : String(value);
}
