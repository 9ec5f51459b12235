import { type PricesMessage, subjects } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { type OutboxSource, post, serially } from '@cloud-agency/store';
import type { Database } from '../placement/tables.js';
import type { PriceChange } from './repricing.js';

const changesAtOnce = 500;
/** So many messages of an agent wait at most for an Agency that is away: a history with a gap is worth more than a full disk. */
const mostWaiting = 100;

/**
 * Puts list prices that have changed into the outbox, for the Agency to write down.
 * @returns how many changes are not told, because too much waits already.
 */
export async function tellPrices(
  database: Database,
  source: OutboxSource,
  of: Pick<PricesMessage, 'agent' | 'vendor'>,
  changes: readonly PriceChange[],
): Promise<number> {
  for (let place = 0; place < changes.length; place += changesAtOnce) {
    if ((await waiting(database, of.agent)) >= mostWaiting) return changes.length - place;
    const content = {
      ...{ performative: 'prices' as const, ...of, at: isoTime(source.clock.now()) },
      changes: changes.slice(place, place + changesAtOnce).map(toldOf),
    };
    const letter = { conversation: 'prices', sender: of.agent, subject: subjects.prices, content };
    await serially(database, (transaction) => post(transaction, source, letter));
  }
  return 0;
}

async function waiting(database: Database, agent: string): Promise<number> {
  const row = await database
    .selectFrom('outbox')
    .select((select) => select.fn.countAll<number | string>().as('count'))
    .where('conversation', '=', 'prices')
    .where('sender', '=', agent)
    .executeTakeFirst();
  // PostgreSQL tells counts as text.
  return Number(row?.count ?? 0);
}

function toldOf({ region, instanceType, market, commitment = 0, was, price }: PriceChange): PricesMessage['changes'][number] {
  return { region, instanceType, market, ...(commitment > 0 && { commitment }), was, price };
}
