import { AgencyError } from '@cloud-agency/errors';
import {
  aggregators,
  categoryId,
  type Entity,
  type EntityChange,
  type EntityDraft,
  type JsonValue,
  observedId,
  publishers,
  sensorId,
} from '@cloud-agency/occi';
import type { Clock } from '@cloud-agency/runtime';
import type { LatestFigures } from '../../sensors/figures.js';
import { timesOf } from '../../sensors/observing.js';
import type { Sensors } from '../../sensors/sensors.js';
import type { AgencyStore } from '../../store/agency-store.js';
import type { SensorRow } from '../../store/sensor-tables.js';
import { parsed } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

/** Clients' sensors as OCCI entities, with what they have measured (OCCI.md 1.5). */
export class SensorSource implements EntitySource {
  readonly kind = sensorId;

  constructor(
    private readonly store: AgencyStore,
    private readonly sensors: Sensors,
    private readonly figures: LatestFigures,
    private readonly clock: Clock,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables.selectFrom('sensor').selectAll().where('tenant', '=', query.tenant).orderBy('timebase').orderBy('id'),
      query,
    );
    const busy = await this.store.tables
      .selectFrom('collector')
      .select('sensor')
      .distinct()
      .where('tenant', '=', query.tenant)
      .execute();
    const sensors = new Set(busy.map(({ sensor }) => sensor));
    return rows.map((row) => this.entity(row, sensors.has(row.id)));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('sensor')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    if (!row) return undefined;
    const some = await this.store.tables
      .selectFrom('collector')
      .select('id')
      .where('sensor', '=', id)
      .limit(1)
      .executeTakeFirst();
    return this.entity(row, some !== undefined);
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    assertNoLinks(draft);
    return this.entity(await this.sensors.create(draft, tenant), false);
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    assertNoLinks(change);
    await this.sensors.update(id, change, tenant);
  }

  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.sensors.replace(id, whole, tenant);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.sensors.remove(id, tenant);
  }

  private entity(row: SensorRow, busy: boolean): Entity {
    const mixins = parsed(row.mixins);
    return {
      kind: sensorId,
      id: row.id,
      mixins: [observedId, ...mixins],
      attributes: {
        'occi.sensor.period': row.period,
        ...(row.periodspec === null ? {} : { 'occi.sensor.periodspec': row.periodspec }),
        'occi.sensor.timebase': row.timebase / 1_000,
        'occi.sensor.timestart': row.timestart,
        'occi.sensor.timestop': row.timestop,
        ...(row.timespec === null ? {} : { 'occi.sensor.timespec': row.timespec }),
        'agency.sensor.state': this.state(row, busy),
        ...this.measured(row.id, mixins),
      },
      actions: [],
      links: [],
    };
  }

  /** Waiting: before its time, or without anything to measure. */
  private state(row: SensorRow, busy: boolean): 'waiting' | 'measuring' | 'ended' {
    const { from, until } = timesOf(row);
    const now = this.clock.now();
    if (until !== null && now >= until) return 'ended';
    return now >= from && busy ? 'measuring' : 'waiting';
  }

  private measured(id: string, mixins: readonly string[]): Record<string, JsonValue> {
    const { measurements = [], values = [], published = [] } = this.figures.of(id) ?? {};
    const [only, second] = values;
    return {
      'agency.sensor.measurements': measurements,
      ...(mixins.some((mixin) => aggregating.has(mixin)) ? { 'agency.sensor.values': values } : {}),
      ...(only && !second ? { 'agency.sensor.value': only.value } : {}),
      ...(mixins.some((mixin) => publishing.has(mixin)) ? { 'agency.sensor.published': published } : {}),
    };
  }
}

const aggregating = new Set(aggregators.map(categoryId));
const publishing = new Set(publishers.map(categoryId));

/** @throws AgencyError invalid-request. */
function assertNoLinks({ links }: EntityChange): void {
  if (links.length === 0) return;
  throw new AgencyError('invalid-request', {
    message:
      'A sensor is where collectors lead to, not from, and has no links of its own. Create it, then POST each collector to /collector/ with a compute as its source and the sensor as its target.',
  });
}
