import { type Kysely, sql, type Transaction } from 'kysely';
import { claim, type Lease, type LeasedRow, release } from './lease.js';

/** Table of duties, for an app's migrations: a row for each. */
export type DutyRow = LeasedRow & { id: string };

interface Shift {
  stop(): Promise<void> | void;
}

/**
 * Whether a shift still is on duty: to be asked in each transaction that writes for it. One that has stood still while another process was on duty is not,
 * nor when its process has been given the duty once more: what it knows is of before.
 */
export type IsOnDuty<T> = (transaction: Transaction<T>) => Promise<boolean>;

export interface DutyOptions<T> {
  /** Which duty of the table `duty` it is. */
  readonly id: string;
  readonly clock: { now(): number; every(ms: number, task: () => void): () => void };
  readonly onError: (error: unknown) => void;
  /** Who claims it. Where the store can have but one user this is always the same, so that a restart need not wait. */
  readonly owner: string;
  /** Starts the work; it is stopped when the duty is lost. */
  readonly begin: (isOnDuty: IsOnDuty<T>) => Promise<Shift> | Shift;
}

const renewEveryMs = 2_000;
const heldForMs = 6_000;

/** Work that one process at a time does, of any number that share a database: one is on duty, another takes over when it is gone. */
export class Duty<T> {
  private lease: Lease | undefined;
  private until = 0;
  private shift: Shift | undefined;
  /** Of the shift that goes on: the last claim that it rests on. */
  private current: { lease: Lease } | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private readonly stopRenewing: () => void;
  private isThere = false;

  constructor(
    private readonly tables: Kysely<T>,
    private readonly options: DutyOptions<T>,
  ) {
    this.stopRenewing = options.clock.every(renewEveryMs, () => void this.renew());
  }

  /** Resolves once the work has begun, or another process is known to do it. */
  async renew(): Promise<void> {
    this.renewing = this.renewing.then(() => this.tryRenewing());
    await this.renewing;
  }

  async stop(): Promise<void> {
    this.stopRenewing();
    await this.renewing;
    await this.endShift();
    if (this.lease) await release(this.tables, 'duty', this.lease);
  }

  private async tryRenewing(): Promise<void> {
    const { id, clock, onError, owner, begin } = this.options;
    const now = clock.now();
    try {
      await this.makeRow(id);
      const lease = await claim(this.tables, 'duty', id, { owner, now, forMs: heldForMs });
      if (!continues(this.lease, lease)) await this.endShift();
      this.lease = lease;
      if (!lease) return;
      this.until = now + heldForMs;
      if (this.current) this.current.lease = lease;
      this.shift ??= await begin(this.asLongAs(lease));
    } catch (error) {
      onError(error);
      if (clock.now() >= this.until) await this.endShift();
    }
  }

  /** Each renewal is a claim more. One may be there that this process has not heard of yet; one of another process in between makes it two. */
  private asLongAs(begun: Lease): IsOnDuty<T> {
    const shift = { lease: begun };
    this.current = shift;
    return async (transaction) => {
      const { id, owner, epoch } = shift.lease;
      const { rows } = await sql`
        SELECT id FROM duty WHERE id = ${id} AND lease_owner = ${owner} AND epoch <= ${epoch + 1}`.execute(transaction);
      return rows.length > 0;
    };
  }

  private async makeRow(id: string): Promise<void> {
    if (this.isThere) return;
    await sql`INSERT INTO duty (id, epoch) VALUES (${id}, 0) ON CONFLICT (id) DO NOTHING`.execute(this.tables);
    this.isThere = true;
  }

  private async endShift(): Promise<void> {
    const { shift } = this;
    this.shift = undefined;
    this.current = undefined;
    await shift?.stop();
  }
}

/** The epoch grows by one with each claim: a greater step means that another had the duty in between. */
const continues = (before: Lease | undefined, now: Lease | undefined): boolean =>
  before !== undefined && now?.epoch === before.epoch + 1;
