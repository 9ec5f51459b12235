import { type FailureReason, type Order, subjects } from '@cloud-agency/bus';
import { holds, type Lease, type OutboxSource, type Outgoing, post, serially } from '@cloud-agency/store';
import type { AgentTables, Database, PlacementRow, PlacementState } from './tables.js';
import type { Transaction } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
  readonly vendorCode: string | null;
}

/** A row with its documents read. */
export interface Placement extends Omit<PlacementRow, 'order' | 'failure' | 'cancelled' | 'orphaned'> {
  readonly order: Order | null;
  readonly failure: Failure | null;
  readonly cancelled: boolean;
  readonly orphaned: boolean;
}

/** What a step changes; whatever it leaves out stays. A new `state` also sets `since`. */
export interface Changes {
  readonly state?: PlacementState;
  readonly image?: string;
  readonly vendor_id?: string;
  readonly address?: string;
  readonly attempts?: number;
  readonly uncertain_since?: number | null;
  readonly failure?: Failure | null;
  readonly orphaned?: boolean;
}

/** What the agency was told of a machine that runs. */
export type Announcement = Pick<PlacementRow, 'announced_price' | 'retiring'>;

const unfinished: readonly PlacementState[] = ['requested', 'creating', 'building', 'deleting'];
const living: readonly PlacementState[] = [...unfinished, 'active'];
export const ended: readonly PlacementState[] = ['deleted', 'failed'];
const rowsAtOnce = 500;

/** The placements of all agents of this installation. */
export class Placements {
  private readonly changed = new Map<string, number>();

  constructor(
    readonly database: Database,
    private readonly source: OutboxSource,
    /** To be called after each commit that posted a message. */
    readonly wakeRelay: () => void,
  ) {}

  /** A number that is another one after each change of an agent's placements by this process. */
  changes(agent: string): number {
    return this.changed.get(agent) ?? 0;
  }

  /** To be called after each commit that changed one. */
  noteChange(agent: string): void {
    this.changed.set(agent, this.changes(agent) + 1);
  }

  /** Those of an agent on which there is something left to do. */
  async unfinished(agent: string): Promise<readonly string[]> {
    const rows = await this.database
      .selectFrom('placement')
      .select('id')
      .where('agent', '=', agent)
      .where((where) =>
        where.or([where('state', 'in', unfinished), where.and([where('state', '=', 'active'), where('cancelled', '=', 1)])]),
      )
      .orderBy('since')
      .execute();
    return rows.map((row) => row.id);
  }

  /** Those of an agent that have not ended; there may be a great many that have. */
  async living(agent: string): Promise<readonly Placement[]> {
    const rows = await this.database
      .selectFrom('placement')
      .selectAll()
      .where('agent', '=', agent)
      .where('state', 'in', living)
      .execute();
    return rows.map(placementOf);
  }

  /** Those of an agent among these, ended or not. */
  async among(agent: string, ids: readonly string[]): Promise<ReadonlyMap<string, Placement>> {
    const found = new Map<string, Placement>();
    for (let from = 0; from < ids.length; from += rowsAtOnce) {
      const some = ids.slice(from, from + rowsAtOnce);
      const rows = await this.database
        .selectFrom('placement')
        .selectAll()
        .where('agent', '=', agent)
        .where('id', 'in', some)
        .execute();
      for (const row of rows) found.set(row.id, placementOf(row));
    }
    return found;
  }

  /** The regions that an agent has ever ordered machines in, as far as is remembered. Reads every placement, with turns for all else in between. */
  async regions(agent: string): Promise<ReadonlySet<string>> {
    const regions = new Set<string>();
    for (let last: string | undefined = ''; last !== undefined;) {
      const rows: Pick<PlacementRow, 'id' | 'order'>[] = await this.database
        .selectFrom('placement')
        .select(['id', 'order'])
        .where('agent', '=', agent)
        .where('id', '>', last)
        .orderBy('id')
        .limit(rowsAtOnce)
        .execute();
      for (const region of regionsOf(rows)) regions.add(region);
      last = rows.at(-1)?.id;
      await nextTurn();
    }
    return regions;
  }

  /** The regions of those that have come to their state since then, ms. */
  async regionsSince(agent: string, since: number): Promise<readonly string[]> {
    const rows = await this.database
      .selectFrom('placement')
      .select('order')
      .where('agent', '=', agent)
      .where('since', '>=', since)
      .execute();
    return regionsOf(rows);
  }

