import type { AppContext } from '@cloud-agency/runtime';
import type { Offer } from '@cloud-agency/sla';
import type { TakeOver } from '../assets/moving.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { parsed } from '../store/tables.js';
import { abandon, switchOver } from './carrying-out.js';
import { orderAgain, orderAll, type Undertaking } from './ordering.js';
import { arrivals, progressOf } from './progress.js';
import type { Rescue } from './rescue.js';
import { situationOf } from './situation.js';
import { moveTo, stillIn } from './states.js';

/** How soon what is under way is looked at again, ms; what is reported of it wakes it before. */
const lookAgainMs = 1_000;
/** How often machines that fail are sought elsewhere. */
const maxAttempts = 3;

/** Carries out what was accepted: everything new comes up beside what runs, and only when all of it is verified does it take over. */
export class Carrier {
  constructor(
    private readonly store: AgencyStore,
    private readonly context: AppContext,
    private readonly rescue: Rescue,
    private readonly takeOver: TakeOver,
  ) {}

  /** Nothing begins while something else changes the machines that are to go. */
  async begin(work: Work, id: string): Promise<void> {
    const row = await stillIn(work, id, 'accepted');
    const situation = row && (await situationOf(work.tables, row));
    if (!row || !situation) return;
    const moves = parsed(row.moves);
    const going = moves.flatMap((move) => (move.do === 'add' ? [] : [move.resource]));
    const isThere = (resource: string): boolean => situation.berths.some((berth) => berth.resource === resource);
    if (await isBusy(work, row.agreement, going)) await this.waitFor(work, row);
    else if (!going.every(isThere)) await moveTo(work, row, 'failed', 'a machine that was to go is gone already; ask again');
    else if (arrivals(moves).length === 0) await switchOver(work, { row, situation }, [], this.takeOver);
    else await orderAll(work, this.context.ids, { row, situation });
  }

  /** Machines that failed are sought elsewhere; that takes the vendors, so it is done before anything is written. */
  async carryOn(row: RenegotiationRow): Promise<void> {
    const { failed } = await progressOf(this.store.tables, row);
    const isOver = isLate(row, this.context.clock.now()) || row.attempts >= maxAttempts;
    const instead = failed.length > 0 && !isOver ? await this.rescue.offersFor(row, failed) : undefined;
    await this.store.work(async (work) => {
      const current = await stillIn(work, row.id, 'carrying-out');
      const situation = current && (await situationOf(work.tables, current));
      if (current && situation) await this.advance(work, { row: current, situation }, instead);
    });
  }

  private async advance(work: Work, undertaking: Undertaking, instead: ReadonlyMap<string, Offer> | undefined): Promise<void> {
    const { row } = undertaking;
    const { arrived, coming, failed } = await progressOf(work.tables, row);
    const isFound = failed.every(({ move }) => instead?.has(move.placement ?? ''));
    if (failed.length > 0 && !isFound) await abandon(work, row, failed.map(({ why }) => why).join('; '));
    else if (failed.length > 0 && instead) await orderAgain(work, this.context.ids, undertaking, instead);
    else if (coming.length === 0) await switchOver(work, undertaking, arrived, this.takeOver);
    else if (isLate(row, work.now)) await abandon(work, row, 'its machines did not all come up in time');
    else await lookAgain(work, row);
  }

  private async waitFor(work: Work, row: RenegotiationRow): Promise<void> {
    if (!isLate(row, work.now)) await lookAgain(work, row);
    else await moveTo(work, row, 'failed', 'other work on its machines did not come to an end; the agreement is as it was');
  }
}

const isLate = ({ deadline }: RenegotiationRow, now: number): boolean => deadline !== null && now > deadline;

async function lookAgain(work: Work, { id }: RenegotiationRow): Promise<void> {
  await work.tables
    .updateTable('renegotiation')
    .set({ next_at: work.now + lookAgainMs })
    .where('id', '=', id)
    .execute();
}

/** Whether another reaction changes the agreement's machines, or an operation one of those that are to go. */
async function isBusy(work: Work, agreement: string, going: readonly string[]): Promise<boolean> {
  const reacting = await work.tables
    .selectFrom('reaction')
    .select('id')
    .where('agreement', '=', agreement)
    .where('state', '=', 'begun')
    .where('action', '!=', 'renegotiate')
    .executeTakeFirst();
  if (reacting || going.length === 0) return reacting !== undefined;
  const operated = await work.tables
    .selectFrom('resource')
    .select('id')
    .where('id', 'in', going)
    .where('task', 'is not', null)
    .executeTakeFirst();
  return operated !== undefined;
}
