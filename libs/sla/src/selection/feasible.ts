import type { Demand, Need } from '../documents/call.js';
import type { Exclusion } from './answer.js';
import { bitsOf } from './bits.js';
import { FeasibleBlock } from './feasible-block.js';
import { checksFor, type ProvidesImage } from './filter.js';
import { Screening } from './screening.js';
import type { OfferTable } from './table/offer-table.js';

/** The offers of a table that meet every hard constraint of an item, block by block; blocks without any are left out. */
export interface Feasible {
  readonly blocks: readonly FeasibleBlock[];
  /** Offers, counting each zone. */
  readonly count: number;
  readonly excluded: readonly Exclusion[];
}

/** Filters a table for one item, counting what each constraint excludes and finding its nearest miss (CFP.md 3, Explained). */
export function feasible(
  table: OfferTable,
  need: Need,
  demand: Demand,
  provides: ProvidesImage,
  excludedOffers: ReadonlySet<string>,
): Feasible {
  const screening = new Screening(table, checksFor(need, demand, table.lexicon.sizes, provides));
  const found = screening.pass();
  const { blocks, excluded, count } = setAside(table, found.blocks, excludedOffers);
  return { blocks, count: found.offers - count, excluded: [...screening.exclusions(), ...excluded] };
}

/** Takes offers out by id, and says how many. */
function setAside(table: OfferTable, blocks: readonly FeasibleBlock[], excluded: ReadonlySet<string>): Feasible {
  if (excluded.size === 0) return { blocks, excluded: [], count: 0 };
  const places = byPlace(blocks);
  const closed = new Map<FeasibleBlock, Map<number, number>>();
  let count = 0;
  for (const id of excluded) {
    for (const { found, zone } of prefixes(id).flatMap((prefix) => places.get(prefix) ?? [])) {
      const row = found.rows.find((candidate) => table.idIn(found.block, candidate, zone) === id);
      if (row === undefined) continue;
      const rows = closed.get(found) ?? new Map<number, number>();
      closed.set(found, rows.set(row, (rows.get(row) ?? 0) | (1 << zone)));
      count += 1;
    }
  }
  const reason = { constraint: 'not set aside after a failure', excluded: count, excludedByThisAlone: count };
  return { blocks: blocks.flatMap((found) => without(found, closed.get(found))), excluded: count === 0 ? [] : [reason], count };
}

type Zone = { readonly found: FeasibleBlock; readonly zone: number };

/** Open zones by what the ids of their offers begin with. */
function byPlace(blocks: readonly FeasibleBlock[]): ReadonlyMap<string, readonly Zone[]> {
  const places = new Map<string, Zone[]>();
  for (const found of blocks) {
    const { agent, region, zones } = found.block.stand;
    for (const zone of bitsOf(found.open)) {
      const prefix = `${agent}/${region}/${zones[zone] ?? ''}/`;
      const own = places.get(prefix);
      if (own) own.push({ found, zone });
      else places.set(prefix, [{ found, zone }]);
    }
  }
  return places;
}

/** All that ends with a slash: names may hold some of their own. */
function prefixes(id: string): readonly string[] {
  const found: string[] = [];
  for (let end = id.indexOf('/'); end >= 0; end = id.indexOf('/', end + 1)) found.push(id.slice(0, end + 1));
  return found;
}

function without(found: FeasibleBlock, closed: ReadonlyMap<number, number> | undefined): readonly FeasibleBlock[] {
  if (!closed) return [found];
  const rows = found.rows.filter((row) => (found.open & ~(closed.get(row) ?? 0)) !== 0);
  const partly = new Map([...closed].filter(([row]) => rows.includes(row)));
  return rows.length > 0 ? [FeasibleBlock.of(found.block, found.open, rows, partly)] : [];
}
