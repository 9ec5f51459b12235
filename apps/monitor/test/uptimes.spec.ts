import { decoded, type UptimeMessage } from '@cloud-agency/bus';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { measurements } from '../src/archive/measurements.js';
import { Uptimes } from '../src/archive/uptimes.js';
import { watchedIn } from '../src/archive/watched.js';
import { monitorMigrations } from '../src/store/migrations.js';
import type { MonitorTables } from '../src/store/tables.js';

const day = 86_400_000;
const start = Date.UTC(2026, 2, 1);

describe('how long a machine was watched', () => {
  const at = (seconds: number, answered = true) => ({ placement: 'a', at: start + seconds * 1_000, answered });

  it.each([
    [
      'counts from look to look, each for the time before it',
      [at(0), at(10), at(20, false), at(30)],
      { watched: 30_000, down: 10_000 },
    ],
    ['does not speak of what nobody looked at', [at(0), at(3_600)], { watched: 60_000, down: 0 }],
    ['begins once it was seen up', [at(0, false), at(100, false), at(200), at(210, false)], { watched: 10_000, down: 10_000 }],
    ['takes looks that came out of order for no time', [at(0), at(20), at(10), at(30, false)], { watched: 30_000, down: 10_000 }],
  ])('%s', (_, signs, expected) => {
    expect(watchedIn('a', signs, undefined)).toEqual([{ placement: 'a', day: start, as_of: start + lastOf(signs), ...expected }]);
  });

  it('is told by days', () => {
    const signs = [at(86_390), at(86_410, false)];
    expect(watchedIn('a', signs, start + 86_370_000).map((row) => [row.day - start, row.watched, row.down])).toEqual([
      [0, 20_000, 0],
      [day, 20_000, 20_000],
    ]);
  });
});

const lastOf = (signs: readonly { readonly at: number }[]): number => (signs.at(-1)?.at ?? 0) - start;

describe.each(Object.entries(databases))('what machines have been like, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let now: number;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });
  beforeEach(async () => {
    for (const table of ['measurement', 'archive_progress', 'uptime', 'outbox', 'outbox_position'] as const)
      await tables.deleteFrom(table).execute();
    now = start + day / 2;
  });

  let id = 0;
  const uptimes = (fence: () => Promise<void> = () => Promise.resolve()): Uptimes =>
    new Uptimes(tables, {
      clock: { now: () => now },
      ids: { next: () => `id-${String((id += 1))}` },
      sender: 'monitor',
      sources: [measurements],
      settledAfter: 60_000,
      keptFor: 90 * day,
      posted: () => undefined,
      fence,
    });
  const measured = async (placement: string, from: number, details: readonly string[]): Promise<void> => {
    const rows = details.map((detail, index) => {
      const at = start + from + index * 10_000;
      return {
        agreement: 'agreement',
        resource: 'web',
        placement,
        probe: 0,
        at,
        ok: detail === 'HTTP 200' ? 1 : 0,
        milliseconds: null,
        detail,
      };
    });
    for (let place = 0; place < rows.length; place += 500)
      await tables
        .insertInto('measurement')
        .values(rows.slice(place, place + 500))
        .execute();
  };
  const told = async (): Promise<readonly (readonly [string, number, number])[]> => {
    const letters = await tables.selectFrom('outbox').select('body').orderBy('sequence').execute();
    return letters
      .map(({ body }) => decoded(body) as UptimeMessage)
      .flatMap(({ days }) => days.map(({ placement, watched, down }) => [placement, watched, down] as const));
  };

  it('is summed up once, however often and whoever was interrupted, and told when it changes', async () => {
    const details = Array.from({ length: 2_500 }, (__, index) =>
      index % 100 < 3 && index > 0 ? 'connect ETIMEDOUT' : 'HTTP 200',
    );
    await measured('a', 0, details);
    now = start + 25_055_000;
    await measured('b', 0, ['HTTP 200', 'HTTP 503', 'HTTP 200']);
    let allowed = 1;
    const dies = uptimes(() => (allowed-- > 0 ? Promise.resolve() : Promise.reject(new Error('another monitor is on duty'))));
    await expect(dies.bringUpToDate()).rejects.toThrow('another monitor');
    await uptimes().bringUpToDate();
    await uptimes().bringUpToDate();
    const down = details.filter((detail) => detail !== 'HTTP 200').length * 10_000;
    expect(await told()).toEqual([
      ['a', 24_990_000, down],
      ['b', 20_000, 0],
    ]);
    await measured('a', 25_000_000, ['HTTP 200']);
    now += 60_000;
    await uptimes().bringUpToDate();
    expect((await told()).slice(2)).toEqual([['a', 25_000_000, down]]);
  });

  it('leaves alone what may not be known yet, and forgets what is too old to matter', async () => {
    await measured('a', 0, ['HTTP 200', 'HTTP 200']);
    now = start + 65_000;
    await uptimes().bringUpToDate();
    expect(await told()).toEqual([['a', 0, 0]]);
    now = start + 92 * day;
    await uptimes().bringUpToDate();
    expect(await tables.selectFrom('uptime').selectAll().execute()).toEqual([]);
    expect((await told()).at(-1)).toEqual(['a', 10_000, 0]);
  });
});
