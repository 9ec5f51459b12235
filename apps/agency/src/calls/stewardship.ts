import { AgencyError } from '@cloud-agency/errors';
import {
  type AgreementAction,
  type AgreementState,
  actionsIn,
  hasEnded,
  transition,
  type Validity,
  withValidity,
} from '@cloud-agency/sla';
import { letGo } from '../resources/attached.js';
import { cancelCall, finished } from './call-desk.js';
import { moveTo } from './cfp-state.js';
import { ownedCompute } from '../resources/owned-compute.js';
import { refreshSensors } from '../sensors/observing.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { AgreementRow, ResourceRow } from '../store/tables.js';
import { endAgreement } from '../agreements/ending.js';
import { lifeColumns, lifeOf } from '../agreements/life.js';
import { ownedAgreement } from '../agreements/owned-agreement.js';
import { review } from '../agreements/review.js';
import { sendWatch } from '../agreements/watch.js';
import { withdraw } from '../agreements/withdrawing.js';

/** What a client may do with an agreement in a state (OCCI.md 1.4). While it is pending its machines are being provisioned: accepting is the saga's to do. */
export const clientActionsIn = (state: AgreementState): readonly AgreementAction[] =>
  actionsIn(state).filter((action) => action !== 'accept');

/** What a client may do with an agreement and with what it covers. */
export class Stewardship {
  constructor(private readonly store: AgencyStore) {}

  /** @throws AgencyError not-found; conflict when the agreement's state does not allow the action. */
  async act(id: string, action: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const agreement = await ownedAgreement(work, id, tenant);
      const possible = clientActionsIn(agreement.state).find((one) => one === action);
      if (!possible) {
        throw new AgencyError('conflict', { message: `Agreement ${id} is ${agreement.state}: '${action}' is not possible now.` });
      }
      await carryOut(work, agreement, possible);
    });
  }

  /**
   * Changes from when or until when an agreement holds; at its end it is terminated by itself.
   * @throws AgencyError not-found; invalid-request when the bounds make no sense; conflict when the agreement is past what would change.
   */
  async limit(id: string, validity: Validity, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const agreement = await ownedAgreement(work, id, tenant);
      const after = withValidity(lifeOf(agreement), validity, work.now);
      await work.tables.updateTable('agreement').set(lifeColumns(after)).where('id', '=', id).execute();
      if (agreement.watch_version > 0) await sendWatch(work, id);
      await review(work, id);
    });
  }

  /** Deletes an agreement: a pending one is rejected first, a running one terminated, and all its machines given back. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const agreement = await ownedAgreement(work, id, tenant);
      if (!hasEnded(agreement.state)) await carryOut(work, agreement, agreement.state === 'pending' ? 'reject' : 'terminate');
      await work.tables.updateTable('agreement').set({ removed: 1 }).where('id', '=', id).execute();
    });
  }

  /** Gives one machine back and ends its resource; the agreement goes on with the others, or ends with the last. */
  async giveUpResource(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const resource = await ownedCompute(work.tables, id, tenant);
      if (resource.agreement === null) {
        await this.giveUpOrder(work, resource);
        return;
      }
      const agreement = await ownedAgreement(work, resource.agreement, tenant);
      if (agreement.state === 'pending' && resource.origin === 'client') {
        await carryOut(work, agreement, 'reject');
        await deleteResource(work, id);
        return;
      }
      if (agreement.state === 'pending') {
        throw new AgencyError('conflict', {
          message: `Compute ${id} is being provisioned for agreement ${agreement.id}. Reject that: DELETE /agreement/${agreement.id}.`,
        });
      }
      const others = await work.tables
        .selectFrom('resource')
        .select('id')
        .where('agreement', '=', agreement.id)
        .where('state', '!=', 'deleted')
        .where('id', '!=', id)
        .execute();
      if (others.length === 0) {
        await carryOut(work, agreement, 'terminate');
        return;
      }
      await withdraw(work, agreement.id, [id], 'the client deleted it');
    });
  }

  /** A compute whose call is still open: nobody waits for the answer any more. */
  private async giveUpOrder(work: Work, resource: ResourceRow): Promise<void> {
    await deleteResource(work, resource.id);
    const cfp = await work.tables.selectFrom('cfp').selectAll().where('id', '=', resource.cfp).executeTakeFirstOrThrow();
    if (!finished.includes(cfp.state)) await cancelCall(work, cfp);
  }
}

async function deleteResource(work: Work, id: string): Promise<void> {
  const gone = { state: 'deleted', message: 'the client deleted it', task: null } as const;
  await work.tables.updateTable('resource').set(gone).where('id', '=', id).execute();
  await letGo(work, [id]);
  await refreshSensors(work, [id]);
}

async function carryOut(work: Work, agreement: AgreementRow, action: AgreementAction): Promise<void> {
  const after = transition(lifeOf(agreement), action, work.now);
  const to = after.state;
  if (to === 'rejected' || to === 'terminated') {
    await endAgreement(work, agreement, to, 'the client ended it');
    if (to === 'rejected') await breakOff(work, agreement);
    return;
  }
  await work.tables.updateTable('agreement').set(lifeColumns(after)).where('id', '=', agreement.id).execute();
  await sendWatch(work, agreement.id);
  await review(work, agreement.id);
  await work.record({
    type: `agreement.${to}`,
    tenant: agreement.tenant,
    subject: `/agreement/${agreement.id}`,
    cfp: agreement.cfp,
    agreement: agreement.id,
    message: `Agreement for ${agreement.name} is ${to}.`,
    data: { agreement: agreement.id },
  });
}

/** The call whose provisioning the client broke off. */
async function breakOff(work: Work, agreement: AgreementRow): Promise<void> {
  const cfp = await work.tables.selectFrom('cfp').selectAll().where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  if (cfp.state !== 'provisioning') return;
  await moveTo(work, cfp, 'cancelled', 'the client rejected the agreement while it was being provisioned');
}
