import type { AppContext } from '@cloud-agency/runtime';
import type { Answer, Assignment, Demand, Offer } from '@cloud-agency/sla';
import { underLease } from '@cloud-agency/store';
import { storageUnder } from '../assets/moving.js';
import { together } from '../assets/places.js';
import { machineMs, quoteMs } from '../agreements/acceptance.js';
import { sendWatch } from '../agreements/watch.js';
import { nudgeAttachments } from '../resources/attached.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { cancel, order, standing } from '../resources/placements.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import { refreshSensors } from '../sensors/observing.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type ReactionRow } from '../store/tables.js';
import { isFree, keepingOf } from '../store/leases.js';
import { WorkLoop } from '../store/work-loop.js';

/** A replacement is urgent: an agent that does not answer within this is passed over, ms. */
const replyWithinMs = 700;
const maxAttempts = 12;

/**
 * The tier: carries out reactions. Replacement is make-before-break: the new machine is ordered at the next-best offer, and the old one
 * goes once the new one is verified (CFP.md 5).
 */
export class Tier {
  private readonly loop: WorkLoop;

  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
    private readonly owner: string,
  ) {
    this.loop = new WorkLoop(store, context, { name: 'reaction', due: (now) => this.due(now), step: (id) => this.step(id) });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async due(now: number): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('reaction')
      .select('id')
      .where('state', '=', 'begun')
      .where('next_at', '<=', now)
      .where(isFree(this.owner, now))
      .execute();
    return rows.map((row) => row.id);
  }

  private async step(id: string): Promise<void> {
    const { store, context, owner } = this;
    await underLease(store.tables, 'reaction', id, keepingOf(context, owner), async () => {
      const reaction = await store.tables.selectFrom('reaction').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      if (reaction.state === 'begun') await this.replace(reaction);
    });
  }

  private async replace(reaction: ReactionRow): Promise<void> {
    const newest = await this.store.tables
      .selectFrom('placement')
      .selectAll()
      .where('replaces', '=', reaction.placement)
      .orderBy('requested_at', 'desc')
      .executeTakeFirst();
    if (newest && standing.includes(newest.state)) {
      await this.postpone(reaction, newest.message);
      return;
    }
    const found = reaction.attempts < maxAttempts ? await this.nextBest(reaction) : undefined;
    await this.store.work((work) =>
      found && found !== 'quota' ? this.begin(work, reaction, found) : this.despair(work, reaction, newest, found === 'quota'),
    );
  }

  /** The best offer for one machine of the item beside everything else that the agreement runs; `quota` when a quota alone forbids all of them. */
  private async nextBest(reaction: ReactionRow): Promise<Offer | 'quota' | undefined> {
    const { store, context } = this;
    const placements = await store.tables
      .selectFrom('placement')
      .selectAll()
      .where('agreement', '=', reaction.agreement)
      .execute();
    const old = placements.find((placement) => placement.id === reaction.placement);
    if (!old) return undefined;
    const cfp = await store.tables.selectFrom('cfp').selectAll().where('id', '=', old.cfp).executeTakeFirstOrThrow();
    const call = await this.quotas.limiting(store, parsed(cfp.call), cfp.tenant);
    const excluded = [...(await quarantined(store.tables, context.clock.now())), old.offer_id, ...triedFor(old, placements)];
    const gathered = await this.mediator.callOut({
      conversation: cfp.id,
      round: cfp.round + 1,
      demand: call.demand,
      excludedOffers: excluded,
      within: replyWithinMs,
    });
    const fixed = beside(placements, old.resource).map(asAssignment);
    const storage = await storageUnder(store.tables, old.resource);
    const answer = withoutQuarantined(gathered.answer, excluded);
    const within = storage ? onlyFor(answer, old.item, (offer) => together(offer, storage)) : answer;
    const best = await this.bestOf(call.demand, within, fixed, old.item);
    const quotas = [...(call.demand.quotas ?? []), ...(within.quotas ?? [])];
    if (best || quotas.length === 0) return best;
    const unlimited = await this.bestOf({ ...call.demand, quotas: [] }, { ...within, quotas: [] }, fixed, old.item);
    return unlimited && 'quota';
  }

  private async bestOf(demand: Demand, answer: Answer, fixed: readonly Assignment[], item: string): Promise<Offer | undefined> {
    const selection = await this.solver.select({ ...demand, proposals: 1 }, answer, { fixed });
    return newIn(selection.plans[0]?.assignments ?? [], fixed, item);
  }

  private async begin(work: Work, reaction: ReactionRow, offer: Offer): Promise<void> {
    const resource = await work.tables
      .selectFrom('resource')
      .selectAll()
      .where('id', '=', reaction.resource)
      .executeTakeFirstOrThrow();
    const current = await work.tables.selectFrom('reaction').select('state').where('id', '=', reaction.id).executeTakeFirst();
    if (resource.state === 'deleted' || current?.state !== 'begun') return;
    const cfp = await work.tables.selectFrom('cfp').select('call').where('id', '=', resource.cfp).executeTakeFirstOrThrow();
    const id = this.context.ids.next();
    await order(work, {
      id,
      call: parsed(cfp.call),
      resource: { ...resource, agreement: reaction.agreement },
      offer,
      replaces: reaction.placement,
      deadline: work.now + machineMs,
      validUntil: work.now + quoteMs,
    });
    const message = `its replacement is being provisioned at ${offer.vendor}, ${offer.region}`;
    await work.tables
      .updateTable('reaction')
      .set({ attempts: reaction.attempts + 1, message, next_at: work.now + 1_000 })
      .where('id', '=', reaction.id)
      .execute();
    await work.tables.updateTable('resource').set({ message }).where('id', '=', resource.id).execute();
  }

  private async postpone(reaction: ReactionRow, message: string): Promise<void> {
    await this.store.tables
      .updateTable('reaction')
      .set({ next_at: this.context.clock.now() + 1_000, message })
      .where('id', '=', reaction.id)
      .where('state', '=', 'begun')
      .execute();
  }

  /** No offer now: offers change, so it is tried again, less and less often, until the attempts are used up. */
  private async despair(
    work: Work,
    reaction: ReactionRow,
    newest: PlacementRow | undefined,
    quotaForbids: boolean,
  ): Promise<void> {
    if (await breakFirst(work, reaction, quotaForbids)) return;
    const attempts = reaction.attempts + 1;
    const why = newest?.message ?? 'no vendor has an offer that fits beside what runs';
    const over = attempts > maxAttempts;
    const message = over ? `could not be replaced: ${why}` : `waiting for an offer to replace it with: ${why}`;
    await work.tables
      .updateTable('reaction')
      .set({ attempts, message, state: over ? 'failed' : 'begun', next_at: work.now + Math.min(60_000, 1_000 * 2 ** attempts) })
      .where('id', '=', reaction.id)
      .execute();
    await work.tables
      .updateTable('resource')
      .set({ message, ...(over ? { state: 'error' as const } : {}) })
      .where('id', '=', reaction.resource)
      .execute();
  }
}

