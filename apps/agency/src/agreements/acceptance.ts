import { AgencyError } from '@cloud-agency/errors';
import { subjects } from '@cloud-agency/bus';
import type { Ids } from '@cloud-agency/runtime';
import type { Call, Offer, Plan } from '@cloud-agency/sla';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { order } from '../resources/placements.js';
import type { Work } from '../store/agency-store.js';
import { type CfpRow, json, parsed, type ProposalRow, type ResourceRow } from '../store/tables.js';
import { closeOpenProposals } from './open-proposals.js';

/** How long all machines of an agreement may take until they run, fail-overs included, ms. */
export const provisioningMs = 10 * 60_000;
/** How long a vendor may take for one machine, ms: well below the whole, so that there is time for another offer. */
export const machineMs = 3 * 60_000;
/** How long the offers of a gathering bind, ms; proposals made of them expire with them. */
export const quoteMs = 60 * 60_000;

interface Accepting {
  readonly ids: Ids;
  readonly quotas: TenantQuotas;
}

/**
 * The client takes a proposal: an agreement, pending, and an order for each machine of the plan, all in one unit of work, so that what is
 * acknowledged goes on after any crash (CFP.md 5).
 * @throws AgencyError conflict when the proposal is no longer open, or the tenant has taken too much meanwhile.
 */
export async function accept(work: Work, { ids, quotas }: Accepting, cfp: CfpRow, proposal: ProposalRow): Promise<void> {
  const expired = proposal.created_at + quoteMs <= work.now;
  if (cfp.state !== 'proposed' || proposal.state !== 'proposed' || expired) {
    throw new AgencyError('conflict', {
      message: `Proposal ${proposal.id} cannot be accepted: it is ${expired ? 'expired' : proposal.state}, its call for proposals ${cfp.state}.`,
    });
  }
  const plan = parsed(proposal.plan);
  const short = await quotas.shortfall(work, cfp.tenant, plan.assignments);
  if (short !== undefined)
    throw new AgencyError('conflict', { message: `Proposal ${proposal.id} cannot be accepted: ${short}.` });
  const agreement = ids.next();
  await settleProposals(work, cfp, proposal);
  await work.tables
    .insertInto('agreement')
    .values({
      id: agreement,
      cfp: cfp.id,
      proposal: proposal.id,
      tenant: cfp.tenant,
      name: cfp.name,
      state: 'pending',
      agreed_at: null,
      effective_from: null,
      effective_until: null,
      terms: json([]),
      watch_version: 0,
      created_at: work.now,
      removed: 0,
    })
    .execute();
  const deadline = work.now + provisioningMs;
  await moveToProvisioning(work, cfp, agreement, plan.cost, deadline);
  await orderAll(work, ids, { cfp, agreement, plan, validUntil: proposal.created_at + quoteMs });
}

async function settleProposals(work: Work, cfp: CfpRow, chosen: ProposalRow): Promise<void> {
  await work.tables.updateTable('proposal').set({ state: 'accepted' }).where('id', '=', chosen.id).execute();
  const others = await closeOpenProposals(work, cfp, 'rejected');
  await rejectOffers(
    work,
    cfp,
    others,
    parsed(chosen.plan).assignments.map((assignment) => assignment.offer),
  );
}

/** Tells each agent whose offers stood in a losing proposal, and in no winning one. */
export async function rejectOffers(
  work: Work,
  cfp: CfpRow,
  losers: readonly ProposalRow[],
  taken: readonly Offer[],
): Promise<void> {
  const lost = losers.flatMap((loser) => parsed(loser.plan).assignments.map((assignment) => assignment.offer));
  const byAgent = new Map<string, Set<string>>();
  for (const offer of lost) {
    if (taken.some((winner) => winner.agent === offer.agent)) continue;
    byAgent.set(offer.agent, (byAgent.get(offer.agent) ?? new Set()).add(offer.id));
  }
  for (const [agent, offers] of byAgent) {
    await work.send({
      conversation: cfp.id,
      subject: subjects.command(agent),
      content: { performative: 'reject-proposal', receiver: agent, offers: [...offers], message: 'another proposal was taken' },
    });
  }
}

async function moveToProvisioning(work: Work, cfp: CfpRow, agreement: string, cost: number, deadline: number): Promise<void> {
  await work.tables
    .updateTable('cfp')
    .set({
      state: 'provisioning',
      message: 'ordering the machines',
      accepted_cost: cost,
      deadline,
      updated_at: work.now,
      version: cfp.version + 1,
    })
    .where('id', '=', cfp.id)
    .execute();
  const about = { tenant: cfp.tenant, cfp: cfp.id, agreement };
  await work.record({
    ...about,
    type: 'agreement.pending',
    subject: `/agreement/${agreement}`,
    message: `Agreement for ${cfp.name} is pending: its machines are being provisioned.`,
    data: { agreement },
  });
  for (const state of ['accepted', 'provisioning'] as const) {
    await work.record({
      ...about,
      type: `cfp.${state}`,
      subject: `/cfp/${cfp.id}`,
      message: `Call for proposals ${cfp.name} is ${state}.`,
      data: { cost },
    });
  }
}

interface Ordering {
  readonly cfp: CfpRow;
  readonly agreement: string;
  readonly plan: Plan;
  readonly validUntil: number;
}

async function orderAll(work: Work, ids: Ids, { cfp, agreement, plan, validUntil }: Ordering): Promise<void> {
  const call: Call = parsed(cfp.call);
  const waiting = await waitingFor(work, cfp.id);
  const numbers = new Map<string, number>();
  for (const { item, offer, count } of plan.assignments) {
    for (let unit = 0; unit < count; unit += 1) {
      const number = (numbers.get(item) ?? 0) + 1;
      numbers.set(item, number);
      const placement = ids.next();
      const place = {
        agreement,
        placement,
        state: 'inactive',
        message: `being provisioned at ${offer.vendor}, ${offer.region}`,
      } as const;
      const known = waiting.find((one) => one.item === item);
      const resource = known
        ? { ...known, ...place }
        : { ...itemResource(cfp, item, number, work.now), id: ids.next(), ...place };
      if (known) {
        waiting.splice(waiting.indexOf(known), 1);
        await work.tables.updateTable('resource').set(place).where('id', '=', known.id).execute();
      } else await work.tables.insertInto('resource').values(resource).execute();
      await order(work, { id: placement, call, resource, offer, deadline: work.now + machineMs, validUntil });
    }
  }
}

/** Computes that were there before their call was answered: clients ordered them by themselves. */
async function waitingFor(work: Work, cfp: string): Promise<ResourceRow[]> {
  return await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('cfp', '=', cfp)
    .where('agreement', 'is', null)
    .where('state', '!=', 'deleted')
    .execute();
}

/** A new resource of an item; its name says which of them it is. */
export const itemResource = (cfp: CfpRow, item: string, number: number, now: number) => ({
  tenant: cfp.tenant,
  cfp: cfp.id,
  item,
  title: machineName(cfp.name, item, number),
  origin: 'call' as const,
  given: json({}),
  task: null,
  created_at: now,
});

/** A name that every vendor takes: lower-case letters, digits and hyphens, at most 63. */
function machineName(call: string, item: string, number: number): string {
  const name = `${call}-${item}-${String(number)}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return name.replace(/^-+/, '').slice(-63).replace(/^-+/, '');
}
