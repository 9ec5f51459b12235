import type { DaysAnswer } from '@cloud-agency/bus';
import { createLog, isoTime } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { daysOf } from '../src/archive/days.js';
import { diskOf } from '../src/archive/disk.js';
import { Keeper } from '../src/archive/keeper.js';
import { rawSources } from '../src/archive/raw-sources.js';
import { RollUps, steps } from '../src/archive/roll-ups.js';
import { stretchesOf } from '../src/archive/stretches.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { seriesId, writeSamples } from '../src/store/sample-log.js';
import type { MonitorTables } from '../src/store/tables.js';

const { hour, day, fiveMinutes } = steps;
const start = Date.UTC(2026, 2, 1);
const keep = { raw: 7 * day, fiveMinutes: 35 * day, rollUps: 400 * day };

describe('the roll-ups that cover a time', () => {
  const time = fc.integer({ min: 0, max: 5 * day });

  it('follow each other without a gap, whole, from what it begins in to what it ends in, and no longer than they are made', () => {
    fc.assert(
      fc.property(time, time, time, time, time, (one, other, hours, days, fineSince) => {
        const [from, until] = [Math.min(one, other), Math.max(one, other)];
        const made = (step: number): number => (step === day ? days : hours);
        const finest = (at: number): number => (at < fineSince ? hour : fiveMinutes);
        const stretches = stretchesOf({ from, until }, { made, finest });
        if (from === until) {
          expect(stretches).toEqual([]);
          return;
        }
        stretches.forEach((stretch, index) => {
          expect(stretch.from).toBe(stretches[index - 1]?.until ?? from - (from % stretch.step));
          expect([stretch.from % stretch.step, stretch.until % stretch.step]).toEqual([0, 0]);
          if (stretch.step === day) expect(stretch.until).toBeLessThanOrEqual(Math.min(days, until));
        });
        const last = stretches.at(-1)!;
        expect(last.until).toBeGreaterThanOrEqual(until);
        expect(last.until - until).toBeLessThan(last.step);
      }),
    );
  });

  it('are days where these fit in whole', () => {
    const span = { from: 23 * hour + 55 * 60_000, until: 3 * day + hour };
    expect(stretchesOf(span, { made: () => Infinity, finest: () => fiveMinutes })).toEqual([
      { step: fiveMinutes, from: span.from, until: day },
      { step: day, from: day, until: 3 * day },
      { step: hour, from: 3 * day, until: span.until },
    ]);
  });
});

describe.each(Object.entries(databases))('the days of a report, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<MonitorTables>;
  let now = start;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<MonitorTables>({ ...database.place, shrinks: true }, monitorMigrations);
    await probe();
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  /** Every ten minutes for two days, with an hour in which nothing answered. */
  const probe = async (): Promise<void> => {
    const times = Array.from({ length: (2 * day) / 600_000 }, (__, index) => start + index * 600_000);
    await tables.transaction().execute(async (transaction) => {
      const name = { resource: 'web', placement: 'web-1', source: 'probe', meter: '' } as const;
      const up = await seriesId(transaction, { ...name, metric: 'up' });
      const time = await seriesId(transaction, { ...name, metric: 'response_time' });
      const isUp = (at: number): boolean => at < start + 30 * hour || at >= start + 31 * hour;
      const rows = times.flatMap((at, index) => [
        { at, series: up, value: isUp(at) ? 1 : 0, detail: null, batch: 1 },
        ...(isUp(at) ? [{ at, series: time, value: 10 + ((index * 37) % 91), detail: null, batch: 1 }] : []),
      ]);
      await writeSamples(transaction, rows);
    });
  };
  const days = async (from: number, until: number): Promise<DaysAnswer> => {
    const request = { agreement: 'a', resources: ['web'], from: isoTime(from), until: isoTime(until), ranks: [50, 95] };
    return await daysOf(tables, request, { now, keep });
  };
  const passes = async (time: number): Promise<void> => {
    now = start + time;
    const clock = { now: () => now, after: () => () => undefined, every: () => () => undefined };
    await new RollUps(tables, { clock, sources: rawSources }).make();
    const log = createLog('monitor', 'silent');
    const settings = { keep, diskAtMost: 2 ** 40 };
    await new Keeper(tables, { clock, log, settings, sources: rawSources, disk: diskOf(tables), reach: () => 0 }).sweep();
  };
  const remaining = async (): Promise<number> => (await tables.selectFrom('metric_sample').select('at').execute()).length;
  const counts = ({ days: all }: DaysAnswer) => all.map(({ probes, answered }) => [probes, answered]);
  const percentiles = ({ days: all }: DaysAnswer) => all.flatMap((one) => one.percentiles.map((value) => value ?? 0));

  it('are those of the samples, and of their roll-ups when these have gone: for a whole month and longer', async () => {
    await passes(2 * day + hour);
    const whole = await days(start, start + 31 * day);
    const cut = await days(start + 10 * hour, start + 2 * day);
    expect(whole.days.map(({ day: on, probes, answered }) => [on, probes, answered])).toEqual([
      ['2026-03-01', 144, 144],
      ['2026-03-02', 144, 138],
    ]);
    expect(cut.days.map(({ probes }) => probes)).toEqual([84, 144]);
    const before = await remaining();
    for (const time of [8 * day + 5 * hour + 60_000, 20 * day, 60 * day]) {
      await passes(time);
      expect(await remaining()).toBeLessThan(before);
      const later = await days(start, start + 31 * day);
      expect(counts(later)).toEqual(counts(whole));
      const exact = percentiles(whole);
      percentiles(later).forEach((value, index) => {
        expect(Math.abs(value / (exact[index] ?? 0) - 1)).toBeLessThanOrEqual(0.01);
      });
      expect((await days(start + 10 * hour, start + 2 * day)).days.map(({ probes }) => probes)).toEqual([84, 144]);
    }
    expect(await remaining()).toBe(0);
    expect(Date.parse((await days(start, start + day)).since)).toBe(now - keep.rollUps);
  });
});
