import { createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { Archive } from '../src/archive/archive.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { writeSamples } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';
import { ManualClock } from './manual-clock.js';

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 2, 1);
describe.each(Object.entries(databases))('the archive on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let archive: Archive;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });
  beforeEach(async () => {
    await tables.deleteFrom('metric_sample').execute();
    const clock = new ManualClock(start);
    archive = new Archive(tables, { clock, log: createLog('monitor', 'error'), keptFor: () => 7 * day });
  });
  afterEach(() => archive.stop());

  const kept = async (): Promise<number[]> =>
    (await tables.selectFrom('metric_sample').select('at').orderBy('at').execute()).map(({ at }) => at);

  it('lets go of what is older than it is to keep, however much it is', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => start - 8 * day + index);
    await tables.transaction().execute(async (transaction) => {
      const rows = [...many, start].map((at) => ({ at, series: 1, value: 1.25, detail: null, batch: 1 }));
      await writeSamples(transaction, rows);
      await writeSamples(transaction, rows);
    });
    expect(await kept()).toHaveLength(1_201);
    await archive.sweep();
    expect(await kept()).toEqual([start]);
  });
});
