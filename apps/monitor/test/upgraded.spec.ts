import { createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import { databases } from '../../../libs/store/test/databases.js';
import { Commits } from '../src/intake/commits.js';
import { IntakeCounts } from '../src/intake/counts.js';
import { Intake } from '../src/intake/intake.js';
import { remember } from '../src/intake/remembering.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { positionOf, samplesSince, seriesId } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';
import { ManualClock } from './manual-clock.js';

const start = Date.UTC(2026, 2, 1);
const minute = 60_000;
const log = createLog('monitor', 'silent');
const name = { resource: 'web', placement: 'web-1', metric: 'queue', source: 'resource', meter: '' } as const;

it.each(Object.keys(databases))(
  'knows what an earlier version took in, and what that had yet to go through (%s)',
  async (kind) => {
    const database = await databases[kind]!();
    const { '0009-recent': recent, ...before } = monitorMigrations;
    const earlier = await openDatabase<MonitorTables>(database.place, before);
    const series = await earlier.transaction().execute((transaction) => seriesId(transaction, name));
    const rows = [
      [-20 * minute, 1],
      [-10 * minute, 3],
      [-minute, 2],
    ] as const;
    for (const [at, batch] of rows)
      await earlier
        .insertInto('metric_sample')
        .values({ at: start + at, series, value: 10, detail: null, batch })
        .execute();
    const position = { id: 'monitor', batch: 3, swept: 2, swept_at: start - minute, seen_at: start };
    await earlier
      .insertInto('intake')
      .values(position as never)
      .execute();
    await earlier.destroy();

    const tables = await openDatabase<MonitorTables>(database.place, { ...before, ...(recent && { '0009-recent': recent }) });
    expect((await samplesSince(tables, await positionOf(tables))).map(({ at }) => at)).toEqual([start - 10 * minute]);
    const clock = new ManualClock(start);
    const commits = await Commits.open(tables, { clock, log, fence: () => Promise.resolve() });
    const intake = new Intake({ clock, commits, counts: new IntakeCounts() });
    await remember(tables, clock.now(), { intake, commits });
    intake.know({ resource: 'web', placement: 'web-1', followersOf: () => [] });
    const again = intake.take('resource', [
      { resource: 'web', placement: 'web-1', metric: 'queue', at: start - minute, value: 10 },
    ]);
    await clock.advance(20);
    expect(await again).toMatchObject({ taken: 0, refused: [{ reason: 'doubled' }] });
    await commits.stop();
    await tables.destroy();
    await database.end();
  },
);
