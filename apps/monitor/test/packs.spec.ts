/** Samples that are packed by series: whatever is read of them is what was taken in. */
import { openDatabase } from '@cloud-agency/store';
import { type Guarantee, parseCall } from '@cloud-agency/sla';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { takeInOrder } from '../src/archive/in-order.js';
import { metricSamples } from '../src/archive/metric-samples.js';
import { measuredIn } from '../src/archive/month-terms.js';
import { Packs, notePacked, packedUntil } from '../src/archive/packs.js';
import { goneTo, progressOf } from '../src/archive/progress.js';
import { removedUntil } from '../src/archive/roll-ups.js';
import { runsOf } from '../src/archive/runs.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { seriesId, writeSamples } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 10, 1);
const iso = (at: number): string => new Date(at).toISOString();

interface Given {
  readonly at: number;
  readonly series: number;
  readonly value: number;
}

const { call } = parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [{ of: web, http: "http://{address}/", every: 10 min, failures: 2 }]
guarantees:
  - { term: availability, of: web, at_least: 99 %, over: 1 d }
  - { term: availability, of: web, as: group, min_up: 1, at_least: 99 %, over: 1 d, missing: { as: fails, after: 20 min } }
  - { term: response_time, of: web, as: group, percentile: 90, at_most: 150 ms, over: 1 d, when: 'up >= 1' }
  - { term: expression, value: 'response_time / up', by: probe, of: web, at_most: 500, over: 1 d }
