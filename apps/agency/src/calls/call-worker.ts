import type { AppContext } from '@cloud-agency/runtime';
import { keep } from '@cloud-agency/store';
import { sql } from 'kysely';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { closeOpenProposals } from '../agreements/open-proposals.js';
import { isFree, keepingOf } from '../store/leases.js';
import { Overtaken } from '../store/overtaken.js';
import type { CfpRow } from '../store/tables.js';
import { WorkLoop } from '../store/work-loop.js';
import { moveTo } from './cfp-state.js';
import { Hold } from './hold.js';
import type { Negotiator } from './negotiator.js';
import type { Provisioner } from './provisioner.js';

/** Calls in hand at once. */
export const widest = 64;

/**
 * Moves each call on from state to state. `due` counts what happened to a call; a step that has seen the n-th takes n away when it is
 * done, so that what happens meanwhile is seen to next, and a crash in between repeats the step.
 */
export class CallWorker {
  private readonly loop: WorkLoop;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: AppContext,
    /** Who holds the leases: one name for all starts of an embedded Agency, so that a restart goes on at once. */
    private readonly owner: string,
    private readonly negotiator: Negotiator,
    private readonly provisioner: Provisioner,
    /** Whether the vendor agents that this Agency starts with are there: before, every call would look as if nobody wanted it. */
    private readonly vendorsAreThere: () => boolean,
    /** How many calls may be in hand at once, now. */
    room: () => number = () => widest,
  ) {
    this.loop = new WorkLoop(store, context, {
      name: 'call for proposals',
      reads: ['cfp', 'vendor'],
      due: (now) => this.due(now),
      step: (id) => this.step(id),
      width: room,
    });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async due(now: number): Promise<readonly string[]> {
    if (!this.vendorsAreThere()) return [];
    const ids = this.store.tables.selectFrom('cfp').select('id').where(isFree(this.owner, now));
    // Two questions, each with an index of its own that holds nothing but the answer.
    const waiting = await ids
      .where('due', '>', sql.lit(0))
      .orderBy('created_at')
      .limit(2 * widest)
      .execute();
    const late = await ids.where('deadline', '<', now).limit(widest).execute();
    return [...waiting, ...late].map((row) => row.id);
  }

  private async step(id: string): Promise<void> {
    const { store, context, owner } = this;
    const kept = await keep(store.tables, 'cfp', id, keepingOf(context, owner));
    if (!kept) return;
    const { lease, stopRenewing } = kept;
    const cfp = await store.tables.selectFrom('cfp').selectAll().where('id', '=', id).executeTakeFirst();
    const hold = new Hold(lease, cfp?.due ?? 0);
    try {
      context.log.debug({ cfp: id, state: cfp?.state }, 'A call is worked on');
      if (cfp) await this.advance(cfp, hold);
      await hold.settle(store.tables);
    } catch (error) {
      await hold.abandon(store.tables);
      if (!(error instanceof Overtaken)) throw error;
    } finally {
      stopRenewing();
    }
  }

  private async advance(cfp: CfpRow, hold: Hold): Promise<void> {
    if (cfp.state === 'open' || cfp.state === 'evaluating') await this.negotiator.negotiate(await this.reopened(cfp), hold);
    else if (cfp.state === 'provisioning') await this.provisioner.provision(cfp);
    else if (cfp.state === 'proposed') await this.store.work((work) => expire(work, cfp.id));
  }

  /** A call whose gathering a crash cut short is called out anew. */
  private async reopened(cfp: CfpRow): Promise<CfpRow> {
    if (cfp.state === 'open') return cfp;
    return await this.store.work((work) => moveTo(work, cfp, 'open', 'calling the vendors again after a restart'));
  }
}

/** Offers bind for a time only: proposals that the client let lie cannot be taken any more. */
async function expire(work: Work, id: string): Promise<void> {
  const cfp = await work.tables.selectFrom('cfp').selectAll().where('id', '=', id).executeTakeFirst();
  if (cfp?.state !== 'proposed' || cfp.deadline === null || cfp.deadline > work.now) return;
  await closeOpenProposals(work, cfp, 'expired');
  await moveTo(work, cfp, 'expired', 'no proposal was accepted while its offers held; submit the call again');
}
