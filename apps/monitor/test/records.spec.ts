import { openDatabase } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { databases, oneSession, type TestDatabase } from '../../../libs/store/test/databases.js';
import { counts, insertFilled } from '../../../libs/store/test/filled.js';
import { goneTo } from '../src/archive/progress.js';
import { Records } from '../src/archive/records.js';
import { removedUntil } from '../src/archive/roll-ups.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { presentSeries } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';

const day = 24 * 3_600_000;
const start = Date.UTC(2029, 0, 1);

describe.each(Object.entries(databases))('what the monitor remembers, on %s', (name, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let now = start;
  let records: Records;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>({ ...database.place, shrinks: true }, monitorMigrations);
    records = new Records(tables, { now: () => now }, 400 * day);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  /** An agreement of one machine that has been replaced once, with an outage and a violation. */
  const watched = async (agreement: string): Promise<void> => {
    const of = { agreement, resource: `${agreement}-web` };
    await insertFilled(tables, 'watch', [{ agreement, active: 1, version: 1, content: '{}', since: now }]);
    await insertFilled(tables, 'machine', [{ ...of, placement: `${agreement}-second`, joined_at: now }]);
    await insertFilled(tables, 'downtime', [{ ...of, from_at: now, until_at: now + 1 }]);
    await insertFilled(tables, 'term', [{ ...of, state: 'fulfilled' }]);
    await insertFilled(tables, 'violation', [{ id: agreement, ...of, opened_at: now, closed_at: now + 1 }]);
    await insertFilled(tables, 'checkpoint', [{ ...of, bytes: Buffer.from('a') }]);
    for (const placement of ['first', 'second'])
      await insertFilled(tables, 'series', [
        { resource: of.resource, placement: `${agreement}-${placement}`, metric: 'up', source: 'probe' },
      ]);
  };
  const end = (agreement: string): Promise<unknown> =>
    tables.updateTable('watch').set({ active: 0, version: 2, since: now }).where('agreement', '=', agreement).execute();
  const placements = async (): Promise<readonly string[]> =>
    (await presentSeries(tables, now)).map(({ placement }) => placement).sort();

  it('goes a stated time after it is over, and names of series with their last samples', async () => {
    await watched('ends');
    await watched('goes-on');
    const all = await counts(tables);
    await end('ends');
    await records.sweep();
    expect(await counts(tables)).toEqual(all);
    now += day;
    // Only series of machines that are watched are remembered at a start.
    expect(await placements()).toEqual(['goes-on-second']);
    await goneTo(tables, removedUntil('metric_sample'), now + day);
    await records.sweep();
    expect(await counts(tables)).toMatchObject({ watch: 2, checkpoint: 2, series: 1 });
    now = start + 402 * day;
    await records.sweep();
    expect(await counts(tables)).toMatchObject({ watch: 1, machine: 1, term: 1, checkpoint: 1, series: 1 });
    expect(await counts(tables)).not.toHaveProperty('violation');
    expect(await counts(tables)).not.toHaveProperty('downtime');
  });

  it('is as much after many lives as after few, and so is what a start reads', async () => {
    const seen: object[] = [];
    for (let generation = 0; generation < 3; generation += 1) {
      for (let index = 0; index < 6; index += 1) await watched(`${generation}-${index}`);
      now += day;
      for (let index = 0; index < 6; index += 1) await end(`${generation}-${index}`);
      now += 401 * day;
      await records.sweep();
      now += day;
      await goneTo(tables, removedUntil('metric_sample'), now + day);
      await records.sweep();
      seen.push({ ...(await counts(tables)), present: await placements() });
    }
    expect(seen[2]).toEqual(seen[0]);
  });

  it('notes that a machine is watched again before its series is forgotten', async () => {
    await watched('comes-back');
    await end('comes-back');
    await records.sweep();
    now += day;
    expect(await placements()).not.toContain('comes-back-second');
    await tables.updateTable('watch').set({ active: 1, version: 3, since: now }).where('agreement', '=', 'comes-back').execute();
    await records.sweep();
    expect(await placements()).toContain('comes-back-second');
  });

  if (name === oneSession) return;

  (name.startsWith('SQLite') ? it : it.skip)('is found by indexes, whatever has ended', async () => {
    const plan = async (query: { compile(): { sql: string; parameters: readonly unknown[] } }): Promise<string> => {
      const { sql: text, parameters } = query.compile();
      const literal = parameters.reduce<string>((line, value) => line.replace('?', String(Number(value) || `'x'`)), text);
      const { rows } = await sql.raw<{ detail: string }>(`EXPLAIN QUERY PLAN ${literal}`).execute(tables);
      return rows.map(({ detail }) => detail).join('; ');
    };
    expect(await plan(tables.selectFrom('watch').select(['agreement', 'version']).where('active', '=', 1))).toContain(
      'COVERING INDEX',
    );
    expect(await plan(tables.selectFrom('violation').select('id').where('closed_at', '<', 5))).toContain('USING INDEX');
  });
});