`);

describe.each(Object.entries(databases))('packs of samples, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let series: { readonly id: number; readonly resource: string; readonly metric: string }[];
  let now: number;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>({ ...database.place, shrinks: true }, monitorMigrations);
    series = [];
    for (const resource of ['a', 'b'])
      for (const metric of ['up', 'response_time']) {
        const name = { resource, metric, placement: `${resource}-1`, source: 'probe', meter: '0' } as const;
        series.push({ id: await tables.transaction().execute((one) => seriesId(one, name)), resource, metric });
      }
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });
  beforeEach(empty);

  async function empty(): Promise<void> {
    for (const table of ['metric_sample', 'pack', 'roll_up_due', 'archive_progress'] as const)
      await tables.deleteFrom(table).execute();
  }

  const packs = (most = 500_000): Packs => new Packs(tables, { clock: { now: () => now }, fence: () => Promise.resolve(), most });
  const id = (place: number): number => series[place]?.id ?? 0;
  const add = async (samples: readonly Given[]): Promise<void> => {
    await tables.transaction().execute(async (transaction) => {
      const rows = samples.map((sample) => ({ ...sample, detail: null, batch: 1 }));
      await writeSamples(transaction, rows);
      await notePacked(
        transaction,
        samples.map(({ at }) => at),
        now,
      );
    });
  };
  /** As whoever takes them sees them. */
  const read = async (from: number, until: number, ids = series.map((one) => one.id)): Promise<Given[]> => {
    const found: Given[] = [];
    for await (const runs of runsOf(tables, ids, { from, until }))
      await takeInOrder(runs.map((run) => ({ ...run, take: (at, value) => found.push({ at, series: run.series, value }) })));
    return found;
  };
  const raw = async (from: number, until: number): Promise<Given[]> =>
    await tables
      .selectFrom('metric_sample')
      .select(['at', 'series', 'value'])
      .where('at', '>=', from)
      .where('at', '<', until)
      .orderBy('at')
      .orderBy('series')
      .execute();
  const packed = async (): Promise<number> => (await tables.selectFrom('pack').select('series').execute()).length;
  const measured = async (until: number) => {
    const machines = ['a', 'b'].map((resource) => ({ resource, from: iso(begin + 10 * minute), until: null }));
    const terms = call.guarantees.map((guarantee: Guarantee, index) =>
      guarantee.scope.as === 'group'
        ? { index, resource: null, guarantee, machines }
        : { index, resource: 'a', guarantee, machines: machines.slice(0, 1) },
    );
    const pauses = [{ from: iso(begin + 3 * hour), until: iso(begin + 4 * hour) }];
    return (await measuredIn(tables, { from: iso(begin), until: iso(until), probes: [...call.probes], pauses, terms })).terms;
  };

  const time = fc.integer({ min: 0, max: 8 * hour }).map((after) => begin + after);
  const sample = fc.record({ at: time, place: fc.integer({ min: 0, max: 3 }), well: fc.boolean() });
  const samples = fc.uniqueArray(sample, {
    selector: ({ at, place }) => `${String(at)}/${String(place)}`,
    maxLength: 300,
    size: 'max',
  });
  const given = ({ at, place, well }: { at: number; place: number; well: boolean }): Given => ({
    ...{ at, series: id(place) },
    value: place % 2 === 0 ? Number(well) : (at % 200) + 0.125,
  });

  it('are what is there, whenever they are made, however many they are of, and whatever comes late or has gone', async () => {
    const asked = fc.record({
      ...{ all: samples, inTime: fc.double({ min: 0, max: 1, noNaN: true }), most: fc.integer({ min: 1, max: 200 }) },
      ...{ times: fc.array(time, { maxLength: 4 }), gone: time, one: time, other: time },
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ all, inTime, most, times, gone, one, other }) => {
        await empty();
        now = begin;
        const rows = all.map(given);
        const early = Math.ceil(rows.length * inTime);
        await add(rows.slice(0, early));
        const desk = packs(most);
        for (now of times) await desk.make();
        const before = await raw(begin, begin + 9 * hour);
        expect(await read(begin, begin + 9 * hour)).toEqual(before);
        await add(rows.slice(early));
        now = begin + 9 * hour;
        await desk.make();
        await packs(most).make();
        const [from, until] = [Math.min(one, other), Math.max(one, other)];
        expect(await read(from, until)).toEqual(await raw(from, until));
        await goneTo(tables, removedUntil(metricSamples.name), gone);
        await tables.deleteFrom('metric_sample').where('at', '<', gone).execute();
        await desk.forget();
        const left = await tables.selectFrom('pack').select('from_at').execute();
        expect(left.filter(({ from_at: at }) => at < gone)).toEqual([]);
        expect(await read(gone, begin + 9 * hour)).toEqual(await raw(gone, begin + 9 * hour));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('change nothing of what guarantees came to', async () => {
    await fc.assert(
      fc.asyncProperty(samples, time, fc.integer({ min: 1, max: 200 }), async (all, until, most) => {
        await empty();
        now = begin;
        await add(all.map(given));
        const whole = await measured(begin + 9 * hour);
        const part = await measured(until);
        now = begin + 10 * hour;
        await packs(most).make();
        expect(await measured(begin + 9 * hour)).toEqual(whole);
        expect(await measured(until)).toEqual(part);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  const everyMinute = (from: number, until: number): Given[] =>
    Array.from({ length: (until - from) / minute }, (__, place) => ({ at: from + place * minute, series: id(0), value: 1 }));

  it('are looked into instead of the samples, once no more of an hour may come', async () => {
    now = begin;
    await add(everyMinute(begin, begin + hour));
    now = begin + hour;
    await packs().make();
    expect(await packed()).toBe(0);
    now = begin + hour + 20 * minute;
    await packs().make();
    expect(await packed()).toBe(1);
    await tables.deleteFrom('metric_sample').execute();
    expect(await read(begin, begin + 2 * hour)).toHaveLength(60);
    expect(await read(begin, begin + 2 * hour, [id(1)])).toEqual([]);
  });

  it('are made before the hour is over where there is much to pack', async () => {
    now = begin;
    await add(everyMinute(begin, begin + 40 * minute));
    now = begin + 40 * minute;
    await packs(15).make();
    expect(await progressOf(tables, packedUntil)).toBe(begin + 20 * minute);
    await tables
      .deleteFrom('metric_sample')
      .where('at', '<', begin + 20 * minute)
      .execute();
    expect(await read(begin, begin + hour)).toHaveLength(40);
  });

  it('hold what was measured again after a clock that was ahead is set right', async () => {
    const desk = packs();
    now = begin;
    await add(everyMinute(begin, begin + 30 * minute));
    now = begin + 30 * hour;
    await desk.make();
    now = begin + 30 * minute;
    await add(everyMinute(begin + 30 * minute, begin + 45 * minute));
    await desk.make();
    now = begin + 5 * hour;
    await desk.make();
    expect(await read(begin, begin + hour)).toHaveLength(45);
  });

  it('that were begun and not ended are made anew', async () => {
    now = begin;
    await add(everyMinute(begin, begin + 2 * hour));
    now = begin + 3 * hour;
    const samplesOfNone = Buffer.from('no pack');
    await tables
      .insertInto('pack')
      .values({ series: id(0), from_at: begin + 7 * minute, samples: samplesOfNone })
      .execute();
    await packs().make();
    expect(await read(begin, begin + 2 * hour)).toHaveLength(120);
    expect(await packed()).toBe(2);
  });

  it('are made by no monitor that is off duty', async () => {
    now = begin + 3 * hour;
    await add(everyMinute(begin, begin + hour));
    const fence = () => Promise.reject(new Error('another monitor is on duty'));
    await expect(new Packs(tables, { clock: { now: () => now }, fence }).make()).rejects.toThrow('on duty');
    expect(await packed()).toBe(0);
  });
});
