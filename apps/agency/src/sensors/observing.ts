import { type ObserveMessage, subjects } from '@cloud-agency/bus';
import { aggregators, categoryId, metrics, type Mixin, publishers } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import type { Work } from '../store/agency-store.js';
import type { SensorRow } from '../store/sensor-tables.js';
import { parsed } from '../store/tables.js';
import { holdSensors } from './holding.js';

/**
 * To be called in the unit of work in which computes begin to run or rest, get another address, or go: the sensors that measure them are
 * told anew. The collectors of a compute that is gone go with it, as links go with their resource (GFD.221).
 */
export async function refreshSensors(work: Work, computes: readonly string[]): Promise<void> {
  if (computes.length === 0) return;
  const found = await work.tables.selectFrom('collector').select('sensor').distinct().where('resource', 'in', computes).execute();
  if (found.length === 0) return;
  const sensors = await holdSensors(
    work,
    found.map(({ sensor }) => sensor),
  );
  const gone = work.tables.selectFrom('resource').select('id').where('id', 'in', computes).where('state', '=', 'deleted');
  await work.tables
    .deleteFrom('collector')
    .where('resource', 'in', computes)
    // A sensor can be deleted while a compute with a link to it is being put on disk.
    .where((where) =>
      where.or([where('resource', 'in', gone), sensors.length === 0 ? where.lit(true) : where('sensor', 'not in', sensors)]),
    )
    .execute();
  for (const sensor of sensors) await sendObservation(work, sensor);
}

/**
 * Tells the monitor what to measure for a sensor, as it is now. Always the whole, under a growing version, so that the latest message
 * replaces all before it. The sensor is held.
 */
export async function sendObservation(work: Work, sensorId: string): Promise<void> {
  const sensor = await nextVersion(work, sensorId);
  const mixins = parsed(sensor.mixins);
  await tell(work, sensor, {
    active: true,
    aggregators: terms(aggregators, mixins),
    publishers: terms(publishers, mixins),
    collectors: await collecting(work, sensorId),
  });
}

/** Tells the monitor that a sensor is no more. It is held. */
export async function endObservation(work: Work, sensorId: string): Promise<void> {
  const sensor = await nextVersion(work, sensorId);
  await tell(work, sensor, { active: false, aggregators: [], publishers: [], collectors: [] });
}

type Wanted = Pick<ObserveMessage, 'active' | 'aggregators' | 'publishers' | 'collectors'>;

async function tell(work: Work, { id, version, ...sensor }: SensorRow, wanted: Wanted): Promise<void> {
  const { from, until } = timesOf(sensor);
  await work.send({
    conversation: id,
    subject: subjects.observe,
    content: {
      performative: 'observe',
      sensor: id,
      version,
      period: sensor.period * 1_000,
      from: isoTime(from),
      until: until === null ? null : isoTime(until),
      ...wanted,
    },
  });
}

async function nextVersion(work: Work, sensorId: string): Promise<SensorRow> {
  return await work.tables
    .updateTable('sensor')
    .set((set) => ({ version: set('version', '+', 1) }))
    .where('id', '=', sensorId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** When a sensor begins and ends, ms; null: never. */
export function timesOf({ timebase, timestart, timestop }: Pick<SensorRow, 'timebase' | 'timestart' | 'timestop'>): {
  readonly from: number;
  readonly until: number | null;
} {
  return { from: timebase + timestart * 1_000, until: timestop === 0 ? null : timebase + timestop * 1_000 };
}

/** Those whose machine is to be up, as in `watched()` of agreements/watch.ts. */
async function collecting(work: Work, sensorId: string): Promise<ObserveMessage['collectors']> {
  const rows = await work.tables
    .selectFrom('collector')
    .innerJoin('resource', 'resource.id', 'collector.resource')
    .innerJoin('placement', 'placement.id', 'resource.placement')
    .select(['collector.id as collector', 'collector.metric as metric', 'collector.period as period'])
    .select(['collector.settings as settings', 'resource.id as resource'])
    .select(['placement.id as placement', 'placement.address as address'])
    .where('collector.sensor', '=', sensorId)
    .where('resource.state', 'in', ['active', 'error'])
    // What is stopped, or on its way somewhere, is not down.
    .where('resource.task', 'is', null)
    .orderBy('collector.created_at')
    .orderBy('collector.id')
    .execute();
  return rows.flatMap(({ address, metric, period, settings, ...row }) => {
    const [term] = terms(metrics, [metric]);
    if (address === null || term === undefined) return [];
    return [{ ...row, address, metric: term, every: period * 1_000, settings: parsed(settings) }];
  });
}

const terms = (of: readonly Mixin[], ids: readonly string[]): string[] =>
  of.filter((mixin) => ids.includes(categoryId(mixin))).map(({ term }) => term);