  async load(id: string): Promise<Placement | undefined> {
    const row = await this.database.selectFrom('placement').selectAll().where('id', '=', id).executeTakeFirst();
    return row && placementOf(row);
  }

  /** Commits a step and what it has to say, together; false when the lease was lost and nothing was written. */
  async advance(lease: Lease, placement: Placement, changes: Changes, say: readonly Outgoing[]): Promise<boolean> {
    const written = await serially(this.database, async (transaction) => {
      if (!(await holds<AgentTables>(transaction, 'placement', lease))) return false;
      const columns = columnsOf(changes, this.source.clock.now());
      if (Object.keys(columns).length > 0)
        await transaction.updateTable('placement').set(columns).where('id', '=', placement.id).execute();
      for (const content of say) await this.say(transaction, placement, content);
      return true;
    });
    if (written) this.noteChange(placement.agent);
    if (written && say.length > 0) this.wakeRelay();
    return written;
  }

  /** The vendor will take the machine back: told once, however often it says so. */
  async noteEnding(placement: Pick<Placement, 'id' | 'agent' | 'conversation'>, report: Outgoing): Promise<void> {
    const first = await serially(this.database, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('placement')
        .set({ ending: 1 })
        .where('id', '=', placement.id)
        .where('ending', '=', 0)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) await this.say(transaction, placement, report);
      return numUpdatedRows > 0n;
    });
    if (first) this.wakeRelay();
  }

  /** The vendor asks another price for the machine, or gives up its size: told once. */
  async announce(placement: Placement, announcement: Announcement, report: Outgoing): Promise<void> {
    const news = await serially(this.database, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('placement')
        .set(announcement)
        .where('id', '=', placement.id)
        .where('state', '=', 'active')
        .where('retiring', '=', placement.retiring)
        .where('announced_price', placement.announced_price === null ? 'is' : '=', placement.announced_price)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) await this.say(transaction, placement, report);
      return numUpdatedRows > 0n;
    });
    if (news) this.noteChange(placement.agent);
    this.wakeRelay();
  }

  /** Told once each time, and only while the agency still wants the machine. @returns whether it was news. */
  async noteLost(placement: Pick<Placement, 'id' | 'agent' | 'conversation'>, lost: boolean, report: Outgoing): Promise<boolean> {
    const news = await serially(this.database, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('placement')
        .set({ lost: lost ? 1 : 0 })
        .where('id', '=', placement.id)
        .where('state', '=', 'active')
        .where('cancelled', '=', 0)
        .where('lost', '=', lost ? 0 : 1)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) await this.say(transaction, placement, report);
      return numUpdatedRows > 0n;
    });
    if (news) this.wakeRelay();
    return news;
  }

  /** A placement that has ended has a machine after all, which is to go. @returns false when it has not ended. */
  async reopen(placement: Pick<Placement, 'id' | 'agent'>, vendorId: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .updateTable('placement')
      .set({ state: 'deleting', vendor_id: vendorId, cancelled: 1, orphaned: 0, since: this.source.clock.now() })
      .where('id', '=', placement.id)
      .where('state', 'in', ended)
      .where('order', 'is not', null)
      .executeTakeFirst();
    this.noteChange(placement.agent);
    return numUpdatedRows > 0n;
  }

  async say(
    transaction: Transaction<AgentTables>,
    placement: { agent: string; conversation: string },
    content: Outgoing,
  ): Promise<void> {
    const { agent: sender, conversation } = placement;
    await post(transaction, this.source, { conversation, sender, subject: subjects.report, content });
  }
}

export function placementOf(row: PlacementRow): Placement {
  return {
    ...row,
    order: row.order === null ? null : (JSON.parse(row.order) as Order),
    failure: row.failure === null ? null : (JSON.parse(row.failure) as Failure),
    cancelled: row.cancelled === 1,
    orphaned: row.orphaned === 1,
  };
}

function columnsOf(changes: Changes, now: number): Partial<PlacementRow> {
  const { failure, orphaned, ...columns } = changes;
  return {
    ...columns,
    ...(changes.state === undefined ? {} : { since: now }),
    ...(failure === undefined ? {} : { failure: failure && JSON.stringify(failure) }),
    ...(orphaned === undefined ? {} : { orphaned: orphaned ? 1 : 0 }),
  };
}

const regionsOf = (rows: readonly Pick<PlacementRow, 'order'>[]): readonly string[] =>
  rows.flatMap(({ order }) => (order === null ? [] : [(JSON.parse(order) as Order).region]));
