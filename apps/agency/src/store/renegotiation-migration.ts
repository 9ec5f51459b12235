import { type Kysely, sql } from 'kysely';
import { createTable } from './create-table.js';

const lease = { lease_owner: 'text?', lease_until: 'bigint?', epoch: 'integer' };

const renegotiation = {
  id: 'text',
  tenant: 'text',
  agreement: 'text',
  cause: 'text',
  reason: 'text',
  state: 'text',
  message: 'text',
  accept: 'text',
  document: 'text?',
  call: 'text?',
  least_gain: 'real',
  least_saving: 'real?',
  switching: 'real',
  moves: 'text',
  cost_before: 'real?',
  cost_after: 'real?',
  cost_moving: 'real?',
  explanation: 'text',
  attempts: 'integer',
  next_at: 'bigint',
  deadline: 'bigint?',
  created_at: 'bigint',
  updated_at: 'bigint',
  ...lease,
};

const marketWatch = { id: 'text', agreement: 'text', rule: 'integer', every: 'bigint', next_at: 'bigint', ...lease };

/** Renegotiations of running agreements, the rules that watch the market, and the prices that vendors announce. */
export async function createRenegotiation(database: Kysely<unknown>): Promise<void> {
  await createTable(database, 'renegotiation', renegotiation, ['agreement', 'tenant', 'next_at']);
  await createTable(database, 'market_watch', marketWatch, ['agreement', 'next_at']);
  // An agreement has one under way at most.
  await sql`
    create unique index renegotiation_under_way on renegotiation (agreement)
    where state in ('open', 'proposed', 'accepted', 'carrying-out')`.execute(database);
  await database.schema.alterTable('placement').addColumn('renegotiation', 'text').execute();
  await database.schema.alterTable('placement').addColumn('leaving', 'text').execute();
  await database.schema
    .alterTable('placement')
    .addColumn('announced_price', sql`double precision`)
    .execute();
}
