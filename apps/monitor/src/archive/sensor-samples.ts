import { type Kysely, sql } from 'kysely';
import { sourceOf } from '../meters/registry.js';
import type { MonitorTables, SampleRow } from '../store/tables.js';
import { firstIn, portionOf } from './by-time.js';
import type { Asked, RawSample, RawSource } from './raw-source.js';

/** What is measured for the sensors of clients. */
export const sensorSamples: RawSource = {
  name: 'sample',
  first: (tables, from) => firstIn(tables, 'sample', from),
  portion: (tables, from, until, most) => portionOf(tables, 'sample', { from, until, most }),
  async read(tables, from, until) {
    return (await between(tables, from, until).select(columns).execute()).map(sampleIn);
  },
  async readOf(tables, { resource, metric, from, until }: Asked, most) {
    const rows = await between(tables, from, until)
      .select(columns)
      .where('resource', '=', resource)
      .where('metric', '=', metric)
      .orderBy('at', 'desc')
      .limit(most)
      .execute();
    return rows.map(sampleIn);
  },
  async remove(tables, before, most) {
    const { numAffectedRows } = await sql`
      DELETE FROM sample WHERE (collector, at) IN (
        SELECT collector, at FROM sample WHERE at < ${before} ORDER BY at LIMIT ${most})`.execute(tables);
    return Number(numAffectedRows ?? 0n);
  },
};

const columns = ['resource', 'metric', 'at', 'value'] as const;

function between(tables: Kysely<MonitorTables>, from: number, until: number) {
  return tables.selectFrom('sample').where('at', '>=', from).where('at', '<', until);
}

function sampleIn({ resource, metric, at, value }: Pick<SampleRow, (typeof columns)[number]>): RawSample {
  return { resource, placement: '', metric, source: sourceOf(metric), at, value };
}