/** The answer with no offers for an item but these. */
function onlyFor(answer: Answer, item: string, fits: (offer: Offer) => boolean): Answer {
  const fitting = new Set(answer.offers.filter(fits).map(({ id }) => id));
  const items = answer.items.map((one) =>
    one.item === item ? { ...one, candidates: one.candidates.filter((id) => fitting.has(id)) } : one,
  );
  return { ...answer, items };
}

/** Offers that are not to be tried again; one that only lacked quota is, once the old machine has given its own back. */
function triedFor(old: PlacementRow, placements: readonly PlacementRow[]): readonly string[] {
  const again = standing.includes(old.state) ? ['price-changed'] : ['price-changed', 'quota'];
  return placements
    .filter(({ replaces, reason }) => replaces === old.id && reason !== null && !again.includes(reason))
    .map((placement) => placement.offer_id);
}

/** Where quota alone forbids the replacement, the dead machine goes first (CFP.md 5, overlap: preferred). True when that was done. */
async function breakFirst(work: Work, reaction: ReactionRow, quotaForbids: boolean): Promise<boolean> {
  const old = await work.tables
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', reaction.placement)
    .executeTakeFirstOrThrow();
  const refused = await work.tables
    .selectFrom('placement')
    .select('offer_id')
    .where('replaces', '=', old.id)
    .where('reason', '=', 'quota')
    .execute();
  if ((refused.length === 0 && !quotaForbids) || !standing.includes(old.state)) return false;
  const offers = refused.map((row) => row.offer_id);
  await cancel(work, old, 'its quota is needed for its replacement');
  if (offers.length > 0) await work.tables.deleteFrom('quarantine').where('offer', 'in', offers).execute();
  const message = 'the dead machine goes first: its quota is needed for its replacement';
  await work.tables
    .updateTable('reaction')
    .set({ message, next_at: work.now + 1_000 })
    .where('id', '=', reaction.id)
    .execute();
  return true;
}

