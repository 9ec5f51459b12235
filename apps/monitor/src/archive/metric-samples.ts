import { type Kysely, sql } from 'kysely';
import type { MonitorTables } from '../store/tables.js';
import { firstIn, portionOf } from './by-time.js';
import type { RawSource } from './raw-source.js';

/** What was taken in of the machines of agreements, whoever measured it (docs/monitoring.md, Samples). */
export const metricSamples: RawSource = {
  name: 'metric_sample',
  first: (tables, from) => firstIn(tables, 'metric_sample', from),
  portion: (tables, from, until, most) => portionOf(tables, 'metric_sample', { from, until, most }),
  async read(tables, from, until) {
    return await between(tables, from, until).select(columns).execute();
  },
  async readOf(tables, { resource, metric, from, until }, most) {
    return await between(tables, from, until)
      .select(columns)
      .where('series.resource', '=', resource)
      .where('series.metric', '=', metric)
      .orderBy('metric_sample.at', 'desc')
      .limit(most)
      .execute();
  },
  /** A machine that answers with an error is there: what it says is its user's affair. */
  async signs(tables, from, until) {
    const rows = await between(tables, from, until)
      .select(['series.placement', 'metric_sample.at', 'metric_sample.value', 'metric_sample.detail'])
      .where('series.metric', '=', 'up')
      .where('series.source', '=', 'probe')
      .orderBy('series.placement')
      .orderBy('metric_sample.at')
      .execute();
    return rows.map(({ placement, at, value, detail }) => ({
      placement,
      at,
      answered: value === 1 || (detail?.startsWith('HTTP ') ?? false),
    }));
  },
  async remove(tables, before, most) {
    const { numAffectedRows } = await sql`
      DELETE FROM metric_sample WHERE (at, series) IN (
        SELECT at, series FROM metric_sample WHERE at < ${before} ORDER BY at LIMIT ${most})`.execute(tables);
    return Number(numAffectedRows ?? 0n);
  },
};

const columns = [
  'series.resource',
  'series.placement',
  'series.metric',
  'series.source',
  'metric_sample.at',
  'metric_sample.value',
] as const;

function between(tables: Kysely<MonitorTables>, from: number, until: number) {
  return tables
    .selectFrom('metric_sample')
    .innerJoin('series', 'series.id', 'metric_sample.series')
    .where('metric_sample.at', '>=', from)
    .where('metric_sample.at', '<', until);
}
