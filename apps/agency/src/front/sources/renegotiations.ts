import { AgencyError } from '@cloud-agency/errors';
import { type Entity, type JsonValue, renegotiationId } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import type { Offer } from '@cloud-agency/sla';
import type { RenegotiationDesk } from '../../renegotiation/desk.js';
import type { AgencyStore } from '../../store/agency-store.js';
import type { Move, RenegotiationRow } from '../../store/renegotiation-tables.js';
import { parsed } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

const actionScheme = 'http://schemas.cloud-agency.dev/occi/agency/renegotiation/action#';
const working: readonly string[] = ['open', 'accepted', 'carrying-out'];

/** Renegotiations of running agreements as OCCI entities, with the actions accept and reject (docs/renegotiation.md). */
export class RenegotiationSource implements EntitySource {
  readonly kind = renegotiationId;

  constructor(
    private readonly store: AgencyStore,
    private readonly desk: RenegotiationDesk,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables
        .selectFrom('renegotiation')
        .selectAll()
        .where('tenant', '=', query.tenant)
        .orderBy('created_at')
        .orderBy('id'),
      query,
    );
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.row(id, tenant);
    return row && entity(row);
  }

  async isSettled(id: string, tenant: string): Promise<boolean> {
    const row = await this.row(id, tenant);
    return row === undefined || !working.includes(row.state);
  }

  async act(id: string, action: string, _attributes: Readonly<Record<string, JsonValue>>, tenant: string): Promise<Entity> {
    if (action === 'accept') await this.desk.accept(id, tenant);
    else await this.desk.reject(id, tenant);
    const after = await this.get(id, tenant);
    if (!after) throw new AgencyError('not-found', { what: `Renegotiation ${id}`, hint: '' });
    return after;
  }

  private async row(id: string, tenant: string): Promise<RenegotiationRow | undefined> {
    return await this.store.tables
      .selectFrom('renegotiation')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
  }
}

function entity(row: RenegotiationRow): Entity {
  return {
    kind: renegotiationId,
    id: row.id,
    title: `Renegotiation of ${row.agreement}`,
    mixins: [],
    attributes: {
      'agency.renegotiation.agreement': row.agreement,
      'agency.renegotiation.cause': row.cause,
      'agency.renegotiation.reason': row.reason,
      'agency.renegotiation.state': row.state,
      'agency.renegotiation.state.message': row.message,
      'agency.renegotiation.accept': row.accept,
      ...(row.document === null ? {} : { 'agency.renegotiation.document': row.document }),
      'agency.renegotiation.least_gain': row.least_gain,
      'agency.renegotiation.switching': row.switching,
      ...costs(row),
      'agency.renegotiation.currency': 'USD',
      'agency.renegotiation.moves': parsed(row.moves).map(shown),
      'agency.renegotiation.explanation': [...parsed(row.explanation)],
      ...(row.state === 'proposed' ? { 'agency.renegotiation.deadline': isoTime(row.next_at) } : {}),
    },
    actions: row.state === 'proposed' ? ['accept', 'reject'].map((term) => `${actionScheme}${term}`) : [],
    links: [],
  };
}

function costs({ cost_before: before, cost_after: after, cost_moving: moving }: RenegotiationRow): Record<string, number> {
  return {
    ...(before === null ? {} : { 'agency.renegotiation.cost.before': before }),
    ...(after === null ? {} : { 'agency.renegotiation.cost.after': after }),
    ...(moving === null ? {} : { 'agency.renegotiation.cost.moving': moving }),
    ...(before === null || after === null ? {} : { 'agency.renegotiation.gain': before - after - (moving ?? 0) }),
  };
}

/** A move as a client sees it. */
const shown = (move: Move): JsonValue => ({
  do: move.do,
  item: move.item,
  ...(move.resource === null ? {} : { resource: move.resource }),
  ...(move.do === 'add' ? {} : { from: place(move.from) }),
  ...(move.do === 'release' ? {} : { to: place(move.to) }),
});

const place = ({ vendor, agent, region, zone, instanceType, market, id, price }: Offer) => ({
  vendor,
  account: agent,
  region,
  zone,
  type: instanceType,
  market,
  offer: id,
  price,
});
