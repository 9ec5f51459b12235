import { AgencyError } from '@cloud-agency/errors';
import { type Entity, type JsonValue, proposalId } from '@cloud-agency/occi';
import { formatQuantity, type Plan } from '@cloud-agency/sla';
import type { CallDesk } from '../../calls/call-desk.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { ownProposals } from '../../store/owned.js';
import { parsed, type ProposalRow } from '../../store/tables.js';
import type { DocumentSource, EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';
import { proposalAs } from './proposal-as.js';
import { wsagTypeOf, wsagTypes } from './wsag-types.js';

const actionScheme = 'http://schemas.cloud-agency.dev/occi/agency/proposal/action#';

/** Ranked proposals as OCCI entities, with the actions accept and reject (OCCI.md 4). */
export class ProposalSource implements EntitySource {
  readonly kind = proposalId;

  constructor(
    private readonly store: AgencyStore,
    private readonly desk: CallDesk,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      ownProposals(this.store.tables, query.tenant).orderBy('created_at').orderBy('rank').orderBy('id'),
      query,
    );
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.row(id, tenant);
    return row && entity(row);
  }

  readonly documents: DocumentSource = {
    types: wsagTypes,
    of: async (id, wanted, tenant) => {
      const row = await this.row(id, tenant);
      const type = wsagTypeOf(wanted);
      if (!row || !type) return undefined;
      const cfp = await this.store.tables.selectFrom('cfp').selectAll().where('id', '=', row.cfp).executeTakeFirstOrThrow();
      return proposalAs(type, row, cfp, this.store.now());
    },
  };

  private async row(id: string, tenant: string): Promise<ProposalRow | undefined> {
    return await ownProposals(this.store.tables, tenant).where('id', '=', id).executeTakeFirst();
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.desk.discard(id, tenant);
  }

  async act(id: string, action: string, _attributes: Readonly<Record<string, JsonValue>>, tenant: string): Promise<Entity> {
    if (action === 'accept') await this.desk.accept(id, tenant);
    else await this.desk.reject(id, tenant);
    const after = await this.get(id, tenant);
    if (!after) throw new AgencyError('not-found', { what: `Proposal ${id}`, hint: '' });
    return after;
  }
}

function entity(row: ProposalRow): Entity {
  const plan: Plan = parsed(row.plan);
  return {
    kind: proposalId,
    id: row.id,
    title: `Proposal ${String(row.rank)}`,
    mixins: [],
    attributes: {
      'agency.proposal.cfp': row.cfp,
      'agency.proposal.rank': row.rank,
      'agency.proposal.state': row.state,
      'agency.proposal.cost': plan.cost,
      'agency.proposal.currency': 'USD',
      'agency.proposal.score': plan.score,
      'agency.proposal.scores': Object.fromEntries(
        plan.scores.map(({ key, value, unit, normalised, weight }) => [key, { value, unit, normalised, weight }]),
      ),
      'agency.proposal.optimal': plan.optimal,
      'agency.proposal.gap': plan.gap,
      'agency.proposal.items': plan.assignments.map(({ item, offer, count }) => ({
        item,
        vendor: offer.vendor,
        account: offer.agent,
        region: offer.region,
        zone: offer.zone,
        country: offer.country,
        type: offer.instanceType,
        market: offer.market,
        ...(offer.commitment === undefined ? {} : { commitment: formatQuantity(offer.commitment, 'duration') }),
        offer: offer.id,
        count,
        price: offer.price,
        currency: 'USD',
      })),
      'agency.proposal.explanation': { why: plan.why },
    },
    actions: row.state === 'proposed' ? ['accept', 'reject'].map((term) => `${actionScheme}${term}`) : [],
    links: [],
  };
}
