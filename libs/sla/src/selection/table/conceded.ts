import { type Block, byId } from './block.js';

/** A share of a list price, in billionths of a USD. */
export const shareOfList = (list: number, level: number): number => Math.round(list * level * 1e9) / 1e9;

/**
 * The block at a share of its list prices, which its offers go on telling; where two prices come to be the same
 * the rows are put in order again, as everything expects them: by price, then by id.
 */
export function conceded(block: Block, level: number, names: readonly string[]): Block {
  if (level === 1) return block;
  const lists = block.lists ?? block.prices;
  const prices = lists.map((list) => shareOfList(list, level));
  return isInOrder(prices, block, names) ? { ...block, prices, lists } : ordered({ ...block, prices, lists }, names);
}

function isInOrder(prices: Float64Array, { names: rows }: Block, names: readonly string[]): boolean {
  for (let row = 1; row < prices.length; row += 1)
    if (prices[row] === prices[row - 1] && byId(names[rows[row - 1] ?? -1], names[rows[row] ?? -1]) > 0) return false;
  return true;
}

function ordered({ prices, names: rows, sizes, lists = prices, ...block }: Block, names: readonly string[]): Block {
  const order = Array.from(prices.keys()).sort(
    (a, b) => (prices[a] ?? 0) - (prices[b] ?? 0) || byId(names[rows[a] ?? -1], names[rows[b] ?? -1]),
  );
  const inOrder = (row: number) => order[row] ?? -1;
  return {
    ...block,
    sizes: sizes.map((_, row) => sizes[inOrder(row)] ?? -1),
    names: rows.map((_, row) => rows[inOrder(row)] ?? -1),
    prices: prices.map((_, row) => prices[inOrder(row)] ?? NaN),
    lists: lists.map((_, row) => lists[inOrder(row)] ?? NaN),
  };
}
