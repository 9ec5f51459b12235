import {
  collectorId,
  computeId,
  type Entity,
  type EntityChange,
  type EntityDraft,
  type JsonValue,
  metrics,
  categoryId,
  sensorId,
} from '@cloud-agency/occi';
import type { Collectors } from '../../sensors/collectors.js';
import type { LatestFigures } from '../../sensors/figures.js';
import type { AgencyStore } from '../../store/agency-store.js';
import type { CollectorRow } from '../../store/sensor-tables.js';
import { parsed } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

/** Collectors as OCCI links, each with what it has measured last (OCCI.md 1.5). */
export class CollectorSource implements EntitySource {
  readonly kind = collectorId;

  constructor(
    private readonly store: AgencyStore,
    private readonly collectors: Collectors,
    private readonly figures: LatestFigures,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables
        .selectFrom('collector')
        .selectAll()
        .where('tenant', '=', query.tenant)
        .orderBy('created_at')
        .orderBy('id'),
      query,
    );
    return rows.map((row) => this.entity(row));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('collector')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && this.entity(row);
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    return this.entity(await this.collectors.create(draft, tenant));
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    await this.collectors.update(id, change, tenant);
  }

  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.collectors.replace(id, whole, tenant);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.collectors.remove(id, tenant);
  }

  private entity(row: CollectorRow): Entity {
    return {
      kind: collectorId,
      id: row.id,
      mixins: [row.metric],
      attributes: {
        'occi.core.source': `/compute/${row.resource}`,
        'occi.core.target': `/sensor/${row.sensor}`,
        'occi.core.source.kind': computeId,
        'occi.core.target.kind': sensorId,
        'occi.collector.period': row.period,
        ...(row.periodspec === null ? {} : { 'occi.collector.periodspec': row.periodspec }),
        ...parsed(row.settings),
        ...this.measured(row),
      },
      actions: [],
      links: [],
    };
  }

  /** Not what a metric before the present one has measured. */
  private measured({ id, sensor, metric }: CollectorRow): Record<string, JsonValue> {
    const found = this.figures.of(sensor)?.measurements.find(({ collector }) => collector === id);
    const term = metrics.find((one) => categoryId(one) === metric)?.term;
    if (!found || found.metric !== term) return {};
    const { value, unit, at, detail } = found;
    return {
      ...(value === null ? {} : { 'agency.measurement.value': value }),
      'agency.measurement.unit': unit,
      'agency.measurement.at': at,
      'agency.measurement.detail': detail,
    };
  }
}
