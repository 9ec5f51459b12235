import type { Demand, Need, QuotaUnit } from '../documents/call.js';
import type { Criterion } from './criteria.js';
import type { Feasible } from './feasible.js';
import type { FeasibleBlock } from './feasible-block.js';
import { hasTarget, sendsTraffic } from './filter.js';
import type { Discount, Quota } from './offer.js';
import { type Column, columnOf, priceColumn, valueIn } from './readings.js';
import { byId } from './table/block.js';
import type { Sizes } from './table/sizes.js';
import type { OfferTable } from './table/offer-table.js';

/** A row that can be part of an optimum, in these zones, as bits. */
export interface Kept {
  readonly found: FeasibleBlock;
  readonly row: number;
  zones: number;
}

/** What else than criteria makes one offer worth keeping beside another. */
export interface Stakes {
  readonly need: Need;
  readonly demand: Demand;
  readonly quotas: readonly Quota[];
  readonly discounts: readonly Discount[];
}

/**
 * The feasible rows that can still be part of an optimum (CFP.md 4, Pruning).
 *
 * Row o goes in a zone when some row d of the same account, region, zone, market and discount is no dearer, takes no more of any quota, is no
 * worse in every attribute that a criterion, a target or a cost reads (unknown equals only unknown), and better in one of these or earlier by
 * id. Being better where it only makes room (a quota, a target, the price of traffic) is not enough, for then both may be in equally good plans
 * and the id decides. This is exact: both meet every hard constraint of the item; places compare the same; the pool of units is that of the zone, so that a
 * unit of d takes what a unit of o took; machines counted for a discount stay as many. Where a discount goes by what is spent, a cheaper
 * machine may lose it: there nothing goes.
 */
export function prune(table: OfferTable, { blocks }: Feasible, criteria: readonly Criterion[], stakes: Stakes): readonly Kept[] {
  const readings = readingsOf(table, criteria, stakes);
  const bySpend = new Set(stakes.discounts.filter(({ by }) => by === 'spend').map(({ id }) => id));
  const kept: Kept[] = [];
  let front: Kept[] = [];
  let group = -1;
  for (const found of blocks) {
    if (found.block.group !== group) {
      kept.push(...front);
      front = [];
      ({ group } = found.block);
    }
    const { discount } = found.block.stand;
    if (discount !== null && bySpend.has(discount)) kept.push(...everyRow(found));
    else
      for (const row of contenders(found, readings)) challenge(table, readings, front, { found, row, zones: found.zonesOf(row) });
  }
  kept.push(...front);
  return kept;
}

/** All of them, unpruned. */
export function everything({ blocks }: Feasible): readonly Kept[] {
  return blocks.flatMap(everyRow);
}

function everyRow(found: FeasibleBlock): Kept[] {
  return Array.from(found.rows, (row) => ({ found, row, zones: found.zonesOf(row) }));
}

/** An attribute that scores read, and which direction is better. */
interface Reading {
  readonly column: Column;
  readonly sign: 1 | -1;
  /** Better in it is a better plan; else it only makes room for one. */
  readonly scored: boolean;
}

/** Prices, what the criteria read, and what is consumed. What depends on the place alone is the same for all rows that are compared. */
function readingsOf({ lexicon: { sizes } }: OfferTable, criteria: readonly Criterion[], stakes: Stakes): readonly Reading[] {
  const price = { key: 'price', column: priceColumn, sign: 1, scored: true } as const;
  // What is in both is scored: of equal keys the last counts.
  const readings = [...staked(sizes, stakes), price, ...criteria.flatMap((criterion) => read(sizes, criterion))];
  return [...new Map(readings.map((reading) => [`${reading.key} ${reading.sign}`, reading])).values()];
}

type Named = Reading & { readonly key: string };

function read(sizes: Sizes, { key, reads, better }: Criterion): readonly Named[] {
  if ('within' in reads || 'from' in reads) return [];
  const sign = better === 'less' ? 1 : -1;
  return [{ key: 'attribute' in reads ? reads.attribute : key, column: columnOf(sizes, reads), sign, scored: true }];
}

function staked(sizes: Sizes, stakes: Stakes): readonly Named[] {
  const units = [...counted(stakes)].filter((unit) => unit !== 'machines');
  const rates = sendsTraffic(stakes.need, stakes.demand) ? (['internet', 'region', 'zone'] as const) : [];
  const scored = false;
  const availability = { key: 'availability', column: columnOf(sizes, { attribute: 'availability' }), sign: -1, scored } as const;
  return [
    ...units.map((unit) => ({ key: unit, column: columnOf(sizes, { attribute: unit }), sign: 1 as const, scored })),
    ...rates.map((rate) => ({ key: `egress ${rate}`, column: egressColumn(rate), sign: 1 as const, scored })),
    ...(hasTarget(stakes.need, stakes.demand) ? [availability] : []),
  ];
}

function egressColumn(rate: 'internet' | 'region' | 'zone'): Column {
  return { per: 'stand', of: ({ egress }) => egress?.[rate] ?? NaN };
}

function counted({ quotas, demand }: Stakes): ReadonlySet<QuotaUnit> {
  return new Set([...quotas, ...(demand.quotas ?? [])].map(({ of }) => of));
}

/** Where only prices tell the rows of a block apart, the first stands for all that are open where it is. */
function contenders(found: FeasibleBlock, readings: readonly Reading[]): Iterable<number> {
  if (readings.some(({ column }) => column.per !== 'stand' && column !== priceColumn)) return found.rows;
  if (found.isEven) return found.first === undefined ? [] : [found.first];
  let end = 0;
  let covered = 0;
  while (end < found.rows.length && covered !== found.open) {
    covered |= found.zonesOf(found.rows[end] ?? -1);
    end += 1;
  }
  return found.rows.subarray(0, end);
}

/** Lets a row meet those that stand so far: what either dominates, in the zones they share, goes. */
function challenge(table: OfferTable, readings: readonly Reading[], front: Kept[], newcomer: Kept): void {
  const own = newcomer.zones;
  for (let position = 0; position < front.length; position += 1) {
    const other = front[position];
    if (!other || (other.zones & own) === 0) continue;
    if (dominates(table, readings, other, newcomer)) {
      newcomer.zones &= ~other.found.zonesOf(other.row);
      if (newcomer.zones === 0) return;
    } else if (dominates(table, readings, newcomer, other)) {
      other.zones &= ~own;
      if (other.zones === 0) front.splice(position--, 1);
    }
  }
  front.push(newcomer);
}

function dominates({ lexicon }: OfferTable, readings: readonly Reading[], d: Kept, o: Kept): boolean {
  let better = false;
  for (const { column, sign, scored } of readings) {
    const order = compare(valueIn(column, d.found.block, d.row), valueIn(column, o.found.block, o.row)) * sign;
    if (Number.isNaN(order) || order > 0) return false;
    if (scored && order < 0) better = true;
  }
  if (better) return true;
  const [nameD, nameO] = [d, o].map(({ found, row }) => lexicon.names[found.block.names[row] ?? -1]);
  const order = byId(nameD, nameO);
  return order === 0 ? d.found.block.label < o.found.block.label : order < 0;
}

/** Negative when a is less; NaN when only one is known. Two unknown values are equal. */
function compare(a: number, b: number): number {
  return Number.isNaN(a) && Number.isNaN(b) ? 0 : a - b;
}
