import { type Clock, createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { type Disk, diskOf } from '../src/archive/disk.js';
import { HistoryDesk } from '../src/archive/history.js';
import { metricSamples } from '../src/archive/metric-samples.js';
import { Keeper, removedEarly } from '../src/archive/keeper.js';
import { rawSources } from '../src/archive/raw-sources.js';
import { measurements } from '../src/archive/measurements.js';
import { noteLate, RollUps } from '../src/archive/roll-ups.js';
import type { Sample } from '../src/assessor/sample.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { seriesId, writeSamples } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 2, 1);
const log = createLog('monitor', 'silent');
const keep = { raw: 7 * day, fiveMinutes: 35 * day, rollUps: 400 * day };
const sample = (at: number, milliseconds: number | null = 1.25, resource = 'web'): Sample => ({
  resource,
  placement: `${resource}-1`,
  probe: 0,
  at,
  ok: milliseconds !== null,
  milliseconds,
  detail: milliseconds === null ? 'connect ECONNREFUSED' : 'HTTP 200',
});

describe.each(Object.entries(databases))('the archive on %s', (name, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let now: number;
  let rollUps: RollUps;

  /** Nothing happens by itself. */
  const clock: Clock = { now: () => now, after: () => () => undefined, every: () => () => undefined };

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>({ ...database.place, shrinks: true }, monitorMigrations);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });
  beforeEach(async () => {
    for (const table of [
      'metric_sample',
      'series',
      'measurement',
      'sample',
      'roll_up',
      'roll_up_due',
      'archive_progress',
      'machine',
    ] as const)
      await tables.deleteFrom(table).execute();
    now = start;
    rollUps = new RollUps(tables, { clock, sources: rawSources });
  });

  const kept = async (): Promise<number[]> =>
    (await tables.selectFrom('measurement').select('at').orderBy('at').execute()).map(({ at }) => at);
  /** As earlier versions kept the probes of agreements. */
  const add = async (samples: readonly Sample[]): Promise<void> => {
    await tables.transaction().execute(async (transaction) => {
      for (let from = 0; from < samples.length; from += 1_000) {
        const rows = samples.slice(from, from + 1_000).map((each) => ({ ...each, agreement: 'agreement', ok: each.ok ? 1 : 0 }));
        await transaction.insertInto('measurement').values(rows).execute();
      }
      const times = samples.map(({ at }) => at);
      await noteLate(transaction, measurements.name, times, now);
    });
  };
  const of = async (step: number, metric = 'response_time') =>
    await tables
      .selectFrom('roll_up')
      .selectAll()
      .where('step', '=', step)
      .where('metric', '=', metric)
      .orderBy('from_at')
      .orderBy('resource')
      .execute();
  const keeper = (disk: Disk = diskOf(tables), diskAtMost = 2 ** 40, reach = 0): Keeper =>
    new Keeper(tables, { clock, log, settings: { keep, diskAtMost }, sources: rawSources, disk, reach: () => reach });

  it('reads samples as they come in: whose they are, what shows that a machine is there, and no more than is asked for', async () => {
    await tables.transaction().execute(async (transaction) => {
      const name = { resource: 'web', placement: 'web-1', source: 'probe', meter: '' } as const;
      const up = await seriesId(transaction, { ...name, metric: 'up' });
      const cpu = await seriesId(transaction, { ...name, metric: 'cpu_utilisation', source: 'vendor' });
      const row = (series: number, at: number, value: number, detail: string | null = null) => ({
        at,
        series,
        value,
        detail,
        batch: 1,
      });
      await writeSamples(transaction, [
        row(up, start, 1, 'HTTP 200'),
        row(up, start + minute, 0, 'HTTP 500'),
        row(up, start + 2 * minute, 0, 'connect ECONNREFUSED'),
        row(cpu, start + minute, 0.25),
      ]);
    });
    expect(await metricSamples.first(tables, start + 1)).toBe(start + minute);
    expect(await metricSamples.portion(tables, start, start + hour, 1)).toBe(start + minute);
    const own = { resource: 'web', placement: 'web-1' };
    const asked = { resource: 'web', metric: 'cpu_utilisation', from: start, until: start + hour };
    expect(await metricSamples.readOf(tables, asked, 10)).toEqual([
      { ...own, metric: 'cpu_utilisation', source: 'vendor', at: start + minute, value: 0.25 },
    ]);
    expect((await metricSamples.signs?.(tables, start, start + hour))?.map(({ answered }) => answered)).toEqual([
      true,
      true,
      false,
    ]);
    now = start + 2 * hour;
    await rollUps.make();
    expect(await of(hour, 'up')).toMatchObject([{ origin: 'metric_sample', count: 3, sum: 1 }]);
    expect(await metricSamples.remove(tables, start + 2 * minute, 10)).toBe(3);
  });

  it('rolls up what is over, to what all of its samples together give', async () => {
    const values = Array.from({ length: 26 * 60 }, (_, index) => (index % 7 === 3 ? null : 10 + ((index * 37) % 91)));
    const all = values.flatMap((value, index) => [
      sample(start + index * minute, value),
      sample(start + index * minute, 5, 'db'),
    ]);
    await add(all);
    for (const at of [4 * minute, 7 * minute, 59 * minute, 13 * hour, 26 * hour]) {
      now = start + at;
      await rollUps.make();
    }
    const web = (await of(hour)).filter(({ resource }) => resource === 'web');
    expect(web).toHaveLength(25);
    web.forEach((row, index) => {
      const own = values.slice(index * 60, index * 60 + 60);
      const known = own.filter((value) => value !== null);
      expect(row).toMatchObject({
        from_at: start + index * hour,
        count: known.length,
        failures: own.length - known.length,
        sum: known.reduce((sum, value) => sum + value, 0),
        min: Math.min(...known),
        max: Math.max(...known),
      });
    });
    expect((await of(300_000)).length).toBe(2 * 26 * 12 - 2 * 1);
    expect((await of(day)).map(({ resource, count, failures }) => [resource, count, failures])).toEqual([
      ['db', 1_440, 0],
      [
        'web',
        values.slice(0, 1_440).filter((value) => value !== null).length,
        values.slice(0, 1_440).filter((value) => value === null).length,
      ],
    ]);
    expect((await of(day, 'up')).map(({ count, sum }) => [count, sum])).toEqual([
      [1_440, 1_440],
      [1_440, values.slice(0, 1_440).filter((value) => value !== null).length],
    ]);
  });

  it('makes again what samples came too late for, and what was begun by one that was killed, without counting twice', async () => {
    await add([sample(start, 10), sample(start + 3 * hour, 10)]);
    now += 2 * day;
    const dies = { ...rawSources[0], first: () => Promise.reject(new Error('killed')) } as (typeof rawSources)[number];
    await rollUps.make();
    await expect(new RollUps(tables, { clock, sources: [dies] }).make()).rejects.toThrow('killed');
    await rollUps.make();
    await add([sample(start + 1, 30), sample(start + 5 * hour, 50)]);
    await rollUps.make();
    await rollUps.make();
    expect((await of(300_000)).map(({ from_at, count, sum }) => [from_at - start, count, sum])).toEqual([
      [0, 2, 40],
      [3 * hour, 1, 10],
      [5 * hour, 1, 50],
    ]);
    expect((await of(hour)).map(({ count, sum }) => [count, sum])).toEqual([
      [2, 40],
      [1, 10],
      [1, 50],
    ]);
    expect((await of(day)).map(({ count, sum, max }) => [count, sum, max])).toEqual([[4, 100, 50]]);
    expect(await tables.selectFrom('roll_up_due').selectAll().execute()).toEqual([]);
  });

  it('lets go of what is older than it is to keep, however much it is, but of nothing that is not rolled up or that a guarantee needs', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => start - 8 * day + index);
    await add([...many, start - minute, start].map((at) => sample(at)));
    await keeper().sweep();
    expect(await kept()).toHaveLength(1_202);
    await rollUps.make();
    await keeper(diskOf(tables), 2 ** 40, 30 * day).sweep();
    expect(await kept()).toHaveLength(1_202);
    await keeper().sweep();
    expect(await kept()).toEqual([start - minute, start]);
    await add([sample(start - 8 * day + 5_000, 9)]);
    await rollUps.make();
    expect((await of(300_000))[0]).toMatchObject({ count: 1_200 });
    now += 500 * day;
    await rollUps.make();
    await keeper().sweep();
    expect(await tables.selectFrom('roll_up').selectAll().execute()).toEqual([]);
  });

  it('keeps within its disk: the oldest samples go first, and are counted', async () => {
    const many = Array.from({ length: 6_000 }, (_, index) => sample(start + index * 1_000));
    await add(many);
    now += day;
    await rollUps.make();
    const before = await of(hour);
    let left = 6_000;
    const disk: Disk = {
      used: async () => (left = (await kept()).length),
      giveBack: () => Promise.resolve(),
    };
    const counted = async () => (await removedEarly.get()).values.reduce((sum, { value }) => sum + value, 0);
    const counter = await counted();
    await keeper(disk, 4_000).sweep();
    expect(left).toBeLessThanOrEqual(3_800);
    expect(left).toBeGreaterThan(0);
    expect((await kept())[0]).toBe(start + (6_000 - left) * 1_000);
    expect(await counted()).toBe(counter + 6_000 - left);
    expect(await of(hour)).toEqual(before);
  });

  it('measures its disk, which has room again when rows have gone', async () => {
    const disk = diskOf(tables);
    const empty = await disk.used();
    expect(empty).toBeGreaterThan(0);
    if (!name.startsWith('SQLite')) return;
    const pages = async () => (await diskPages(tables)) ?? 0;
    await add(Array.from({ length: 20_000 }, (_, index) => sample(start + index)));
    const [full, file] = [await disk.used(), await pages()];
    expect(full).toBeGreaterThan(empty + 1_000_000);
    await tables.deleteFrom('measurement').execute();
    expect(await disk.used()).toBeLessThan(full - 1_000_000);
    for (let again = 0; again < 10; again += 1) await disk.giveBack();
    expect(await pages()).toBeLessThan(file / 2);
  });

  it('tells what became of a metric: the same from roll-ups, from samples, and from both', async () => {
    const values = Array.from({ length: 3 * 60 }, (_, index) => (index % 11 === 5 ? null : 10 + ((index * 37) % 91)));
    await tables
      .insertInto('machine')
      .values({
        agreement: 'agreement',
        resource: 'web',
        item: 'web',
        placement: 'web-1',
        health: 'up',
        outage: 0,
        joined_at: 0,
        left_at: null,
      })
      .execute();
    await add(values.map((value, index) => sample(start + index * minute, value)));
    const desk = new HistoryDesk(tables, rawSources);
    const ask = async (step: number) =>
      await desk.answer({
        resource: 'web',
        metric: 'response_time',
        from: new Date(start).toISOString(),
        until: new Date(start + 3 * hour).toISOString(),
        step,
      });
    const [raw, rawHours] = [await ask(15 * minute), await ask(hour)];
    now += 2 * hour + 20 * minute;
    await rollUps.make();
    expect(await ask(15 * minute)).toEqual(raw);
    expect(await ask(hour)).toEqual(rawHours);
    if (!('series' in rawHours)) throw new Error(rawHours.problem);
    const [hours] = rawHours.series;
    const own = values
      .slice(0, 60)
      .filter((value) => value !== null)
      .sort((a, b) => a - b);
    expect(hours).toMatchObject({ source: 'probe' });
    expect(hours?.points[0]).toMatchObject({ count: own.length, failures: 60 - own.length, min: own[0], max: own.at(-1) });
    const p95 = own[Math.ceil(own.length * 0.95) - 1] ?? 0;
    expect(Math.abs((hours?.points[0]?.p95 ?? 0) - p95)).toBeLessThan(p95 * 0.011);
    expect(await ask(1_000)).toHaveProperty('problem');
  });
});

async function diskPages(tables: Kysely<MonitorTables>): Promise<number | undefined> {
  const { rows } = await sql.raw<{ page_count: number }>('PRAGMA page_count').execute(tables);
  return rows[0]?.page_count;
}
