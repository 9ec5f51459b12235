import { type Lease, release } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';

/** A call in hand: its lease, and how much of what happened to it the step in hand has seen. */
export class Hold {
  private letGo = false;

  constructor(
    private readonly lease: Lease,
    private readonly seen: number,
  ) {}

  /**
   * Takes away what the step has seen to, and gives the lease back, in one write: at best in the transaction of what the step comes to. Nothing
   * more after `settled`.
   */
  async settle(tables: Kysely<AgencyTables>): Promise<void> {
    if (this.letGo) return;
    await tables
      .updateTable('cfp')
      .set((set) => ({ due: set('due', '-', this.seen), lease_owner: null, lease_until: null }))
      .where('id', '=', this.lease.id)
      .where('epoch', '=', this.lease.epoch)
      .execute();
  }

  /** To be called when that is committed. */
  settled(): void {
    this.letGo = true;
  }

  /** Gives the lease back with all that is to be seen to: the step failed. */
  async abandon(tables: Kysely<AgencyTables>): Promise<void> {
    if (!this.letGo) await release(tables, 'cfp', this.lease);
  }
}