/** What carries, or is about to carry, every other resource of the agreement. The outgoing machines do not count: budget and spread ignore them. */
function beside(placements: readonly PlacementRow[], resource: string): readonly PlacementRow[] {
  const newest = new Map<string, PlacementRow>();
  for (const placement of placements) {
    if (placement.resource === resource || !standing.includes(placement.state)) continue;
    const other = newest.get(placement.resource);
    if (!other || placement.requested_at > other.requested_at) newest.set(placement.resource, placement);
  }
  return [...newest.values()];
}

const asAssignment = (placement: PlacementRow): Assignment => ({
  item: placement.item,
  offer: parsed(placement.offer),
  count: 1,
});

/** What a plan has for an item beyond what was fixed. */
function newIn(assignments: readonly Assignment[], fixed: readonly Assignment[], item: string): Offer | undefined {
  const left = new Map<string, number>();
  for (const { item: of, offer, count } of assignments) if (of === item) left.set(offer.id, (left.get(offer.id) ?? 0) + count);
  for (const { item: of, offer, count } of fixed) if (of === item) left.set(offer.id, (left.get(offer.id) ?? 0) - count);
  return assignments.find(({ item: of, offer }) => of === item && (left.get(offer.id) ?? 0) > 0)?.offer;
}

/** A verified replacement takes over: the resource keeps its id, its address and vendor change, and the old machine goes. */
export async function takeOver(work: Work, replacement: PlacementRow): Promise<void> {
  const resource = await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', replacement.resource)
    .executeTakeFirstOrThrow();
  if (resource.state === 'deleted' || resource.placement === null) {
    await cancel(work, replacement, 'its resource is gone');
    return;
  }
  const old = await work.tables
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', resource.placement)
    .executeTakeFirstOrThrow();
  const to = parsed(replacement.offer);
  const from = parsed(old.offer);
  await work.tables
    .updateTable('resource')
    .set({ placement: replacement.id, state: 'active', message: `moved to ${to.vendor}, ${to.region}` })
    .where('id', '=', resource.id)
    .execute();
  if (standing.includes(old.state)) await cancel(work, old, 'replaced');
  await work.tables
    .updateTable('reaction')
    .set({ state: 'done', message: 'replaced' })
    .where('resource', '=', resource.id)
    .where('state', '=', 'begun')
    .execute();
  await sendWatch(work, replacement.agreement);
  await refreshSensors(work, [resource.id]);
  await nudgeAttachments(work, resource.id);
  await work.record({
    type: 'resource.moved',
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: replacement.agreement,
    message: `${resource.title} moved from ${from.vendor}, ${from.region} (${old.address ?? 'no address'}) to ${to.vendor}, ${to.region} (${replacement.address ?? 'no address'}).`,
    data: {
      resource: resource.id,
      item: resource.item,
      from: { placement: old.id, vendor: from.vendor, region: from.region, address: old.address },
      to: { placement: replacement.id, vendor: to.vendor, region: to.region, address: replacement.address },
    },
  });
}
