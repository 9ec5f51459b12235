import { type Entity, type JsonValue, violationId } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import type { AgencyStore } from '../../store/agency-store.js';
import { parsed, type ViolationRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { penaltiesOf } from './agreement-ledger.js';
import { listed } from './listing.js';

/** Breaches of guarantee terms as OCCI entities, with the measurements that prove them. */
export class ViolationSource implements EntitySource {
  readonly kind = violationId;

  constructor(private readonly store: AgencyStore) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables.selectFrom('violation').selectAll().where('tenant', '=', query.tenant).orderBy('opened').orderBy('id'),
      query,
    );
    const penalties = await penaltiesOf(this.store.tables, ids(rows));
    return rows.map((row) => entity(row, penalties));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('violation')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && entity(row, await penaltiesOf(this.store.tables, [id]));
  }
}

const ids = (rows: readonly ViolationRow[]): readonly string[] => rows.map(({ id }) => id);

function entity(row: ViolationRow, penalties: ReadonlyMap<string, string>): Entity {
  const penalty = penalties.get(row.id);
  return {
    kind: violationId,
    id: row.id,
    title: `${row.term} of ${row.of}`,
    mixins: [],
    attributes: {
      'agency.violation.agreement': row.agreement,
      'agency.violation.term': row.term,
      'agency.violation.guarantee': row.guarantee,
      'agency.violation.of': row.resource ?? row.of,
      'agency.violation.opened': isoTime(row.opened),
      ...(row.closed === null ? {} : { 'agency.violation.closed': isoTime(row.closed) }),
      'agency.violation.wanted': row.wanted,
      'agency.violation.unit': row.unit,
      'agency.violation.measured': row.measured,
      'agency.violation.worst': row.worst,
      'agency.violation.count': row.count,
      'agency.violation.updated': isoTime(row.updated),
      'agency.violation.duration': ((row.closed ?? row.updated) - row.opened) / 1_000,
      'agency.violation.samples': parsed(row.samples) as JsonValue,
      ...(penalty === undefined ? {} : { 'agency.violation.penalty': penalty }),
    },
    actions: [],
    links: [],
  };
}
