import type { Demand, Need } from '../documents/call.js';
import { feasible } from '../selection/feasible.js';
import type { ProvidesImage } from '../selection/filter.js';
import type { OfferTable } from '../selection/table/offer-table.js';

/** The least price in a table of what meets an item but for its price, USD an hour; undefined where nothing does. */
export function cheapestFor(
  table: OfferTable,
  need: Need,
  demand: Demand,
  providesImage: ProvidesImage = () => true,
): number | undefined {
  const open = { ...need, require: need.require.filter(({ type }) => type !== 'price') };
  const { blocks } = feasible(table.observed(demand.observed), open, demand, providesImage, nothing);
  const prices = blocks.map(({ block, first }) => (first === undefined ? Infinity : (block.prices[first] ?? Infinity)));
  const least = Math.min(...prices);
  return least < Infinity ? least : undefined;
}

const nothing: ReadonlySet<string> = new Set();
