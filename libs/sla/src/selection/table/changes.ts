import type { Market } from '../../vocabulary/names.js';
import { type Block, blockOf, rowsOf } from './block.js';
import type { OfferTable } from './offer-table.js';

/** What became of some offers. Whatever is not named stays as it is; what names nothing known is passed over. */
export interface TableChange {
  /** USD an hour; null: no longer sold there. An offer that is new, or of another size, takes a new table. */
  readonly prices?: readonly PriceChange[];
  /** Units left in a zone of an account; null: no known limit. */
  readonly unitsLeft?: readonly UnitsChange[];
  /** Accounts, or regions of one, that sell nothing any more. */
  readonly gone?: readonly { readonly agent: string; readonly region?: string }[];
}
export interface PriceChange {
  /** Absent: whichever account of the table sells it. */
  readonly agent?: string;
  readonly region: string;
  readonly instanceType: string;
  readonly market: Market;
  /** ms; absent: none. */
  readonly commitment?: number;
  readonly price: number | null;
}
export interface UnitsChange {
  readonly agent: string;
  readonly region: string;
  readonly zone: string;
  readonly left: number | null;
}

/** The blocks after a change; those that it does not touch are the same ones. Throws RangeError for a price that is not a number. */
export function changedBlocks({ blocks, lexicon }: OfferTable, { prices = [], gone = [] }: TableChange): readonly Block[] {
  const byRegion = new Map<string, PriceChange[]>();
  for (const change of prices) {
    if (change.price !== null && (!Number.isFinite(change.price) || change.price < 0))
      throw new RangeError(`${change.instanceType} has no price`);
    const own = byRegion.get(change.region);
    if (own) own.push(change);
    else byRegion.set(change.region, [change]);
  }
  return blocks
    .filter(({ stand }) => !gone.some(({ agent, region = stand.region }) => agent === stand.agent && region === stand.region))
    .map((block) => repriced(block, byRegion.get(block.stand.region) ?? [], lexicon.names))
    .filter(({ prices: left }) => left.length > 0);
}

function repriced(block: Block, changes: readonly PriceChange[], names: readonly string[]): Block {
  const { agent, market, commitment } = block.stand;
  const own = new Map(
    changes
      .filter(
        (change) => (change.agent ?? agent) === agent && change.market === market && (change.commitment ?? 0) === commitment,
      )
      .map(({ instanceType, price }) => [instanceType, price]),
  );
  if (own.size === 0) return block;
  const before = rowsOf(block);
  const after = before.flatMap((row) => {
    const price = own.get(names[row.name] ?? '');
    if (price === undefined || price === row.price) return [row];
    return price === null ? [] : [{ ...row, price }];
  });
  const touched = after.length < before.length || after.some((row, index) => row !== before[index]);
  return touched ? blockOf(block.stand, block.group, after, names) : block;
}
