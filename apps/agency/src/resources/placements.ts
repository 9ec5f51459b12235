import { subjects } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Call, Deployment, Offer } from '@cloud-agency/sla';
import { prepareAgent } from '../enrolment/preparing.js';
import { withScript } from '../enrolment/user-data.js';
import { endCharge } from './charges.js';
import type { Work } from '../store/agency-store.js';
import { json, type PlacementRow, type PlacementState, type ResourceRow } from '../store/tables.js';

/** States in which a placement may still stand at a vendor. */
export const standing: readonly PlacementState[] = ['requested', 'building', 'running', 'active'];

export interface NewPlacement {
  readonly id: string;
  readonly call: Call;
  readonly resource: Pick<ResourceRow, 'id' | 'cfp' | 'item' | 'title'> & { readonly agreement: string };
  readonly offer: Offer;
  /** The placement this one takes over from, once verified. */
  readonly replaces?: string;
  /** The renegotiation that orders it. */
  readonly renegotiation?: string;
  /** When the vendor must have it running, ms. */
  readonly deadline: number;
  /** Until when the offer's price was quoted, ms. */
  readonly validUntil: number;
}

/** Orders one machine: the placement and the command to its vendor agent are one unit of work (CFP.md 5). */
export async function order(work: Work, placement: NewPlacement): Promise<void> {
  const { resource, offer } = placement;
  await work.tables
    .insertInto('placement')
    .values({
      id: placement.id,
      resource: resource.id,
      cfp: resource.cfp,
      agreement: resource.agreement,
      item: resource.item,
      agent: offer.agent,
      offer: json(offer),
      offer_id: offer.id,
      next_offer: null,
      state: 'requested',
      replaces: placement.replaces ?? null,
      vendor_id: null,
      address: null,
      reason: null,
      message: `ordered from ${offer.agent}: ${offer.instanceType} in ${offer.region}, ${offer.zone}`,
      requested_at: work.now,
      active_at: null,
      renegotiation: placement.renegotiation ?? null,
      announced_price: null,
      leaving: null,
      lease_owner: null,
      lease_until: null,
      epoch: 0,
    })
    .execute();
  const { sshKey, userData, agent, ...deployment } = placement.call.deployments[resource.item] ?? { image: 'debian-12' };
  const given = agent ? withScript(await prepareAgent(work, placement.id, agent), userData) : userData;
  const access = { ...(sshKey ? { sshKey } : {}), ...(given ? { userData: given } : {}) };
  await work.send({
    conversation: resource.cfp,
    subject: subjects.command(offer.agent),
    content: acceptance(placement, { ...deployment, ...access }),
  });
}

/** `given` is what the machine starts with. */
function acceptance(placement: NewPlacement, given: Omit<Deployment, 'agent'>) {
  const { resource, offer } = placement;
  return {
    performative: 'accept-proposal' as const,
    receiver: offer.agent,
    placement: placement.id,
    deadline: isoTime(placement.deadline),
    order: {
      name: resource.title,
      offer: offer.id,
      region: offer.region,
      zone: offer.zone,
      instanceType: offer.instanceType,
      architecture: offer.architecture,
      market: offer.market,
      ...bargain(offer),
      validUntil: isoTime(placement.validUntil),
      ...given,
      tags: { 'agency.resource': resource.id, 'agency.cfp': resource.cfp, 'agency.item': resource.item },
    },
  };
}

/** What it was agreed to be bought for. */
const bargain = ({ commitment, price, list }: Offer) => ({
  ...(commitment === undefined ? {} : { commitment }),
  price,
  ...(list === undefined ? {} : { list }),
});

/** Undoes a placement, whatever its state: the row stays, as `cancelling`, until its agent says that nothing is left. */
export async function cancel(work: Work, placement: PlacementKey, why: string): Promise<void> {
  await work.tables.updateTable('placement').set({ state: 'cancelling', message: why }).where('id', '=', placement.id).execute();
  await endCharge(work, placement.id);
  await giveBack(work, placement, why);
}

type PlacementKey = Pick<PlacementRow, 'id' | 'agent' | 'cfp'>;

/** Tells the agent that nothing of a placement is wanted any more. */
export async function giveBack(work: Work, placement: PlacementKey, why: string): Promise<void> {
  await work.send({
    conversation: placement.cfp,
    subject: subjects.command(placement.agent),
    content: { performative: 'cancel', receiver: placement.agent, placement: placement.id, message: why },
  });
}

/** Undoes all that still stands of these. */
export async function cancelAll(work: Work, placements: readonly PlacementRow[], why: string): Promise<void> {
  for (const placement of placements) if (standing.includes(placement.state)) await cancel(work, placement, why);
}
