import type { Clock, Log } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { Sample } from '../assessor/sample.js';
import type { MeasurementRow, MonitorTables } from '../store/tables.js';

const flushEveryMs = 1_000;
const sweepEveryMs = 60_000;
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

  /** Removes what is too old: in small portions, because each holds the event loop up. */
  async sweep(): Promise<void> {
    const { clock, keptFor, log } = this.options;
    const oldest = clock.now() - keptFor();
    try {
      while ((await this.removeOlder(oldest)) === rowsAtOnce) await setImmediate();
    } catch (error) {
      log.warn({ err: error }, 'Old measurements could not be removed; it is tried again in a minute');
    }
  }

  private async removeOlder(oldest: number): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM measurement WHERE (placement, probe, at) IN (
        SELECT placement, probe, at FROM measurement WHERE at < ${oldest} ORDER BY at LIMIT ${rowsAtOnce})`.execute(this.tables);
    return Number(numAffectedRows ?? 0);
  }
}
