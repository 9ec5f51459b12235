import type { PricesMessage } from '@cloud-agency/bus';
import { isoTime, type StatisticsSettings } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { Work } from '../store/agency-store.js';
import type { PriceChangeRow } from '../store/statistics-tables.js';
import type { AgencyTables } from '../store/tables.js';
import { asked, type StatisticsQuery } from './query.js';

/** A statement holds the event loop up; so many changes at most are written by one, and so many are told. */
const rowsAtOnce = 200;
const mostTold = 1_000;
/** Processes that share an account see its prices at most so far apart, ms. */
const toldTwiceWithinMs = 3_600_000;

export interface PriceChange {
  readonly agent: string;
  readonly vendor: string;
  readonly region: string;
  readonly size: string;
  readonly market: string;
  /** h; absent: none. */
  readonly commitment?: number;
  readonly at: string;
  /** USD an hour; null: not sold there any more. */
  readonly was: number;
  readonly price: number | null;
}

/**
 * Writes down what a vendor agent tells of its list prices. Processes that share an account all see its prices change, not quite at once: what one
 * of them tells that was told already, and does not follow from what was told last, is no change.
 */
export async function takePrices({ tables }: Work, { agent, vendor, at, changes }: PricesMessage): Promise<void> {
  const before = await lately(tables, agent, Date.parse(at));
  const rows = changes
    .map(({ region, instanceType: size, market, commitment = 0, was, price }) => {
      const id = [agent, region, size, market, commitment, at].join(' ');
      return { id, agent, vendor, region, size, market, commitment, at: Date.parse(at), was, price };
    })
    .filter((row) => isNews(row, before.get(saleKey(row)) ?? []));
  for (let place = 0; place < rows.length; place += rowsAtOnce)
    await tables
      .insertInto('price_change')
      .values(rows.slice(place, place + rowsAtOnce))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

type Known = Pick<PriceChangeRow, 'was' | 'price'>;

const saleKey = ({ region, size, market, commitment }: Pick<PriceChangeRow, 'region' | 'size' | 'market' | 'commitment'>) =>
  [region, size, market, commitment].join(' ');

function isNews({ was, price }: Known, before: readonly Known[]): boolean {
  return before.at(-1)?.price === was || !before.some((known) => known.was === was && known.price === price);
}

/** What the agent told of late, by what is sold, oldest first. */
async function lately(tables: Kysely<AgencyTables>, agent: string, at: number): Promise<ReadonlyMap<string, readonly Known[]>> {
  const rows = await tables
    .selectFrom('price_change')
    .select(['region', 'size', 'market', 'commitment', 'was', 'price'])
    .where('at', '>=', at - toldTwiceWithinMs)
    .where('agent', '=', agent)
    .orderBy('at')
    .execute();
  const known = new Map<string, Known[]>();
  for (const row of rows) known.set(saleKey(row), [...(known.get(saleKey(row)) ?? []), row]);
  return known;
}

/** The newest first. */
export async function priceHistory(
  tables: Kysely<AgencyTables>,
  query: StatisticsQuery,
  { over, now }: Pick<StatisticsSettings, 'over'> & { readonly now: number },
): Promise<readonly PriceChange[]> {
  const rows = await tables
    .selectFrom('price_change')
    .selectAll()
    .where('at', '>=', now - over)
    .where((where) => where.and(asked(query)))
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(mostTold)
    .execute();
  return rows.map(({ agent, vendor, region, size, market, commitment, at, was, price }) => ({
    ...{ agent, vendor, region, size, market },
    ...(commitment > 0 && { commitment: commitment / 3_600_000 }),
    ...{ at: isoTime(at), was, price },
  }));
}
