import { AgencyError } from '@cloud-agency/errors';
import { categoryId, checkedDraft, collectorId, type EntityChange, type LinkRef, type Registry } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { CollectorRow } from '../store/sensor-tables.js';
import { json, parsed } from '../store/tables.js';
import { holdCompute, holdSensor, holdSensors, noSensor } from './holding.js';
import { collectorGiven } from './inline.js';
import { assertPeriod, assertRoom } from './limits.js';
import { settingsOf, metricAmong, metricOf } from './metrics.js';
import { sendObservation } from './observing.js';

type Given = Pick<EntityChange, 'attributes' | 'mixins'>;
type Attributes = Given['attributes'];

/** What clients do with their collectors: links from a compute of theirs to a sensor of theirs, each with one metric. */
export class Collectors {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
    private readonly categories: Registry,
  ) {}

  /** `given` names both its ends as paths. @throws AgencyError invalid-request, not-found, conflict. */
  async create(given: Given, tenant: string): Promise<CollectorRow> {
    return await this.store.work((work) => this.add(work, given, tenant));
  }

  /** Those that came inline with a compute that is being created: what is to be stored along with it. @throws AgencyError as create. */
  async wished(links: readonly LinkRef[], compute: string, tenant: string, now: number): Promise<readonly CollectorRow[]> {
    const rows: CollectorRow[] = [];
    for (const link of links) {
      const row = this.rowOf(this.checked(link, compute), tenant, now);
      await assertTakes(this.store, row.sensor, tenant, rows.filter(({ sensor }) => sensor === row.sensor).length);
      rows.push(row);
    }
    return rows;
  }

  /** Adds those that came inline with a change of their compute. @throws AgencyError as create. */
  async link(work: Work, links: readonly LinkRef[], compute: string, tenant: string): Promise<void> {
    const inOrder = [...links].sort((one, other) => (one.target < other.target ? -1 : 1));
    for (const link of inOrder) await this.add(work, this.checked(link, compute), tenant);
  }

  private async add(work: Work, given: Given, tenant: string): Promise<CollectorRow> {
    const row = this.rowOf(given, tenant, work.now);
    await holdCompute(work, row.resource, tenant);
    await holdSensor(work, row.sensor, tenant);
    await assertTakes(work, row.sensor, tenant);
    await work.tables.insertInto('collector').values(row).execute();
    await sendObservation(work, row.sensor);
    return row;
  }

  /** The front has checked a collector that comes by itself, but not what inline links say. */
  private checked(link: LinkRef, compute: string): Given {
    const draft = checkedDraft(collectorGiven(link, compute), this.categories);
    if (draft.kind === collectorId) return draft;
    throw new AgencyError('invalid-request', { message: `A link to ${link.target.slice(0, 200)} is a ${collectorId}.` });
  }

  private rowOf({ attributes, mixins }: Given, tenant: string, now: number): CollectorRow {
    const metric = metricOf(mixins);
    return {
      id: this.ids.next(),
      tenant,
      resource: idAt('compute', 'occi.core.source', attributes),
      sensor: idAt('sensor', 'occi.core.target', attributes),
      metric: categoryId(metric),
      settings: json(settingsOf(metric, attributes)),
      period: periodIn(attributes),
      periodspec: specIn(attributes),
      created_at: now,
    };
  }

  /** Sets what is given; another metric takes the place of the one before. @throws AgencyError invalid-request, forbidden, not-found. */
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

  /** What is given is all there is; its ends and, unless another is given, its metric stay. @throws AgencyError invalid-request, forbidden, not-found. */
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
      const { sensor } = await heldCollector(work, id, tenant);
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
      const row = await heldCollector(work, id, tenant);
      assertSameEnds(row, attributes);
      await work.tables.updateTable('collector').set(changeOf(row)).where('id', '=', id).execute();
      await sendObservation(work, row.sensor);
    });
  }
}

/** With its sensor. @throws AgencyError not-found. */
async function heldCollector(work: Work, id: string, tenant: string): Promise<CollectorRow> {
  const { sensor } = await collectorOf(work, id, tenant);
  await holdSensors(work, [sensor]);
  return await collectorOf(work, id, tenant);
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

/** A sensor of the tenant's that has room for another collector beside those that come with it. @throws AgencyError not-found, conflict. */
async function assertTakes({ tables }: Pick<AgencyStore, 'tables'>, sensor: string, tenant: string, beside = 0): Promise<void> {
  const own = tables.selectFrom('sensor').select('id').where('id', '=', sensor).where('tenant', '=', tenant);
  if (!(await own.executeTakeFirst())) noSensor(sensor);
  const { count } = await tables
    .selectFrom('collector')
    .select((select) => select.fn.countAll<number | string>().as('count'))
    .where('sensor', '=', sensor)
    .executeTakeFirstOrThrow();
  assertRoom(sensor, Number(count) + beside);
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

/** @throws AgencyError forbidden (OCCI.md 2.2: a changed immutable attribute). */
function assertSameEnds({ id, resource, sensor }: CollectorRow, attributes: Attributes): void {
  for (const [name, path] of [
    ['occi.core.source', `/compute/${resource}`],
    ['occi.core.target', `/sensor/${sensor}`],
  ] as const)
    if (attributes[name] !== undefined && attributes[name] !== path)
      throw new AgencyError('forbidden', {
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
