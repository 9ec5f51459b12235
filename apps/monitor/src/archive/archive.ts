import type { Clock, Log } from '@cloud-agency/runtime';
import { serially } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import type { Sample } from '../assessor/sample.js';
import type { MeasurementRow, MonitorTables } from '../store/tables.js';
import { Batches } from './batches.js';
import { measurements } from './measurements.js';
import { noteLate } from './roll-ups.js';

export interface ArchiveOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps every measurement, written in batches about once a second; the keeper lets go of them. */
export class Archive {
  private readonly batches: Batches<MeasurementRow>;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: ArchiveOptions,
  ) {
    const { clock, log } = options;
    this.batches = new Batches({ clock, log, insert: (rows) => this.insert(rows) });
  }

  add(agreement: string, sample: Sample): void {
    this.batches.add({ ...sample, agreement, ok: sample.ok ? 1 : 0 });
  }

  /** Resolves once all that was added before is stored, or has been put off because the database did not take it. */
  async flush(): Promise<void> {
    await this.batches.flush();
  }

  async stop(): Promise<void> {
    await this.batches.stop();
  }

  private async insert(rows: readonly MeasurementRow[]): Promise<void> {
    await serially(this.tables, async (transaction) => {
      await transaction
        .insertInto('measurement')
        .values([...rows])
        .onConflict((conflict) => conflict.columns(['placement', 'probe', 'at']).doNothing())
        .execute();
      const times = rows.map(({ at }) => at);
      await noteLate(transaction, measurements.name, times, this.options.clock.now());
    });
  }
}
