import type { AppContext } from '@cloud-agency/runtime';
import type { Answer, Assignment, Constraint, Demand, Offer } from '@cloud-agency/sla';
import { storageUnder } from '../assets/moving.js';
import { together } from '../assets/places.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import type { AgencyStore } from '../store/agency-store.js';
import { parsed } from '../store/tables.js';
import { asAssignment, type Basis, basisOf, demandAsItStands } from '../agreements/standing.js';

/** A reaction is urgent: an agent that does not answer within this is passed over, ms. */
const replyWithinMs = 700;

/** More machines of an item of an agreement. */
export interface Wish {
  readonly agreement: string;
  readonly item: string;
  readonly count: number;
  /** The resource whose machine is to go: budget and spread ignore it (CFP.md 5), and its storage says where the new one must stand. */
  readonly outgoing?: string;
  /** Offers that are not wanted, by id. */
  readonly without: readonly string[];
  /** What must hold of the new machines beside what the item requires. */
  readonly require?: readonly Constraint[];
  readonly accounts?: readonly string[];
  /** Placements that do not count for the tenant's quota. */
  readonly makingWay?: readonly string[];
}

export interface Found {
  /** One for each machine. */
  readonly offers: readonly Offer[];
  /** What they were chosen to stand beside. */
  readonly basis: Basis;
}

/** Finds offers for more machines of a running agreement: the best by the call's own policy beside everything else that it runs. */
export class Planner {
  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** Undefined when nothing fits; `quota` when a quota alone forbids all that does. */
  async find(wish: Wish): Promise<Found | 'quota' | undefined> {
    const { store, context } = this;
    const basis = await basisOf(store.tables, wish.agreement, wish.outgoing);
    const cfp = await store.tables.selectFrom('cfp').selectAll().where('id', '=', basis.cfp).executeTakeFirstOrThrow();
    const call = await this.quotas.limiting(store, parsed(cfp.call), cfp.tenant, wish.makingWay);
    const demand = asked(demandAsItStands(call.demand, basis, { [wish.item]: wish.count }), wish);
    const excluded = [...(await quarantined(store.tables, context.clock.now())), ...wish.without];
    const gathered = await this.mediator.callOut({
      conversation: cfp.id,
      round: cfp.round + 1,
      demand,
      excludedOffers: excluded,
      within: replyWithinMs,
    });
    const answer = await this.wherePossible(wish, withoutQuarantined(gathered.answer, excluded));
    const offers = await this.best(demand, answer, basis, wish);
    if (offers) return { offers, basis };
    const quotas = [...(demand.quotas ?? []), ...(answer.quotas ?? [])];
    if (quotas.length === 0) return undefined;
    const unlimited = await this.best({ ...demand, quotas: [] }, { ...answer, quotas: [] }, basis, wish);
    return unlimited && 'quota';
  }

  /** A machine with storage can stand beside it only. */
  private async wherePossible(wish: Wish, answer: Answer): Promise<Answer> {
    const storage = wish.outgoing === undefined ? undefined : await storageUnder(this.store.tables, wish.outgoing);
    return storage ? onlyFor(answer, wish.item, (offer) => together(offer, storage)) : answer;
  }

  private async best(demand: Demand, answer: Answer, basis: Basis, wish: Wish): Promise<readonly Offer[] | undefined> {
    const fixed = basis.placements.map(asAssignment);
    const selection = await this.solver.select({ ...demand, proposals: 1 }, answer, { fixed });
    const offers = newIn(selection.plans[0]?.assignments ?? [], fixed, wish.item);
    return offers.length < wish.count ? undefined : offers.slice(0, wish.count);
  }
}

/** The demand as it goes to the vendors: what runs already has been asked for, and need not meet what is asked of the new. */
function asked(demand: Demand, { item, require = [], accounts }: Wish): Demand {
  const needs = demand.needs.map((need) => (need.item === item ? { ...need, require: [...need.require, ...require] } : need));
  return { ...demand, needs, ...(accounts ? { accounts } : {}) };
}

/** The answer with no offers for an item but these. */
function onlyFor(answer: Answer, item: string, fits: (offer: Offer) => boolean): Answer {
  const fitting = new Set(answer.offers.filter(fits).map(({ id }) => id));
  const items = answer.items.map((one) =>
    one.item === item ? { ...one, candidates: one.candidates.filter((id) => fitting.has(id)) } : one,
  );
  return { ...answer, items };
}

/** What a plan has for an item beyond what was fixed. */
function newIn(assignments: readonly Assignment[], fixed: readonly Assignment[], item: string): readonly Offer[] {
  const left = new Map<string, number>();
  for (const { item: of, offer, count } of assignments) if (of === item) left.set(offer.id, (left.get(offer.id) ?? 0) + count);
  for (const { item: of, offer, count } of fixed) if (of === item) left.set(offer.id, (left.get(offer.id) ?? 0) - count);
  const offers = new Map(assignments.filter(({ item: of }) => of === item).map(({ offer }) => [offer.id, offer]));
  return [...offers.values()].flatMap((offer) => Array.from({ length: Math.max(0, left.get(offer.id) ?? 0) }, () => offer));
}
