import type { ObserveMessage, Outcome, StoredMessage } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import { takeOnce } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import type { Observation } from '../sensors/observation.js';
import type { MonitorTables } from './tables.js';

/** Name under which the monitor takes what is to be measured. */
export const sensorsConsumer = 'monitor_sensors';

/** What is to be measured for the sensors of clients, as the agency said last. */
export class Observations {
  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Takes an observe message into the store, once; one that is older than what is there changes nothing. */
  async take(message: StoredMessage, subject: string): Promise<Outcome> {
    const now = this.clock.now();
    return await takeOnce(this.tables, { consumer: sensorsConsumer, subject, now }, message, async (transaction) => {
      if (message.performative !== 'observe') return;
      const { version, active } = message;
      const row = { version, active: active ? 1 : 0, content: JSON.stringify(contentOf(message)), since: now };
      await transaction
        .insertInto('observation')
        .values({ sensor: message.sensor, ...row })
        .onConflict((conflict) => conflict.column('sensor').doUpdateSet(row).where('observation.version', '<', message.version))
        .execute();
    });
  }

  async versions(): Promise<readonly Pick<Observation, 'sensor' | 'version'>[]> {
    return await this.tables.selectFrom('observation').select(['sensor', 'version']).where('active', '=', 1).execute();
  }

  async observation(sensor: string): Promise<Observation> {
    const { content } = await this.tables
      .selectFrom('observation')
      .select('content')
      .where('sensor', '=', sensor)
      .executeTakeFirstOrThrow();
    return JSON.parse(content) as Observation;
  }
}

function contentOf(message: ObserveMessage): Observation {
  const { sensor, version, active, period, from, until, aggregators, publishers, collectors } = message;
  return { sensor, version, active, period, from, until, aggregators, publishers, collectors };
}
