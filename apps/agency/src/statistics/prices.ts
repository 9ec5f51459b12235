import { decoded, PriceChanges, subjects, validated } from '@cloud-agency/bus';
import { isoTime, type Log, type RunningApp, type StatisticsSettings } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';
import { asked, type StatisticsQuery } from './query.js';

/** A statement holds the event loop up; so many changes at most are written by one, and so many are told. */
const rowsAtOnce = 200;
const mostTold = 1_000;

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

/** Writes down what vendor agents tell of their list prices. All processes hear it, and each change is kept once. */
export function keepPrices(connection: NatsConnection, tables: Kysely<AgencyTables>, log: Log): RunningApp {
  let keeping: Promise<void> = Promise.resolve();
  const subscription = connection.subscribe(subjects.prices, {
    callback: (error, message) => {
      if (error) return;
      keeping = keeping
        .then(() => keep(tables, validated(PriceChanges, decoded(message.data))))
        .catch((problem: unknown) => {
          log.warn({ err: problem }, 'Prices that have changed could not be written down; the history of prices lacks them');
        });
    },
  });
  return {
    async stop() {
      subscription.unsubscribe();
      await keeping;
    },
  };
}

async function keep(tables: Kysely<AgencyTables>, { agent, vendor, at, changes }: PriceChanges): Promise<void> {
  const rows = changes.map(({ region, instanceType: size, market, commitment = 0, was, price }) => {
    const id = [agent, region, size, market, commitment, at].join(' ');
    return { id, agent, vendor, region, size, market, commitment, at: Date.parse(at), was, price };
  });
  for (let place = 0; place < rows.length; place += rowsAtOnce)
    await tables
      .insertInto('price_change')
      .values(rows.slice(place, place + rowsAtOnce))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
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
