import { marketLabel, type Stand } from './stand.js';

/** The rows of one stand, by price, then as their offers' ids order. Immutable: versions of a table share the blocks that did not change. */
export interface Block {
  readonly stand: Stand;
  /** Equal for blocks whose offers can be put for each other; those stand together in a table. */
  readonly group: number;
  /** By zone: what its offers' ids begin with, and what they share capacity with. */
  readonly prefixes: readonly string[];
  readonly pools: readonly string[];
  /** How ids tell market and commitment. */
  readonly label: string;
  /** For each row the code of its size (Sizes), its instance type (`names` of the table) and its price, USD an hour. */
  readonly sizes: Int32Array;
  readonly names: Int32Array;
  readonly prices: Float64Array;
  /** What the vendor lists the rows at, where `prices` are conceded ones. */
  readonly lists?: Float64Array;
}

export interface BlockRow {
  readonly size: number;
  readonly name: number;
  readonly price: number;
}

/** A block of these rows in their order. */
export function blockOf(stand: Stand, group: number, rows: readonly BlockRow[], names: readonly string[]): Block {
  const ordered = [...rows].sort((a, b) => a.price - b.price || byId(names[a.name], names[b.name]));
  const { agent, vendor, region, zones } = stand;
  return {
    stand,
    group,
    prefixes: zones.map((zone) => `${agent}/${region}/${zone}/`),
    pools: zones.map((zone) => `${agent}/${vendor}/${region}/${zone}`),
    label: marketLabel(stand),
    sizes: Int32Array.from(ordered, ({ size }) => size),
    names: Int32Array.from(ordered, ({ name }) => name),
    prices: Float64Array.from(ordered, ({ price }) => price),
  };
}

/** Ids continue after the instance type with a slash, so `m1` comes after `m1.large`. */
export function byId(a = '', b = ''): number {
  return a === b ? 0 : `${a}/` < `${b}/` ? -1 : 1;
}

export function rowsOf({ sizes, names, prices }: Block): readonly BlockRow[] {
  return Array.from(sizes, (size, row) => ({ size, name: names[row] ?? -1, price: prices[row] ?? NaN }));
}
