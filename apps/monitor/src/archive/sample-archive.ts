import type { Clock, Log } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import { type CollectorSample, mostSamples, type Observation } from '../sensors/observation.js';
import type { MonitorTables, SampleRow } from '../store/tables.js';
import { Batches, removeInPortions } from './batches.js';

const sweepEveryMs = 60_000;
/** Those of sensors that are gone or ended go after this, ms. */
const keptMs = 7 * 24 * 3_600_000;
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

  /** Removes what is too much or too old. */
  async sweep(): Promise<void> {
    const { clock, log } = this.options;
    try {
      const sensors = await this.tables.selectFrom('observation').select('sensor').where('active', '=', 1).execute();
      for (const { sensor } of sensors) await this.thinOut(sensor);
      const oldest = clock.now() - keptMs;
      await removeInPortions(async (atMost) => {
        const { numAffectedRows } = await sql`
          DELETE FROM sample WHERE (collector, at) IN (
            SELECT collector, at FROM sample WHERE at < ${oldest} ORDER BY at LIMIT ${atMost})`.execute(this.tables);
        return numAffectedRows;
      });
    } catch (error) {
      log.warn({ err: error }, 'Old samples could not be removed; it is tried again in a minute');
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
    if (!first) return;
    await removeInPortions(async (atMost) => {
      const { numAffectedRows } = await sql`
        DELETE FROM sample WHERE (collector, at) IN (
          SELECT collector, at FROM sample WHERE sensor = ${sensor} AND at <= ${first.at} ORDER BY at LIMIT ${atMost})`.execute(
        this.tables,
      );
      return numAffectedRows;
    });
  }

  private async insert(rows: readonly SampleRow[]): Promise<void> {
    await this.tables
      .insertInto('sample')
      .values([...rows])
      .onConflict((conflict) => conflict.columns(['collector', 'at']).doNothing())
      .execute();
  }
}
