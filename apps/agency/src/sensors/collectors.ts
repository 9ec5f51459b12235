import { AgencyError } from '@cloud-agency/errors';
import { categoryId, type EntityChange } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { CollectorRow } from '../store/sensor-tables.js';
import { json, parsed } from '../store/tables.js';
import { assertPeriod, assertRoom } from './limits.js';
import { settingsOf, metricAmong, metricOf } from './metrics.js';
import { sendObservation } from './observing.js';
import { sensorOf } from './sensors.js';

type Given = Pick<EntityChange, 'attributes' | 'mixins'>;
type Attributes = Given['attributes'];

/** What clients do with their collectors: links from a compute of theirs to a sensor of theirs, each with one metric. */
export class Collectors {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
  ) {}

  /** `given` names both its ends as paths. @throws AgencyError invalid-request, not-found, conflict. */
  async create(given: Given, tenant: string): Promise<CollectorRow> {
    return await this.store.work((work) => this.add(work, given, tenant));
  }

  /** The same within a unit of work, e.g. the one in which its compute is created. */
  async add(work: Work, { attributes, mixins }: Given, tenant: string): Promise<CollectorRow> {
    const resource = idAt('compute', 'occi.core.source', attributes);
    const sensor = idAt('sensor', 'occi.core.target', attributes);
    const metric = metricOf(mixins);
    await assertCompute(work, resource, tenant);
    await sensorOf(work, sensor, tenant);
    assertRoom(sensor, await collectorsAt(work, sensor));
    const row: CollectorRow = {
      id: this.ids.next(),
      tenant,
      resource,
      sensor,
      metric: categoryId(metric),
      settings: json(settingsOf(metric, attributes)),
      period: periodIn(attributes),
      periodspec: specIn(attributes),
      created_at: work.now,
    };
    await work.tables.insertInto('collector').values(row).execute();
    await sendObservation(work, sensor);
    return row;
  }

  /** Sets what is given; another metric takes the place of the one before. @throws AgencyError invalid-request, not-found. */
  async update(id: string, { attributes, mixins }: Given, tenant: string): Promise<void> {
    await this.change(id, tenant, attributes, (row) => {
      const metric = metricAmong(mixins) ?? metricOf([row.metric]);
      return {
        metric: categoryId(metric),
        settings: json(settingsOf(metric, { ...parsed(row.settings), ...attributes })),
        ...('occi.collector.period' in attributes ? { period: periodIn(attributes) } : {}),
        ...('occi.collector.periodspec' in attributes ? { periodspec: specIn(attributes) } : {}),
      };
    });
  }

  /** What is given is all there is; its ends and, unless another is given, its metric stay. @throws AgencyError invalid-request, not-found. */
  async replace(id: string, { attributes, mixins }: Given, tenant: string): Promise<void> {
    await this.change(id, tenant, attributes, (row) => {
      const metric = metricAmong(mixins) ?? metricOf([row.metric]);
      return {
        metric: categoryId(metric),
        settings: json(settingsOf(metric, attributes)),
        period: periodIn(attributes),
        periodspec: specIn(attributes),
      };
    });
  }

  /** @throws AgencyError not-found. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const { sensor } = await collectorOf(work, id, tenant);
      await work.tables.deleteFrom('collector').where('id', '=', id).execute();
      await sendObservation(work, sensor);
    });
  }

  private async change(
    id: string,
    tenant: string,
    attributes: Attributes,
    changeOf: (row: CollectorRow) => Partial<Pick<CollectorRow, 'metric' | 'settings' | 'period' | 'periodspec'>>,
  ): Promise<void> {
    await this.store.work(async (work) => {
      const row = await collectorOf(work, id, tenant);
      assertSameEnds(row, attributes);
      await work.tables.updateTable('collector').set(changeOf(row)).where('id', '=', id).execute();
      await sendObservation(work, row.sensor);
    });
  }
}

async function collectorOf(work: Work, id: string, tenant: string): Promise<CollectorRow> {
  const row = await work.tables
    .selectFrom('collector')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .executeTakeFirst();
  if (row) return row;
  throw new AgencyError('not-found', { what: `Collector ${id.slice(0, 100)}`, hint: 'GET /collector/ lists those there are.' });
}

async function assertCompute(work: Work, id: string, tenant: string): Promise<void> {
  const row = await work.tables
    .selectFrom('resource')
    .select('id')
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
  if (row) return;
  throw new AgencyError('not-found', { what: `Compute ${id.slice(0, 100)}`, hint: 'GET /compute/ lists those there are.' });
}

async function collectorsAt(work: Work, sensor: string): Promise<number> {
  const { count } = await work.tables
    .selectFrom('collector')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('sensor', '=', sensor)
    .executeTakeFirstOrThrow();
  return count;
}

/** @throws AgencyError invalid-request. */
function idAt(kind: 'compute' | 'sensor', name: string, attributes: Attributes): string {
  const path = typeof attributes[name] === 'string' ? attributes[name] : '';
  const id = new RegExp(`^/${kind}/([^/?#]+)$`).exec(path)?.[1];
  if (id !== undefined) return id;
  throw new AgencyError('invalid-request', {
    message: `${name} of a collector must be the path of a ${kind} of yours, /${kind}/ID; it is '${path.slice(0, 200)}'.`,
  });
}

/** @throws AgencyError invalid-request. */
function assertSameEnds({ id, resource, sensor }: CollectorRow, attributes: Attributes): void {
  for (const [name, path] of [
    ['occi.core.source', `/compute/${resource}`],
    ['occi.core.target', `/sensor/${sensor}`],
  ] as const)
    if (attributes[name] !== undefined && attributes[name] !== path)
      throw new AgencyError('invalid-request', {
        message: `${name} of collector ${id} is ${path} and stays that: delete it and create another.`,
      });
}

/** @throws AgencyError invalid-request. */
function periodIn(attributes: Attributes): number {
  const period = attributes['occi.collector.period'];
  if (typeof period !== 'number') throw new AgencyError('invalid-request', { message: 'occi.collector.period is required.' });
  assertPeriod('occi.collector.period', period);
  return period;
}

function specIn(attributes: Attributes): string | null {
  const spec = attributes['occi.collector.periodspec'];
  return typeof spec === 'string' ? spec : null;
}
