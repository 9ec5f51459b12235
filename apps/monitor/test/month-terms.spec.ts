/** What the guarantees of a report came to over a month, by the samples that the archive holds. */
import { openDatabase } from '@cloud-agency/store';
import { type Guarantee, parseCall } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { measuredIn } from '../src/archive/month-terms.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { seriesId, type SeriesName, writeSamples } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 10, 1);
const end = Date.UTC(2026, 11, 1);
const iso = (at: number): string => new Date(at).toISOString();

const { call } = parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [{ of: web, http: "http://{address}/", every: 10 min, failures: 1 }]
guarantees:
  - { term: availability, of: web, at_least: 99 %, over: 1 d }
  - { term: availability, of: web, as: group, min_up: 1, at_least: 99 %, over: 1 d }
  - { term: availability, counted: requests, by: probe, of: web, at_least: 99 %, over: 1 d }
  - { term: response_time, of: web, percentile: 90, at_most: 150 ms, over: 1 d }
  - { term: cpu_utilisation, of: web, at_least: 5 %, at_most: 80 %, over: 1 d }
  - { term: throughput, of: web, as: group, at_least: 1 /h, over: 1 d }
  - { term: error_rate, of: web, as: group, at_most: 20 %, over: 1 d }
  - { term: metric, metric: queue, statistic: maximum, of: web, at_most: 50, over: 1 d }
  - { term: metric, metric: queue, statistic: count, of: web, at_most: 1000, over: 1 d }
  - { term: expression, value: 'errors / requests', of: web, at_most: 0.5, over: 1 d }
  - { term: response_time, of: web, percentile: 90, at_most: 150 ms, over: 1 d, slices: { each: 1 h, at_least: 50 % } }
  - { term: response_time, of: web, statistic: mean, at_most: 150 ms, over: 1 d, during: '00:00-06:00' }
`);

describe('what guarantees came to over a month', () => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;

  beforeAll(async () => {
    const open = databases['SQLite (libsql)'];
    if (!open) throw new Error('no database');
    database = await open();
    tables = await openDatabase<MonitorTables>({ ...database.place, shrinks: true }, monitorMigrations);
    // Every hour two machines are looked at. a: down on the 2nd from 00:00 to 06:00, slow from 12:00 on each day. b: always well, there since the 16th.
    await add({ ...series('a', 'up'), source: 'probe', meter: '0' }, (at) => Number(!isDown(at)), 10 * minute);
    await add({ ...series('a', 'response_time'), source: 'probe', meter: '0' }, (at) => (isSlow(at) ? 200 : 100));
    await add({ ...series('b', 'up'), source: 'probe', meter: '0' }, (at) => (at >= middle ? 1 : undefined), 10 * minute);
    await add({ ...series('a', 'cpu_utilisation'), source: 'vendor' }, (at) => (at < middle ? 0.2 : 0.6));
    await add(series('a', 'requests'), (at) => ((at - begin) / hour) * 10);
    await add(series('a', 'errors'), (at) => (at - begin) / hour);
    await add(series('a', 'queue'), (at) => (at === begin + 77 * hour ? 60 : 1));
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  const middle = Date.UTC(2026, 10, 16);
  const isDown = (at: number): boolean => at >= begin + 24 * hour && at < begin + 30 * hour;
  const isSlow = (at: number): boolean => new Date(at).getUTCHours() >= 12;
  const series = (resource: string, metric: string): SeriesName => ({
    ...{ resource, metric, placement: `${resource}-1`, source: 'resource', meter: '' },
  });

  async function add(name: SeriesName, value: (at: number) => number | undefined, every = hour): Promise<void> {
    await tables.transaction().execute(async (transaction) => {
      const id = await seriesId(transaction, name);
      const rows = [];
      for (let at = begin; at < end; at += every) {
        const measured = value(at);
        if (measured !== undefined) rows.push({ at, series: id, value: measured, detail: null, batch: 1 });
      }
      await writeSamples(transaction, rows);
    });
  }

  const machines = [
    { resource: 'a', from: iso(begin), until: null },
    { resource: 'b', from: iso(middle), until: null },
  ];
  const ask = async (index: number, resource: string | null, until = end, keptSince = begin) => {
    const guarantee = call.guarantees[index] as Guarantee;
    const own = machines.filter((machine) => resource === null || machine.resource === resource);
    const terms = [{ index, resource, guarantee, machines: own }];
    const asked = { from: iso(begin), until: iso(until), probes: [...call.probes], pauses: [], terms };
    return (await measuredIn(tables, asked, keptSince)).terms[0];
  };

  it.each<[string, number, string | null, number, number | null]>([
    ['availability by time, of a machine', 0, 'a', (1 - 6 / 720) * 100, 6 / 7.2],
    ['that of one that came later, over its own time', 0, 'b', 100, 0],
    ['that of a group, which is down while none is up', 1, null, (1 - 6 / 720) * 100, 6 / 7.2],
    ['availability by probes', 2, 'a', (1 - 36 / 4320) * 100, 36 / 43.2],
    ['utilisation', 4, 'a', 40, null],
    ['a throughput', 5, null, 10 / 3600, null],
    ['an error rate', 6, null, 10, 0.5],
    ['an extreme', 7, 'a', 60, null],
    ['a count', 8, 'a', 720, null],
    ['an expression', 9, 'a', 0.1, null],
    ['slices of time', 10, 'a', (360 / 719) * 100, 359 / 359.5],
    ['a mean in its hours', 11, 'a', 100, null],
  ])('is told of %s', async (_, index, resource, measured, spent) => {
    const found = await ask(index, resource);
    expect(found?.measured).toBeCloseTo(measured, 4);
    if (spent === null) expect(found?.spent).toBeNull();
    else expect(found?.spent).toBeCloseTo(spent, 4);
  });

  it('is told of a percentile, within 1 %', async () => {
    const found = await ask(3, 'a');
    expect(Math.abs((found?.measured ?? 0) / 200 - 1)).toBeLessThan(0.01);
    expect(found?.spent).toBeCloseTo(360 / 72, 6);
  });

  it('speaks of what has gone by of a month that goes on, against what the whole month allows', async () => {
    const found = await ask(0, 'a', begin + 60 * hour);
    expect(found?.measured).toBeCloseTo(90, 6);
    expect(found?.spent).toBeCloseTo(6 / 7.2, 6);
  });

  it('is nothing where nothing was measured', async () => {
    expect(await ask(4, 'b')).toEqual({ index: 4, resource: 'b', measured: null, spent: null });
    expect(await ask(0, 'a', end, end + hour)).toBeUndefined();
  });
});
