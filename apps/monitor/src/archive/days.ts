import type { DaysAnswer, DaysRequest } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { percentile } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';

type Measured = Omit<DaysAnswer['days'][number], 'day'>;

const dayMs = 24 * 3_600_000;
/** A statement holds the event loop up: so much time is read by one. */
const atOnceMs = 3_600_000;

/** Reads what was measured by day from the samples that are kept. */
export async function daysOf(tables: Kysely<MonitorTables>, request: DaysRequest, keptSince: number): Promise<DaysAnswer> {
  const [from, until] = [Math.max(Date.parse(request.from), keptSince), Date.parse(request.until)];
  const days: DaysAnswer['days'] = [];
  for (const resource of request.resources)
    for (let begin = from; begin < until; begin = nextDay(begin)) {
      const day = new Day(resource);
      await read(tables, { resource, from: begin, until: Math.min(nextDay(begin), until) }, day);
      if (day.probes > 0) days.push({ day: isoTime(begin).slice(0, 10), ...day.measured(request.ranks) });
    }
  return { since: isoTime(keptSince), days };
}

interface Part {
  readonly resource: string;
  readonly from: number;
  readonly until: number;
}

async function read(tables: Kysely<MonitorTables>, { resource, from, until }: Part, into: Day): Promise<void> {
  for (let begin = from; begin < until; begin += atOnceMs) {
    const rows = await tables
      .selectFrom('metric_sample')
      .innerJoin('series', 'series.id', 'metric_sample.series')
      .select(['series.metric', 'metric_sample.value'])
      .where('series.resource', '=', resource)
      .where('series.source', '=', 'probe')
      .where('series.metric', 'in', ['up', 'response_time'])
      .where('metric_sample.at', '>=', begin)
      .where('metric_sample.at', '<', Math.min(begin + atOnceMs, until))
      .execute();
    for (const { metric, value } of rows) into.take(metric, value);
    await nextTurn();
  }
}

const nextDay = (at: number): number => (Math.floor(at / dayMs) + 1) * dayMs;

/** What is known of one machine on a day. */
class Day {
  probes = 0;
  private answered = 0;
  private readonly times: number[] = [];

  constructor(private readonly resource: string) {}

  take(metric: string, value: number): void {
    if (metric === 'response_time') {
      this.times.push(value);
      return;
    }
    this.probes += 1;
    this.answered += value;
  }

  measured(ranks: readonly number[]): Measured {
    const ascending = [...Float64Array.from(this.times).sort()];
    return {
      resource: this.resource,
      probes: this.probes,
      answered: this.answered,
      percentiles: ranks.map((rank) => percentile(ascending, rank) ?? null),
    };
  }
}
