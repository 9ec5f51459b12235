import type { Clock, Log } from '@cloud-agency/runtime';
import { type Lease, underLease } from '@cloud-agency/store';
import type { Kysely } from 'kysely';

export interface CarrierOptions<Tables> {
  /** Whose rows are carried; the log calls them so, too. */
  readonly table: string;
  /** Who holds the leases: this process. */
  readonly owner: string;
  readonly database: Kysely<Tables>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon the rows of a process that died are noticed, ms, once its leases have run out. */
const lookEveryMs = 2_000;

/**
 * Carries each row of a table from step to step until nothing is left to do on it: one step at a time for a row, all rows side by side.
 * After a crash it finds them in the store and goes on. What a step is, the heirs say.
 */
export abstract class Carrier<Tables> {
  protected stopped = false;
  private readonly carried = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, () => void>();
  /** Woken while a step was in hand: what that step read may be out of date. */
  private readonly nudged = new Set<string>();
  private stopLooking: (() => void) | undefined;

  constructor(private readonly carrying: CarrierOptions<Tables>) {}

  /** The rows on which there is something left to do. */
  protected abstract unfinished(): Promise<readonly string[]>;

  /**
   * Takes the next step of a row, under its lease. Returns how long to wait before the one after it, ms; undefined when there is nothing
   * left to do for now, or another process does it.
   */
  protected abstract step(id: string, lease: Lease): Promise<number | undefined>;

  start(): void {
    const look = (): void => {
      void this.resume();
    };
    this.stopLooking = this.carrying.clock.every(lookEveryMs, look);
    look();
  }

  /** There is something to do on this row: at once, whatever it was waiting for. */
  wake(id: string): void {
    if (this.stopped) return;
    if (this.carried.has(id)) {
      this.nudged.add(id);
      this.waiting.get(id)?.();
      return;
    }
    this.nudged.delete(id);
    const carrying = this.carry(id)
      .catch((error: unknown) => {
        const { table, log } = this.carrying;
        log.error({ [table]: id, err: error }, `A ${table} could not be carried on; it is tried again in a moment.`);
      })
      .finally(() => {
        this.carried.delete(id);
        if (this.nudged.has(id)) this.wake(id);
      });
    this.carried.set(id, carrying);
  }

  /** Ends every wait and returns once no step is in hand; the store remembers the rest. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopLooking?.();
    for (const end of this.waiting.values()) end();
    await Promise.all(this.carried.values());
  }

  private async resume(): Promise<void> {
    try {
      for (const id of await this.unfinished()) if (!this.carried.has(id)) this.wake(id);
    } catch (error) {
      const { table, log } = this.carrying;
      if (!this.stopped) log.error({ err: error }, `The ${table}s could not be read; they are read again in a moment.`);
    }
  }

  private async carry(id: string): Promise<void> {
    const { table, owner, database, clock, log } = this.carrying;
    const onError = (error: unknown): void => {
      log.warn({ [table]: id, err: error }, `The lease on a ${table} could not be renewed.`);
    };
    await underLease(database, table, id, { owner, clock, onError }, async (lease) => {
      while (!this.stopped && (await this.stepAndWait(id, lease)));
    });
  }

  private async stepAndWait(id: string, lease: Lease): Promise<boolean> {
    this.nudged.delete(id);
    const waitMs = await this.step(id, lease);
    if (waitMs === undefined) return false;
    if (waitMs > 0) await this.wait(id, waitMs);
    return true;
  }

  /** Cut short by `wake` and `stop`. */
  private async wait(id: string, ms: number): Promise<void> {
    if (this.stopped || this.nudged.has(id)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        callOff();
        this.waiting.delete(id);
        resolve();
      };
      const callOff = this.carrying.clock.after(ms, end);
      this.waiting.set(id, end);
    });
  }
}
