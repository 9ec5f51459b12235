import type { Kysely } from 'kysely';
import { createTable } from './create-table.js';

const counted = { vendor: 'text', region: 'text', size: 'text', market: 'text' };

/** What the Agency has seen of vendors: facts by placement, with what they are counted by. */
export async function createStatistics(database: Kysely<unknown>): Promise<void> {
  await createTable(database, 'provisioning', { placement: 'text', ...counted, at: 'bigint', took: 'bigint?', reason: 'text?' }, [
    'at',
  ]);
  const ofDay = { id: 'text', placement: 'text', ...counted, day: 'bigint' };
  await createTable(database, 'uptime', { ...ofDay, watched: 'bigint', down: 'bigint', as_of: 'bigint' }, ['day']);
  await createTable(database, 'breach', { id: 'text', ...counted, at: 'bigint' }, ['at']);
  const change = { agent: 'text', commitment: 'bigint', at: 'bigint', was: 'real', price: 'real?' };
  await createTable(database, 'price_change', { id: 'text', ...counted, ...change }, ['at', 'size']);
}

export async function createPower(database: Kysely<unknown>): Promise<void> {
  await createTable(database, 'power', { placement: 'text', ...counted, at: 'bigint', value: 'real' }, ['at']);
}
