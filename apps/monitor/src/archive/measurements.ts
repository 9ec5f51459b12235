import { type Kysely, sql } from 'kysely';
import type { MeasurementRow, MonitorTables } from '../store/tables.js';
import { firstIn, portionOf } from './by-time.js';
import type { Asked, RawSample, RawSource, Sign } from './raw-source.js';

/** The probes of agreements. One that failed has no response time, and says 0 of `up`. */
export const measurements: RawSource = {
  name: 'measurement',
  first: (tables, from) => firstIn(tables, 'measurement', from),
  portion: (tables, from, until, most) => portionOf(tables, 'measurement', { from, until, most }),
  async read(tables, from, until) {
    const rows = await between(tables, from, until).select(columns).execute();
    return rows.flatMap(samplesIn);
  },
  async readOf(tables, { resource, metric, from, until }: Asked, most) {
    const rows = await between(tables, from, until)
      .select(columns)
      // By the index that begins with the agreement.
      .where('agreement', 'in', (select) =>
        select.selectFrom('machine').select('agreement').where('machine.resource', '=', resource),
      )
      .where('resource', '=', resource)
      .orderBy('at', 'desc')
      .limit(most)
      .execute();
    return rows.flatMap(samplesIn).filter((sample) => sample.metric === metric);
  },
  async signs(tables, from, until) {
    const rows = await between(tables, from, until)
      .select(['placement', 'at', 'ok', 'detail'])
      .orderBy('placement')
      .orderBy('at')
      .execute();
    return rows.map(signIn);
  },
  async remove(tables, before, most) {
    const { numAffectedRows } = await sql`
      DELETE FROM measurement WHERE (placement, probe, at) IN (
        SELECT placement, probe, at FROM measurement WHERE at < ${before} ORDER BY at LIMIT ${most})`.execute(tables);
    return Number(numAffectedRows ?? 0n);
  },
};

const columns = ['resource', 'placement', 'at', 'ok', 'milliseconds'] as const;

function between(tables: Kysely<MonitorTables>, from: number, until: number) {
  return tables.selectFrom('measurement').where('at', '>=', from).where('at', '<', until);
}

function samplesIn({ resource, placement, at, ok, milliseconds }: Pick<MeasurementRow, (typeof columns)[number]>): RawSample[] {
  const common = { resource, placement, source: 'probe', at };
  return [
    { ...common, metric: 'up', value: ok },
    { ...common, metric: 'response_time', value: milliseconds },
  ];
}

/** A machine that answers with an error is there: what it says is its user's affair. */
function signIn({ placement, at, ok, detail }: Pick<MeasurementRow, 'placement' | 'at' | 'ok' | 'detail'>): Sign {
  return { placement, at, answered: ok === 1 || detail.startsWith('HTTP ') };
}
