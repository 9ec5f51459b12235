import type { AppContext } from '@cloud-agency/runtime';
import type { Offer } from '@cloud-agency/sla';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import type { AgencyStore } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { parsed } from '../store/tables.js';
import { movesTo } from './moves.js';
import { orderedBy, type Progress, progressOf } from './progress.js';
import { asAssignment, type Situation, situationOf } from './situation.js';

/** Seeks machines that failed at other offers, within what was accepted: the same saga as when an agreement is first provisioned (CFP.md 5). */
export class Rescue {
  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** An offer for each machine that failed, by the placement that did; undefined when there is none for all of them. */
  async offersFor(row: RenegotiationRow, failed: Progress['failed']): Promise<ReadonlyMap<string, Offer> | undefined> {
    const { store } = this;
    const situation = await situationOf(store.tables, row);
    if (!situation) return undefined;
    const { demand, negotiate } = await this.quotas.limiting(store, situation.wanted, row.tenant);
    const excluded = [...(await quarantined(store.tables, this.context.clock.now())), ...(await this.failedOffers(row))];
    const gathered = await this.mediator.callOut({
      conversation: row.id,
      round: row.attempts + 2,
      demand,
      excludedOffers: excluded,
      within: negotiate.replyBy,
    });
    const stands = await this.standing(row, situation);
    const { plans } = await this.solver.select({ ...demand, proposals: 1 }, withoutQuarantined(gathered.answer, excluded), {
      fixed: stands.map(asAssignment),
      costLimit: (row.cost_after ?? Infinity) * (1 + negotiate.acceptUpTo),
    });
    return plans[0] && pairedWith(failed, movesTo(plans[0].assignments, stands));
  }

  /** Offers that failed, except those whose price merely changed: they come again at their new price. */
  private async failedOffers({ id }: RenegotiationRow): Promise<readonly string[]> {
    const ordered = await orderedBy(this.store.tables, id);
    return ordered.filter(({ reason }) => reason !== null && reason !== 'price-changed').map(({ offer_id: offer }) => offer);
  }

  /** What stays of the agreement, and what is there or on its way of the renegotiation. */
  private async standing(row: RenegotiationRow, { berths }: Situation) {
    const { arrived, coming } = await progressOf(this.store.tables, row);
    const changed = new Set(parsed(row.moves).map(({ resource }) => resource));
    const kept = berths.filter(({ resource }) => !changed.has(resource));
    const fresh = [...arrived, ...coming].map(({ resource, item, offer }) => ({
      resource,
      item,
      offer: parsed(offer),
      leaves: false,
    }));
    return [...kept, ...fresh];
  }
}

/** What the plan adds to what stands, each for one of the machines that failed. */
function pairedWith(failed: Progress['failed'], moves: ReturnType<typeof movesTo>): ReadonlyMap<string, Offer> {
  const open = moves.flatMap((move) => (move.do === 'add' ? [move] : []));
  const pairs = failed.flatMap(({ move }): readonly (readonly [string, Offer])[] => {
    const index = open.findIndex(({ item }) => item === move.item);
    const [taken] = index < 0 ? [] : open.splice(index, 1);
    return taken && move.placement !== null ? [[move.placement, taken.to]] : [];
  });
  return new Map(pairs);
}
