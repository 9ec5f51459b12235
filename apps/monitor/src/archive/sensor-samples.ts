import type { Kysely } from 'kysely';
import { sourceOf } from '../meters/registry.js';
import type { MonitorTables, SampleRow } from '../store/tables.js';
import { byTime } from './by-time.js';
import type { Asked, RawSample, RawSource } from './raw-source.js';

/** What is measured for the sensors of clients. */
export const sensorSamples: RawSource = {
  name: 'sample',
  ...byTime('sample', ['collector', 'at']),
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
};

const columns = ['resource', 'metric', 'at', 'value'] as const;

function between(tables: Kysely<MonitorTables>, from: number, until: number) {
  return tables.selectFrom('sample').where('at', '>=', from).where('at', '<', until);
}

function sampleIn({ resource, metric, at, value }: Pick<SampleRow, (typeof columns)[number]>): RawSample {
  return { resource, placement: '', metric, source: sourceOf(metric), at, value };
}
