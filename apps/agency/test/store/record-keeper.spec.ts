import { openDatabase, serially } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { counts, insertFilled } from '../../../../libs/store/test/filled.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import { RecordKeeper } from '../../src/store/record-keeper.js';
import type { AgencyTables } from '../../src/store/tables.js';

const day = 24 * 3_600_000;
const now = Date.UTC(2029, 0, 1);
const long = now - 500 * day;

describe.each(Object.entries(databases))('the record of what has ended, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<AgencyTables>;
  let keeper: RecordKeeper;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    const clock = { now: () => now, after: () => () => undefined, every: () => () => undefined };
    const store = {
      tables,
      work: (task: (work: object) => Promise<void>) => serially(tables, (transaction) => task({ tables: transaction })),
    };
    keeper = new RecordKeeper(store as never, { clock, log: console as never }, 400 * day);
  });
  afterAll(async () => {
    await keeper.stop();
    await tables.destroy();
    await database.end();
  });

  /** A call that was fulfilled and whose agreement ended `at`, with everything that can belong to it. */
  const life = async (id: string, at: number): Promise<void> => {
    const of = { tenant: 'a', cfp: id, agreement: `${id}-agreement` };
    const insert = (table: keyof AgencyTables, row: object): Promise<void> => insertFilled(tables, table, [{ ...row }]);
    await insert('cfp', { id, tenant: 'a', state: 'fulfilled', updated_at: at });
    await insert('proposal', { id: `${id}-proposal`, cfp: id, tenant: 'a', state: 'accepted' });
    await insert('agreement', { id: of.agreement, cfp: id, tenant: 'a', state: 'terminated', effective_until: at });
    await insert('resource', { id: `${id}-compute`, ...of, state: 'deleted', origin: 'call' });
    await insert('placement', {
      id: `${id}-machine`,
      resource: `${id}-compute`,
      cfp: id,
      agreement: of.agreement,
      state: 'deleted',
      ended_at: at,
    });
    await insert('enrolment', { placement: `${id}-machine` });
    await insert('webhook', { id: `${id}-hook`, tenant: 'a', cfp: id, state: 'active' });
    await insert('delivery', { id: `${id}-letter`, webhook: `${id}-hook`, state: 'dead' });
    await insert('task', { id: `${id}-task`, subject: `${id}-compute`, state: 'done', created_at: at });
    await insert('message', { id: `${id}-said`, conversation: id });
    await insert('message', { id: `${id}-said-again`, conversation: `${id}-renegotiation` });
    for (const table of ['reaction', 'violation', 'ledger', 'renegotiation', 'market_watch'] as const)
      await insert(table, {
        id: `${id}-${table}`,
        agreement: of.agreement,
        ...(table === 'ledger' ? { settled: 1, updated_at: at } : {}),
      });
    await insert('label', { tenant: 'a', location: `/compute/${id}-compute`, title: 'web' });
    await insert('tagged', { tenant: 'a', tag: 't', location: `/cfp/${id}` });
  };

  /** Operations that ended go by themselves. */
  const calls = async (): Promise<object> => ({ ...(await counts(tables)), task: 0 });

  it('is kept for a stated time, and then goes with everything that belongs to it', async () => {
    const before = await counts(tables);
    for (let index = 0; index < 30; index += 1) await life(`old-${index}`, long);
    await keeper.prune();
    expect(await counts(tables)).toEqual(before);
    await life('young', now - 399 * day);
    const young = await counts(tables);
    await keeper.prune();
    expect(await counts(tables)).toEqual(young);
  });

  it.each([
    [
      'whose agreement goes on',
      (id: string) => tables.updateTable('agreement').set({ state: 'accepted', effective_until: null }).where('cfp', '=', id),
    ],
    [
      'of which a machine is there yet',
      (id: string) => tables.updateTable('placement').set({ state: 'orphaned' }).where('cfp', '=', id),
    ],
    [
      'of which a machine ended lately',
      (id: string) =>
        tables
          .updateTable('placement')
          .set({ ended_at: now - day })
          .where('cfp', '=', id),
    ],
    [
      'of which a month is not settled',
      (id: string) => tables.updateTable('ledger').set({ settled: 0 }).where('agreement', '=', `${id}-agreement`),
    ],
    ['that still waits for somebody', (id: string) => tables.updateTable('cfp').set({ state: 'proposed' }).where('id', '=', id)],
    [
      'of which an operation is under way',
      (id: string) => tables.updateTable('task').set({ state: 'open' }).where('id', '=', `${id}-task`),
    ],
  ])('is kept of a call %s', async (words, change) => {
    const id = words.replaceAll(' ', '-');
    await life(id, long);
    await change(id).execute();
    const before = await calls();
    await keeper.prune();
    expect(await calls()).toEqual(before);
  });
});
