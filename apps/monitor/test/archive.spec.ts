import { createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { Archive } from '../src/archive/archive.js';
import type { Sample } from '../src/assessor/sample.js';
import { monitorMigrations } from '../src/store/migrations.js';
import type { MonitorTables } from '../src/store/tables.js';
import { ManualClock } from './manual-clock.js';

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 2, 1);
const sample = (at: number): Sample => ({
  resource: 'web',
  placement: 'web-1',
  probe: 0,
  at,
  ok: true,
  milliseconds: 1.25,
  detail: 'HTTP 200',
});

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
    await tables.deleteFrom('measurement').execute();
    const clock = new ManualClock(start);
    archive = new Archive(tables, { clock, log: createLog('monitor', 'error'), keptFor: () => 7 * day });
  });
  afterEach(() => archive.stop());

  const kept = async (): Promise<number[]> =>
    (await tables.selectFrom('measurement').select('at').orderBy('at').execute()).map(({ at }) => at);

  it('keeps each measurement once, and all of them when it ends', async () => {
    archive.add('agreement', sample(start));
    archive.add('agreement', sample(start));
    archive.add('agreement', sample(start + 10));
    await archive.flush();
    archive.add('agreement', sample(start + 10));
    archive.add('agreement', sample(start + 20));
    await archive.stop();
    expect(await kept()).toEqual([start, start + 10, start + 20]);
    expect(await tables.selectFrom('measurement').selectAll().limit(1).execute()).toEqual([
      { ...sample(start), agreement: 'agreement', ok: 1 },
    ]);
  });

  it('lets go of what is older than it is to keep, however much it is', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => start - 8 * day + index);
    for (const at of [...many, start]) archive.add('agreement', sample(at));
    await archive.flush();
    expect(await kept()).toHaveLength(1_201);
    await archive.sweep();
    expect(await kept()).toEqual([start]);
  });
});
