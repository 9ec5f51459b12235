import type { Clock, Log } from '@cloud-agency/runtime';
import { serially } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { type CollectorSample, mostSamples, type Observation } from '../sensors/observation.js';
import type { MonitorTables, SampleRow } from '../store/tables.js';
import { Batches, removeInPortions } from './batches.js';
import { goneTo, progressOf } from './progress.js';
import { noteLate, removedUntil, rolledUp } from './roll-ups.js';
import { sensorSamples } from './sensor-samples.js';

const sweepEveryMs = 60_000;
/** How far back a sensor that goes on after a restart looks, in periods: as far as what it keeps published. */
const periodsBack = 21;

/** Keeps the samples of sensors, the newest of each only, so that a sensor goes on after a restart where it was. */
export class SampleArchive {
  private readonly batches: Batches<SampleRow>;
  private readonly stopSweeping: () => void;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: { readonly clock: Clock; readonly log: Log },
  ) {
    this.batches = new Batches({ ...options, insert: (rows) => this.insert(rows) });
    this.stopSweeping = options.clock.every(sweepEveryMs, () => void this.sweep());
  }

  add(sensor: string, sample: CollectorSample): void {
    this.batches.add({ ...sample, sensor });
  }

  async flush(): Promise<void> {
    await this.batches.flush();
  }

  async stop(): Promise<void> {
    this.stopSweeping();
    await this.batches.stop();
  }

  /** What a sensor needs to go on, oldest first. */
  async recall({ sensor, from, period }: Pick<Observation, 'sensor' | 'from' | 'period'>): Promise<readonly CollectorSample[]> {
    const newest = await this.tables
      .selectFrom('sample')
      .select((select) => select.fn.max('at').as('at'))
      .where('sensor', '=', sensor)
      .executeTakeFirst();
    const since = Math.max(Date.parse(from), (newest?.at ?? 0) - periodsBack * period);
    const rows = await this.tables
      .selectFrom('sample')
      .select(['collector', 'resource', 'metric', 'at', 'value', 'unit', 'detail'])
      .where('sensor', '=', sensor)
      .where('at', '>=', since)
      .orderBy('at', 'desc')
      .limit(mostSamples)
      .execute();
    return rows.reverse();
  }

  /** Removes what is too much of one sensor, and rolled up. */
  async sweep(): Promise<void> {
    const { log } = this.options;
    try {
      const sensors = await this.tables.selectFrom('observation').select('sensor').where('active', '=', 1).execute();
      for (const { sensor } of sensors) await this.thinOut(sensor);
    } catch (error) {
      log.warn({ err: error }, 'Samples that are too many could not be removed; it is tried again in a minute');
    }
  }

  private async thinOut(sensor: string): Promise<void> {
    const first = await this.tables
      .selectFrom('sample')
      .select('at')
      .where('sensor', '=', sensor)
      .orderBy('at', 'desc')
      .offset(mostSamples)
      .limit(1)
      .executeTakeFirst();
    const rolled = (await progressOf(this.tables, rolledUp(sensorSamples.name))) ?? 0;
    if (!first || rolled === 0) return;
    const until = Math.min(first.at + 1, rolled);
    await goneTo(this.tables, removedUntil(sensorSamples.name), until);
    await removeInPortions(async (atMost) => {
      const { numAffectedRows } = await sql`
        DELETE FROM sample WHERE (collector, at) IN (
          SELECT collector, at FROM sample WHERE sensor = ${sensor} AND at < ${until} ORDER BY at LIMIT ${atMost})`.execute(
        this.tables,
      );
      return numAffectedRows;
    });
  }

  private async insert(rows: readonly SampleRow[]): Promise<void> {
    await serially(this.tables, async (transaction) => {
      await transaction
        .insertInto('sample')
        .values([...rows])
        .onConflict((conflict) => conflict.columns(['collector', 'at']).doNothing())
        .execute();
      const times = rows.map(({ at }) => at);
      await noteLate(transaction, sensorSamples.name, times, this.options.clock.now());
    });
  }
}
