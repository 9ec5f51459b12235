import type { Clock, Log } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { Sample } from '../assessor/sample.js';
import type { MeasurementRow, MonitorTables } from '../store/tables.js';

const flushEveryMs = 1_000;
const sweepEveryMs = 3_600_000;
const rowsAtOnce = 500;
/** Should the database not take them, so many measurements wait in memory; then the oldest go. */
const mostWaiting = 100_000;

export interface ArchiveOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long measurements are kept, ms; asked at each sweep. */
  readonly keptFor: () => number;
}

/** Keeps every measurement, written in batches about once a second, for a bounded time. */
export class Archive {
  private waiting: MeasurementRow[] = [];
  private writing: Promise<void> = Promise.resolve();
  private readonly endings: (() => void)[];

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: ArchiveOptions,
  ) {
    const { clock } = options;
    this.endings = [clock.every(flushEveryMs, () => void this.flush()), clock.every(sweepEveryMs, () => void this.sweep())];
  }

  add(agreement: string, sample: Sample): void {
    this.waiting.push({ ...sample, agreement, ok: sample.ok ? 1 : 0 });
  }

  /** Resolves once all that was added before is stored, or has been put off because the database did not take it. */
  async flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  async stop(): Promise<void> {
    for (const end of this.endings) end();
    await this.flush();
  }

  private async write(): Promise<void> {
    const rows = this.waiting;
    this.waiting = [];
    try {
      while (rows.length > 0) {
        await this.insert(rows.slice(0, rowsAtOnce));
        rows.splice(0, rowsAtOnce);
      }
    } catch (error) {
      this.waiting = [...rows, ...this.waiting].slice(-mostWaiting);
      this.options.log.warn(
        { err: error, waiting: this.waiting.length },
        'Measurements could not be stored yet; they are kept and stored later',
      );
    }
  }

  private async insert(rows: readonly MeasurementRow[]): Promise<void> {
    await this.tables
      .insertInto('measurement')
      .values([...rows])
      .onConflict((conflict) => conflict.columns(['placement', 'probe', 'at']).doNothing())
      .execute();
  }

  private async sweep(): Promise<void> {
    const { clock, keptFor, log } = this.options;
    try {
      await this.tables
        .deleteFrom('measurement')
        .where('at', '<', clock.now() - keptFor())
        .execute();
    } catch (error) {
      log.warn({ err: error }, 'Old measurements could not be removed; it is tried again in an hour');
    }
  }
}
