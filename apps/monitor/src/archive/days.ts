import type { DaysAnswer, DaysRequest } from '@cloud-agency/bus';
import { isoTime, type MonitoringSettings } from '@cloud-agency/runtime';
import { percentile, type Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { type Figures, figuresOf, merged, percentilesOf } from './figures.js';
import { measurements } from './measurements.js';
import { metricSamples } from './metric-samples.js';
import { progressOf } from './progress.js';
import { figuresIn } from './roll-up-rows.js';
import { made, removedUntil, steps } from './roll-ups.js';
import { runsOf } from './runs.js';
import { type KeptRollUps, stretchesOf } from './stretches.js';

type Measured = Omit<DaysAnswer['days'][number], 'day'>;

/** What is told of a day. */
const metrics = ['up', 'response_time'] as const;
/** Tables of probes of agreements; those of sensors are another matter. */
const origins = [metricSamples.name, measurements.name];

export interface DaysOptions {
  readonly now: number;
  readonly keep: MonitoringSettings['keep'];
}

/**
 * Reads what was measured by day: of the samples as far back as all of them are there, before that of their roll-ups, where percentiles are within
 * 1 %. Where what is asked for does not begin with an hour, the roll-up that it begins in counts whole.
 */
export async function daysOf(
  tables: Kysely<MonitorTables>,
  request: DaysRequest,
  { now, keep }: DaysOptions,
): Promise<DaysAnswer> {
  const since = now - Math.max(keep.raw, keep.rollUps);
  const [from, until] = [Math.max(Date.parse(request.from), since), Date.parse(request.until)];
  const archive = await archiveOf(tables, now - keep.fiveMinutes);
  const days: DaysAnswer['days'] = [];
  for (let begin = from; begin < until; begin = nextDay(begin)) {
    const on = new Map(request.resources.map((resource) => [resource, new Day(resource)]));
    await read(archive, { from: begin, until: Math.min(nextDay(begin), until) }, on);
    const day = isoTime(begin).slice(0, 10);
    for (const one of on.values()) if (one.probes > 0) days.push({ day, ...one.measured(request.ranks) });
  }
  return { since: isoTime(since), days };
}

interface Archive extends KeptRollUps {
  readonly tables: Kysely<MonitorTables>;
  /** All samples are there from then on. */
  readonly samplesFrom: number;
}

async function archiveOf(tables: Kysely<MonitorTables>, fineSince: number): Promise<Archive> {
  const progress = async (id: string) => (await progressOf(tables, id)) ?? 0;
  const gone = await progress(removedUntil(metricSamples.name));
  const [hours, days] = [await progress(made(steps.hour)), await progress(made(steps.day))];
  return {
    tables,
    // Samples go by portions, roll-ups are whole: from where both agree.
    samplesFrom: Math.ceil(gone / steps.fiveMinutes) * steps.fiveMinutes,
    made: (step) => (step === steps.day ? days : hours),
    finest: (at) => (at < fineSince ? steps.hour : steps.fiveMinutes),
  };
}

/** By resource. */
type Days = ReadonlyMap<string, Day>;

async function read(archive: Archive, part: Span, into: Days): Promise<void> {
  const middle = Math.max(part.from, Math.min(part.until, archive.samplesFrom));
  await readRollUps(archive, { from: part.from, until: middle }, into);
  await readSamples(archive.tables, { from: middle, until: part.until }, into);
}

async function readRollUps({ tables, ...kept }: Archive, span: Span, into: Days): Promise<void> {
  for (const { step, from, until } of stretchesOf(span, kept))
    for (const [resource, day] of into) {
      const rows = await tables
        .selectFrom('roll_up')
        .select(['metric', 'count', 'failures', 'sum', 'min', 'max', 'bins'])
        .where('step', '=', step)
        .where('resource', '=', resource)
        .where('from_at', '>=', from)
        .where('from_at', '<', until)
        .where('source', '=', 'probe')
        .where('metric', 'in', [...metrics])
        .where('origin', 'in', origins)
        .execute();
      for (const { metric, ...row } of rows) day.takeRollUp(metric, figuresIn(row));
      await nextTurn();
    }
}

async function readSamples(tables: Kysely<MonitorTables>, span: Span, into: Days): Promise<void> {
  const rows = await tables
    .selectFrom('series')
    .select(['id', 'resource', 'metric'])
    .where('resource', 'in', [...into.keys()])
    .where('source', '=', 'probe')
    .where('metric', 'in', [...metrics])
    .execute();
  const series = new Map(rows.map((row) => [row.id, row]));
  for await (const runs of runsOf(tables, [...series.keys()], span))
    for (const run of runs) {
      const { resource = '', metric = '' } = series.get(run.series) ?? {};
      const day = into.get(resource);
      for (const value of run.values) day?.take(metric, value);
    }
}

const nextDay = (at: number): number => (Math.floor(at / steps.day) + 1) * steps.day;

/** What is known of one machine on a day. */
class Day {
  probes = 0;
  private answered = 0;
  private readonly times: number[] = [];
  private readonly earlier: Figures[] = [];

  constructor(private readonly resource: string) {}

  take(metric: string, value: number): void {
    if (metric === 'response_time') {
      this.times.push(value);
      return;
    }
    this.probes += 1;
    this.answered += value;
  }

  takeRollUp(metric: string, figures: Figures): void {
    if (metric === 'response_time') {
      this.earlier.push(figures);
      return;
    }
    this.probes += figures.count;
    this.answered += figures.sum;
  }

  measured(ranks: readonly number[]): Measured {
    return { resource: this.resource, probes: this.probes, answered: this.answered, percentiles: this.percentiles(ranks) };
  }

  private percentiles(ranks: readonly number[]): (number | null)[] {
    if (this.earlier.length > 0) return [...percentilesOf(merged([...this.earlier, figuresOf(this.times, 0)]), ranks)];
    const ascending = [...Float64Array.from(this.times).sort()];
    return ranks.map((rank) => percentile(ascending, rank) ?? null);
  }
}
