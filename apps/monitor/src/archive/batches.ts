import { reasonOf } from '@cloud-agency/errors';
import { type Clock, type Log, Trouble } from '@cloud-agency/runtime';
import { setImmediate } from 'node:timers/promises';

const flushEveryMs = 1_000;
/** A statement holds the event loop up; so many rows at most go into one. */
export const rowsAtOnce = 500;
/** Should the database not take them, so many rows wait in memory; then the oldest go. */
const mostWaiting = 100_000;

export interface BatchesOptions<Row> {
  readonly clock: Clock;
  readonly log: Log;
  readonly insert: (rows: readonly Row[]) => Promise<void>;
}

/** Writes rows about once a second, in order. */
export class Batches<Row> {
  private waiting: Row[] = [];
  private writing: Promise<void> = Promise.resolve();
  private readonly stopFlushing: () => void;
  private readonly trouble: Trouble;

  constructor(private readonly options: BatchesOptions<Row>) {
    this.trouble = new Trouble(options.log);
    this.stopFlushing = options.clock.every(flushEveryMs, () => void this.flush());
  }

  add(row: Row): void {
    this.waiting.push(row);
  }

  /** Resolves once all that was added before is stored, or has been put off because the database did not take it. */
  async flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  async stop(): Promise<void> {
    this.stopFlushing();
    await this.flush();
  }

  private async write(): Promise<void> {
    const rows = this.waiting;
    this.waiting = [];
    try {
      while (rows.length > 0) {
        await this.options.insert(rows.slice(0, rowsAtOnce));
        rows.splice(0, rowsAtOnce);
      }
      this.trouble.isOver('Measurements are stored again');
    } catch (error) {
      this.waiting = [...rows, ...this.waiting].slice(-mostWaiting);
      this.trouble.is(reasonOf(error), 'Measurements could not be stored yet; they are kept and stored later', {
        err: error,
        waiting: this.waiting.length,
      });
    }
  }
}

/** Calls `remove` until it removed fewer rows than it may at once, and lets others have their turn in between. */
export async function removeInPortions(remove: (atMost: number) => Promise<bigint | undefined>): Promise<void> {
  while (Number((await remove(rowsAtOnce)) ?? 0n) === rowsAtOnce) await setImmediate();
}
