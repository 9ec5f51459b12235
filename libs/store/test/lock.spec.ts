import { type Kysely, sql } from 'kysely';
import Sqlite from 'libsql';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, storeOutage } from '../src/index.js';

interface Tables {
  job: { id: string };
}

const migrations = {
  '0001-jobs': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('job')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .execute();
    },
  },
};

it('says so while another process has locked the file, reads on, and goes on writing afterwards', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agency-lock-'));
  const tables = await openDatabase<Tables>({ schema: 'locked', directory }, migrations);
  const insert = (id: string) => tables.insertInto('job').values({ id }).execute();
  const inTransaction = (id: string) =>
    tables.transaction().execute(async (transaction) => {
      await transaction.selectFrom('job').selectAll().execute();
      await transaction.insertInto('job').values({ id }).returning('id').execute();
    });
  await insert('before');
  const other = new Sqlite(join(directory, 'locked.db'));
  other.exec('BEGIN EXCLUSIVE');

  for (const write of [insert, inTransaction]) {
    const failure: unknown = await write('meanwhile').catch((error: unknown) => error);
    expect(storeOutage(failure)).toMatchObject({ code: 'store-unavailable', status: 503 });
  }
  expect(await tables.selectFrom('job').select('id').execute()).toEqual([{ id: 'before' }]);
  other.exec('ROLLBACK');

  await inTransaction('after');
  await insert('later');
  const ids = await tables.selectFrom('job').select('id').orderBy('id').execute();
  expect(ids.map(({ id }) => id)).toEqual(['after', 'before', 'later']);

  other.close();
  await tables.destroy();
  await rm(directory, { recursive: true });
});

it('takes a mistake in a statement for what it is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agency-lock-'));
  const tables = await openDatabase<Tables>({ schema: 'sound', directory }, migrations);
  await tables.insertInto('job').values({ id: 'once' }).execute();
  const failure: unknown = await tables
    .insertInto('job')
    .values({ id: 'once' })
    .execute()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(storeOutage(failure)).toBeUndefined();
  await tables.destroy();
  await rm(directory, { recursive: true });
});

it('tells that the disk is full as an outage, and goes on once there is room', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agency-full-'));
  const tables = await openDatabase<Tables>({ schema: 'full', directory }, migrations);
  try {
    const { page_count: pages } = (await sql<{ page_count: number }>`PRAGMA page_count`.execute(tables)).rows[0]!;
    await sql`PRAGMA max_page_count = ${sql.lit(pages)}`.execute(tables);
    const write = (text: string) =>
      tables.transaction().execute(async (work) => {
        await work.insertInto('job').values({ id: text }).execute();
      });
    const error: unknown = await write('x'.repeat(100_000)).catch((reason: unknown) => reason);
    expect(storeOutage(error)).toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('full') as string });
    await sql`PRAGMA max_page_count = ${sql.lit(10_000)}`.execute(tables);
    await write('y'.repeat(100_000));
  } finally {
    await tables.destroy();
    await rm(directory, { recursive: true });
  }
});
