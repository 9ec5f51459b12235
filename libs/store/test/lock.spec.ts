import type { Kysely } from 'kysely';
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
