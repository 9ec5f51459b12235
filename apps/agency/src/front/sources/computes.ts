import { AgencyError } from '@cloud-agency/errors';
import {
  agreementId,
  brokeredId,
  calledId,
  computeId,
  type Entity,
  type EntityChange,
  type EntityDraft,
  type JsonValue,
  type LinkRef,
  type Mixin,
} from '@cloud-agency/occi';
import type { Offer } from '@cloud-agency/sla';
import type { Stewardship } from '../../calls/stewardship.js';
import type { ComputeOrders } from '../../brokerage/compute-orders.js';
import type { ComputeDesk } from '../../brokerage/compute-desk.js';
import { type PowerTerm, transitions } from '../../brokerage/compute-operations.js';
import type { VendorRegistry } from '../../mediation/registry.js';
import { computeOf } from '../../resources/owned-compute.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { parsed, type PlacementRow, type ResourceRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { collectorsOf } from '../../sensors/collectors-of.js';
import { attachmentLinks } from './attachment-links.js';
import { inSlices, pageOfIds } from './listing.js';

const actionScheme = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const nothing: readonly never[] = [];

export interface ComputeRooms {
  readonly stewardship: Stewardship;
  readonly orders: ComputeOrders;
  readonly desk: ComputeDesk;
  readonly vendors: VendorRegistry;
}

interface Beside {
  readonly placement: PlacementRow | undefined;
  readonly links: readonly LinkRef[];
}

/** Computes: those that calls brought, and those that clients ordered by themselves (OCCI.md 4). */
export class ComputeSource implements EntitySource {
  readonly kind = computeId;
  readonly tables = ['resource', 'placement', 'attachment', 'collector', 'vendor'] as const;

  constructor(
    private readonly store: AgencyStore,
    private readonly rooms: ComputeRooms,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const { tables } = this.store;
    const ids = pageOfIds(
      tables
        .selectFrom('resource')
        .select('id')
        .where('tenant', '=', query.tenant)
        .where('state', '!=', 'deleted')
        .orderBy('created_at')
        .orderBy('id'),
      query,
    );
    const rows = await tables
      .selectFrom('resource')
      .selectAll()
      .where('id', 'in', ids)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return await inSlices(rows, (some) => this.entities(some));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await computeOf(this.store.tables, id, tenant);
    const [entity] = row ? await this.entities([row]) : [];
    return entity;
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    const row = await this.rooms.orders.order(draft, tenant);
    // Nothing of it is at a vendor yet, and its links are read where there are any.
    if (draft.links.length === 0) return this.entity(row, { placement: undefined, links: nothing });
    return (await this.entities([row]))[0] as Entity;
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    await this.rooms.desk.change(id, change, false, tenant);
  }

  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.rooms.desk.change(id, whole, true, tenant);
  }

  async act(id: string, action: string, attributes: Entity['attributes'], tenant: string): Promise<Entity | Mixin> {
    if (action === 'save') return await this.rooms.desk.save(id, attributes, tenant);
    await this.rooms.desk.act(id, action as PowerTerm, attributes, tenant);
    const after = await this.get(id, tenant);
    if (after) return after;
    throw new AgencyError('not-found', { what: `Compute ${id}`, hint: 'GET /compute/ lists those there are.' });
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.rooms.stewardship.giveUpResource(id, tenant);
  }

  /** It runs, or never will, or has come to rest where its client wanted it. */
  async isSettled(id: string, tenant: string): Promise<boolean> {
    const row = await this.store.tables
      .selectFrom('resource')
      .leftJoin('placement', 'placement.id', 'resource.placement')
      .select(['resource.state as state', 'resource.task as task', 'placement.state as placement'])
      .where('resource.id', '=', id)
      .where('resource.tenant', '=', tenant)
      .executeTakeFirst();
    if (!row || row.task !== null) return !row;
    return row.state !== 'inactive' || row.placement === 'active';
  }

  private async entities(rows: readonly ResourceRow[]): Promise<readonly Entity[]> {
    const { tables } = this.store;
    const placed = rows.flatMap(({ placement }) => placement ?? []);
    const placements =
      placed.length === 0 ? [] : await tables.selectFrom('placement').selectAll().where('id', 'in', placed).execute();
    const byId = new Map(placements.map((placement) => [placement.id, placement]));
    const ids = rows.map(({ id }) => id);
    const attachments = await attachmentLinks(tables, ids);
    const collectors = await collectorsOf(tables, ids);
    return rows.map((row) =>
      this.entity(row, {
        placement: byId.get(row.placement ?? ''),
        links: [...(attachments.get(row.id) ?? nothing), ...(collectors.get(row.id) ?? nothing)],
      }),
    );
  }

  private entity(row: ResourceRow, { placement, links }: Beside): Entity {
    const { mixins = [], attributes = {} } = parsed(row.given);
    const offer = placement && parsed(placement.offer);
    return {
      kind: computeId,
      id: row.id,
      title: row.title,
      mixins: [...mixins, placement ? brokeredId : calledId],
      attributes: {
        'occi.compute.hostname': row.title,
        ...(offer ? sizes(offer) : {}),
        ...attributes,
        'occi.compute.state': row.state === 'deleted' ? 'inactive' : row.state,
        'occi.compute.state.message': row.message,
        ...(placement && offer ? brokered(row, placement, offer) : { 'agency.cfp': row.cfp }),
      },
      actions: this.actionsOf(row, placement),
      links: [...agreementLink(row), ...links],
    };
  }

  /** Those that its state allows and its vendor can. */
  private actionsOf({ state, task }: ResourceRow, placement: PlacementRow | undefined): readonly string[] {
    if (placement?.state !== 'active' || task !== null) return nothing;
    const abilities = this.rooms.vendors.abilitiesOf(placement.agent);
    const possible = Object.entries(transitions).filter(
      ([, { from, ability }]) => from.includes(state) && abilities.includes(ability),
    );
    const saving = state === 'active' && abilities.includes('save') ? ['save'] : [];
    return [...possible.map(([term]) => term), ...saving].map((term) => `${actionScheme}${term}`);
  }
}

function agreementLink({ agreement, id }: ResourceRow): readonly LinkRef[] {
  if (agreement === null) return nothing;
  return [
    {
      target: `/agreement/${agreement}`,
      rel: agreementId,
      self: `/agreement_link/${id}`,
      categories: ['http://schemas.ogf.org/occi/sla#agreement_link'],
      attributes: {},
    },
  ];
}

function sizes(offer: Offer): Record<string, JsonValue> {
  const architecture = offer.architecture === 'x64' || offer.architecture === 'x86' ? offer.architecture : null;
  const known = { architecture, cores: offer.cores === null ? null : Math.floor(offer.cores), memory: offer.memory };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[`occi.compute.${name}`, value]])),
  );
}

function brokered(row: ResourceRow, placement: PlacementRow, offer: Offer): Record<string, JsonValue> {
  return {
    'agency.vendor': offer.vendor,
    'agency.account': offer.agent,
    'agency.region': offer.region,
    'agency.zone': offer.zone,
    'agency.offer': offer.id,
    'agency.price': offer.price,
    ...(placement.announced_price === null ? {} : { 'agency.price.announced': placement.announced_price }),
    'agency.currency': 'USD',
    'agency.market': offer.market,
    ...(placement.address === null ? {} : { 'agency.address': placement.address }),
    'agency.placement': placement.id,
    ...(row.agreement === null ? {} : { 'agency.agreement': row.agreement }),
    'agency.cfp': row.cfp,
    'agency.item': row.item,
  };
}
