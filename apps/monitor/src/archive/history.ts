import { grouped } from '@cloud-agency/sla';
import { type History, type HistoryRefusal, type HistoryRequest, mostPoints } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';
import { type Figures, figuresOf, merged, percentilesOf } from './figures.js';
import { progressOf } from './progress.js';
import type { Asked, RawSample, RawSource } from './raw-source.js';
import { beginning, made, rolledUp, steps } from './roll-ups.js';
import { figuresIn } from './roll-up-rows.js';

/** What is not rolled up yet is made of samples, of the newest so many; and so many roll-ups at most go into an answer. */
const mostSamples = 20_000;
const mostRollUps = 20_000;
const usualPoints = 120;

interface Part {
  readonly source: string;
  readonly at: number;
  readonly figures: Figures;
}

/** Answers what became of a metric of a resource: of roll-ups as far as there are, then of the samples themselves. */
export class HistoryDesk {
  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly sources: readonly RawSource[],
  ) {}

  async answer(request: HistoryRequest): Promise<History | HistoryRefusal> {
    const { resource, metric } = request;
    const [from, until] = [Date.parse(request.from), Date.parse(request.until)];
    if (!(from < until)) return { problem: 'from must be a time before until.' };
    const step = request.step ?? usualStep(until - from);
    const points = Math.ceil((until - from) / step);
    if (points > mostPoints)
      return {
        problem: `That would be ${points} points, and an answer has ${mostPoints} at most: ask for a longer step or less time.`,
      };
    const begun = beginning(from, step);
    const parts = await this.parts({ resource, metric, from: begun, until }, step);
    const series = [...grouped(parts, ({ source }) => source)].map(([source, own]) => ({
      source,
      points: pointsOf(own, step),
    }));
    return { resource, metric, step, series: series.sort((a, b) => (a.source < b.source ? -1 : 1)) };
  }

  private async parts(asked: Asked, step: number): Promise<readonly Part[]> {
    const all: Part[] = [];
    let from = asked.from;
    for (const { of, until } of await this.stretches(step)) {
      const end = Math.min(asked.until, until);
      if (end <= from) continue;
      all.push(...(await this.rollUps({ ...asked, from, until: end }, of)));
      from = end;
    }
    for (const source of this.sources) all.push(...(await this.samples(source, asked, step)));
    return all;
  }

  /** The roll-ups that make up steps of this length, and how far each goes. */
  private async stretches(step: number): Promise<readonly { readonly of: number; readonly until: number }[]> {
    const usable = [steps.day, steps.hour, steps.fiveMinutes].filter((of) => step % of === 0);
    return await Promise.all(
      usable.map(async (of) => ({
        of,
        until: of === steps.fiveMinutes ? Infinity : ((await progressOf(this.tables, made(of))) ?? 0),
      })),
    );
  }

  private async rollUps({ resource, metric, from, until }: Asked, of: number): Promise<readonly Part[]> {
    const rows = await this.tables
      .selectFrom('roll_up')
      .selectAll()
      .where('step', '=', of)
      .where('resource', '=', resource)
      .where('metric', '=', metric)
      .where('from_at', '>=', from)
      .where('from_at', '<', until)
      .orderBy('from_at', 'desc')
      .limit(mostRollUps)
      .execute();
    return rows.map((row) => ({ source: row.source, at: row.from_at, figures: figuresIn(row) }));
  }

  /** What is not rolled up yet; for a step that no roll-up fits into all of it. */
  private async samples(source: RawSource, asked: Asked, step: number): Promise<readonly Part[]> {
    const done = step % steps.fiveMinutes === 0 ? ((await progressOf(this.tables, rolledUp(source.name))) ?? 0) : 0;
    const from = Math.max(asked.from, done);
    if (from >= asked.until) return [];
    const samples = await source.readOf(this.tables, { ...asked, from }, mostSamples);
    const parts = grouped(samples, (sample) => `${sample.source} ${beginning(sample.at, step)}`);
    return [...parts.values()].flatMap((own) =>
      own.slice(0, 1).map(({ source: by, at }) => ({ source: by, at, figures: together(own) })),
    );
  }
}

function together(samples: readonly RawSample[]): Figures {
  const values = samples.flatMap(({ value }) => value ?? []);
  return figuresOf(values, samples.length - values.length);
}

function usualStep(length: number): number {
  const wanted = length / usualPoints;
  const known = [1_000, 10_000, 60_000, steps.fiveMinutes, 3 * steps.fiveMinutes, steps.hour, 6 * steps.hour, steps.day];
  return known.find((step) => step >= wanted) ?? beginning(wanted, steps.day) + steps.day;
}

function pointsOf(parts: readonly Part[], step: number): History['series'][number]['points'] {
  const byTime = [...grouped(parts, ({ at }) => beginning(at, step))].sort(([a], [b]) => a - b);
  return byTime.map(([from, own]) => {
    const figures = merged(own.map((part) => part.figures));
    const [p50 = null, p95 = null, p99 = null] = percentilesOf(figures, [50, 95, 99]);
    const { count, failures, sum, min, max } = figures;
    return { from: isoTime(from), count, failures, mean: count === 0 ? null : sum / count, min, max, p50, p95, p99 };
  });
}
