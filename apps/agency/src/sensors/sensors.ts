import { AgencyError } from '@cloud-agency/errors';
import {
  aggregatorId,
  aggregators,
  categoryId,
  type EntityChange,
  type JsonValue,
  observedId,
  publisherId,
  publishers,
} from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import type { AgencyStore } from '../store/agency-store.js';
import type { SensorRow } from '../store/sensor-tables.js';
import { json, parsed } from '../store/tables.js';
import { holdSensor } from './holding.js';
import { assertPeriod, assertTimes } from './limits.js';
import { endObservation, sendObservation } from './observing.js';

type Given = Pick<EntityChange, 'attributes' | 'mixins'>;
type Columns = Pick<SensorRow, 'period' | 'periodspec' | 'timestart' | 'timestop' | 'timespec' | 'mixins'>;

/** What clients do with their sensors. Each change is stored with the message that tells the monitor of it. */
export class Sensors {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
  ) {}

  /** @throws AgencyError invalid-request. */
  async create(given: Given, tenant: string): Promise<SensorRow> {
    const columns = checked({ ...nothing, ...columnsOf(given.attributes), mixins: json(ownMixins(given.mixins)) });
    return await this.store.work(async (work) => {
      const row = { ...columns, id: this.ids.next(), tenant, timebase: work.now, version: 0 };
      await work.tables.insertInto('sensor').values(row).execute();
      await sendObservation(work, row.id);
      return row;
    });
  }

  /** Sets what is given, and adds mixins. @throws AgencyError invalid-request, not-found. */
  async update(id: string, given: Given, tenant: string): Promise<void> {
    await this.change(id, tenant, (row) => ({
      ...columnsOf(given.attributes),
      mixins: json([...new Set([...parsed(row.mixins), ...ownMixins(given.mixins)])]),
    }));
  }

  /** What is given is all there is; its timebase and its collectors stay. @throws AgencyError invalid-request, not-found. */
  async replace(id: string, given: Given, tenant: string): Promise<void> {
    const columns = columnsOf(given.attributes);
    for (const name of ['period', 'timestart', 'timestop'] as const)
      if (columns[name] === undefined) throw new AgencyError('invalid-request', { message: `occi.sensor.${name} is required.` });
    await this.change(id, tenant, () => ({ ...nothing, ...columns, mixins: json(ownMixins(given.mixins)) }));
  }

  /** Its collectors go with it. @throws AgencyError not-found. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      await holdSensor(work, id, tenant);
      await endObservation(work, id);
      await work.tables.deleteFrom('collector').where('sensor', '=', id).execute();
      await work.tables.deleteFrom('sensor').where('id', '=', id).execute();
    });
  }

  private async change(id: string, tenant: string, changeOf: (row: SensorRow) => Partial<Columns>): Promise<void> {
    await this.store.work(async (work) => {
      const row = await holdSensor(work, id, tenant);
      const { period, periodspec, timestart, timestop, timespec, mixins } = checked({ ...row, ...changeOf(row) });
      await work.tables
        .updateTable('sensor')
        .set({ period, periodspec, timestart, timestop, timespec, mixins })
        .where('id', '=', id)
        .execute();
      await sendObservation(work, id);
    });
  }
}

const nothing: Columns = { period: 0, periodspec: null, timestart: 0, timestop: 0, timespec: null, mixins: json([]) };

/** Their types are those of the attributes' definitions, which the front has checked. */
function columnsOf(attributes: Readonly<Record<string, JsonValue>>): Partial<Columns> {
  const names = ['period', 'periodspec', 'timestart', 'timestop', 'timespec'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = attributes[`occi.sensor.${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws AgencyError invalid-request. */
function checked<C extends Columns>(columns: C): C {
  assertPeriod('occi.sensor.period', columns.period);
  assertTimes(columns.timestart, columns.timestop);
  return columns;
}

const provided = new Set([...aggregators, ...publishers].map(categoryId));
/** What says nothing that the Agency would have to keep. */
const implied = new Set([aggregatorId, publisherId, observedId]);

/** @throws AgencyError invalid-request for a mixin that the Agency does not know what to do with. */
function ownMixins(mixins: readonly string[]): readonly string[] {
  const own = mixins.filter((id) => !implied.has(id));
  for (const id of own)
    if (!provided.has(id))
      throw new AgencyError('invalid-request', {
        message: `A sensor has aggregators and publishers, not ${id.slice(0, 200)}. GET /-/ lists them.`,
      });
  return own;
}
