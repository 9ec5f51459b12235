import { brokeredId, computeId, agreementId, type Entity, type JsonValue, type LinkRef } from '@cloud-agency/occi';
import type { Offer } from '@cloud-agency/sla';
import type { Stewardship } from '../../agreements/stewardship.js';
import { collectorsOf } from '../../sensors/collectors-of.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { parsed, type PlacementRow, type ResourceRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

/** Brokered machines as OCCI computes (OCCI.md 4). */
export class ComputeSource implements EntitySource {
  readonly kind = computeId;

  constructor(
    private readonly store: AgencyStore,
    private readonly stewardship: Stewardship,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables
        .selectFrom('resource')
        .selectAll()
        .where('tenant', '=', query.tenant)
        .where('state', '!=', 'deleted')
        .orderBy('created_at')
        .orderBy('title')
        .orderBy('id'),
      query,
    );
    return await this.entities(rows);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('resource')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .where('state', '!=', 'deleted')
      .executeTakeFirst();
    return row && (await this.entities([row]))[0];
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.stewardship.giveUpResource(id, tenant);
  }

  private async entities(rows: readonly ResourceRow[]): Promise<Entity[]> {
    const collectors = await collectorsOf(
      this.store.tables,
      rows.map(({ id }) => id),
    );
    return await Promise.all(rows.map((row) => this.entity(row, collectors.get(row.id) ?? [])));
  }

  private async entity(row: ResourceRow, collectors: readonly LinkRef[]): Promise<Entity> {
    const placement = await this.store.tables
      .selectFrom('placement')
      .selectAll()
      .where('id', '=', row.placement)
      .executeTakeFirst();
    return {
      kind: computeId,
      id: row.id,
      title: row.title,
      mixins: [brokeredId],
      attributes: {
        'occi.compute.hostname': row.title,
        'occi.compute.state': row.state === 'deleted' ? 'inactive' : row.state,
        'occi.compute.state.message': row.message,
        ...(placement ? sizes(parsed(placement.offer)) : {}),
        ...(placement ? brokered(row, placement) : {}),
      },
      actions: [],
      links: [
        {
          target: `/agreement/${row.agreement}`,
          rel: agreementId,
          self: `/agreement_link/${row.id}`,
          categories: ['http://schemas.ogf.org/occi/sla#agreement_link'],
          attributes: {},
        },
        ...collectors,
      ],
    };
  }
}

function sizes(offer: Offer): Record<string, JsonValue> {
  const architecture = offer.architecture === 'x64' || offer.architecture === 'x86' ? offer.architecture : null;
  const known = { architecture, cores: offer.cores === null ? null : Math.floor(offer.cores), memory: offer.memory };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[`occi.compute.${name}`, value]])),
  );
}

function brokered(row: ResourceRow, placement: PlacementRow): Record<string, JsonValue> {
  const offer: Offer = parsed(placement.offer);
  return {
    'agency.vendor': offer.vendor,
    'agency.account': offer.agent,
    'agency.region': offer.region,
    'agency.zone': offer.zone,
    'agency.offer': offer.id,
    'agency.price': offer.price,
    'agency.currency': 'USD',
    'agency.market': offer.market,
    ...(placement.address === null ? {} : { 'agency.address': placement.address }),
    'agency.placement': placement.id,
    'agency.agreement': row.agreement,
    'agency.cfp': row.cfp,
    'agency.item': row.item,
  };
}
