import { AgencyError } from '@cloud-agency/errors';
import type { AgreementState } from '@cloud-agency/sla';
import { letGo } from '../resources/attached.js';
import { cancelCall, finished } from './call-desk.js';
import { moveTo } from './cfp-state.js';
import { ownedCompute } from '../resources/owned-compute.js';
import { refreshSensors } from '../sensors/observing.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { AgreementRow, ResourceRow } from '../store/tables.js';
import { endAgreement } from '../agreements/ending.js';
import { sendWatch } from '../agreements/watch.js';
import { withdraw } from '../agreements/withdrawing.js';

type Transition = { readonly from: readonly AgreementState[]; readonly to: AgreementState };

/** OCCI.md 1.4. While an agreement is pending its machines are being provisioned: accepting is the saga's to do. */
const transitions: Readonly<Record<string, Transition>> = {
  reject: { from: ['pending'], to: 'rejected' },
  suspend: { from: ['accepted'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'accepted' },
  terminate: { from: ['accepted', 'suspended'], to: 'terminated' },
};

/** What a client may do with an agreement and with what it covers. */
export class Stewardship {
  constructor(private readonly store: AgencyStore) {}

  /** @throws AgencyError not-found; conflict when the agreement's state does not allow the action. */
  async act(id: string, action: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const agreement = await agreementOf(work, id, tenant);
      const transition = transitions[action];
      if (!transition?.from.includes(agreement.state)) {
        throw new AgencyError('conflict', { message: `Agreement ${id} is ${agreement.state}: '${action}' is not possible now.` });
      }
      await carryOut(work, agreement, transition.to);
    });
  }

  /** Deletes an agreement: a pending one is rejected first, a running one terminated, and all its machines given back. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const agreement = await agreementOf(work, id, tenant);
      const ended = agreement.state === 'rejected' || agreement.state === 'terminated';
      if (!ended) await carryOut(work, agreement, agreement.state === 'pending' ? 'rejected' : 'terminated');
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
      const agreement = await agreementOf(work, resource.agreement, tenant);
      if (agreement.state === 'pending' && resource.origin === 'client') {
        await carryOut(work, agreement, 'rejected');
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
        await carryOut(work, agreement, 'terminated');
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

async function agreementOf(work: Work, id: string, tenant: string): Promise<AgreementRow> {
  const agreement = await work.tables
    .selectFrom('agreement')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('removed', '=', 0)
    .executeTakeFirst();
  if (!agreement) throw new AgencyError('not-found', { what: `Agreement ${id}`, hint: 'GET /agreement/ lists those there are.' });
  return agreement;
}

async function carryOut(work: Work, agreement: AgreementRow, to: AgreementState): Promise<void> {
  if (to === 'rejected' || to === 'terminated') {
    await endAgreement(work, agreement, to, 'the client ended it');
    if (to === 'rejected') await breakOff(work, agreement);
    return;
  }
  await work.tables.updateTable('agreement').set({ state: to }).where('id', '=', agreement.id).execute();
  await sendWatch(work, agreement.id);
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
  await moveTo(work, cfp, 'cancelled', 'the client rejected the agreement while it was being provisioned', { deadline: null });
}
