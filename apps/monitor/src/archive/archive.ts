import type { Clock, Log } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import type { Sample } from '../assessor/sample.js';
import type { MeasurementRow, MonitorTables } from '../store/tables.js';
import { Batches, removeInPortions } from './batches.js';

const sweepEveryMs = 60_000;

export interface ArchiveOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long measurements are kept, ms; asked at each sweep. */
  readonly keptFor: () => number;
}

/** Keeps every measurement, written in batches about once a second, for a bounded time. */
export class Archive {
  private readonly batches: Batches<MeasurementRow>;
  private readonly stopSweeping: () => void;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: ArchiveOptions,
  ) {
    const { clock, log } = options;
    this.batches = new Batches({ clock, log, insert: (rows) => this.insert(rows) });
    this.stopSweeping = clock.every(sweepEveryMs, () => void this.sweep());
  }

  add(agreement: string, sample: Sample): void {
    this.batches.add({ ...sample, agreement, ok: sample.ok ? 1 : 0 });
  }

  /** Resolves once all that was added before is stored, or has been put off because the database did not take it. */
  async flush(): Promise<void> {
    await this.batches.flush();
  }

  async stop(): Promise<void> {
    this.stopSweeping();
    await this.batches.stop();
  }

  private async insert(rows: readonly MeasurementRow[]): Promise<void> {
    await this.tables
      .insertInto('measurement')
      .values([...rows])
      .onConflict((conflict) => conflict.columns(['placement', 'probe', 'at']).doNothing())
      .execute();
  }

  /** Removes what is too old: in small portions, because each holds the event loop up. */
  async sweep(): Promise<void> {
    const { clock, keptFor, log } = this.options;
    const oldest = clock.now() - keptFor();
    try {
      await removeInPortions(async (atMost) => {
        const { numAffectedRows } = await sql`
          DELETE FROM measurement WHERE (placement, probe, at) IN (
            SELECT placement, probe, at FROM measurement WHERE at < ${oldest} ORDER BY at LIMIT ${atMost})`.execute(this.tables);
        return numAffectedRows;
      });
    } catch (error) {
      log.warn({ err: error }, 'Old measurements could not be removed; it is tried again in a minute');
    }
  }
}
