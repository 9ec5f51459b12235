import { type StoredPublisher, subjects, type Outcome, type StoredMessage, type WatchMessage } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import { type IsOnDuty, openDatabase, post, Relay, takeOnce } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely, Transaction } from 'kysely';
import type { Change, Past } from '../assessor/assessor.js';
import type { Watch } from '../assessor/sample.js';
import { remember } from './memory.js';
import { monitorMigrations } from './migrations.js';
import { recall } from './recalling.js';
import type { MonitorTables } from './tables.js';

/** Name under which the monitor sends and takes stored messages. */
export const monitorName = 'monitor';

/** The monitor's SQL store: what is watched, what was found, and the messages that tell of it. */
export class MonitorStore {
  private constructor(
    readonly tables: Kysely<MonitorTables>,
    private readonly context: AppContext,
    private readonly relay: Relay,
    private readonly isOnDuty: IsOnDuty<MonitorTables> = () => Promise.resolve(false),
  ) {}

  static async open(context: AppContext, connection: NatsConnection, publisher: StoredPublisher): Promise<MonitorStore> {
    const { settings, clock, log } = context;
    const tables = await openDatabase<MonitorTables>(
      {
        schema: 'monitor',
        shrinks: true,
        directory: settings.dataDirectory,
        ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
      },
      monitorMigrations,
    );
    const onError = (error: unknown): void => {
      log.warn({ err: error }, 'A finding could not be handed to the bus yet; it is kept and sent again');
    };
    const relay = new Relay(tables, { connection, publisher, clock, onError });
    relay.wake();
    return new MonitorStore(tables, context, relay);
  }

  /** The same for one who is on duty: what a shift finds is written only as long as it lasts. */
  during(isOnDuty: IsOnDuty<MonitorTables>): MonitorStore {
    return new MonitorStore(this.tables, this.context, this.relay, isOnDuty);
  }

  /** Takes a watch message into the store, once; one that is older than what is there changes nothing. */
  async takeWatch(message: StoredMessage, subject: string): Promise<Outcome> {
    const now = this.context.clock.now();
    return await takeOnce(this.tables, { consumer: monitorName, subject, now }, message, async (transaction) => {
      if (message.performative !== 'watch') return;
      const { version, active } = message;
      const row = { version, active: active ? 1 : 0, content: JSON.stringify(contentOf(message)), since: now };
      await transaction
        .insertInto('watch')
        .values({ agreement: message.agreement, ...row })
        .onConflict((conflict) => conflict.column('agreement').doUpdateSet(row).where('watch.version', '<', message.version))
        .execute();
    });
  }

  async versions(): Promise<readonly Pick<Watch, 'agreement' | 'version'>[]> {
    return await this.tables.selectFrom('watch').select(['agreement', 'version']).where('active', '=', 1).execute();
  }

  async watches(agreements: readonly string[]): Promise<readonly Watch[]> {
    const rows = await this.tables.selectFrom('watch').select('content').where('agreement', 'in', agreements).execute();
    return rows.map(({ content }) => JSON.parse(content) as Watch);
  }

  async recall(agreements: readonly string[]): Promise<ReadonlyMap<string, Past>> {
    return await recall(this.tables, agreements);
  }

  /** @throws Error when another monitor is on duty by now, or was meanwhile. */
  async fence(transaction: Transaction<MonitorTables>): Promise<void> {
    if (!(await this.isOnDuty(transaction))) throw new Error('another monitor is on duty');
  }

  /** The change of state and the findings that tell of it are stored together: each is told once, whatever crashes in between. */
  async keep(transaction: Transaction<MonitorTables>, agreement: string, changes: readonly Change[]): Promise<void> {
    await remember(transaction, agreement, changes);
    for (const { finding: content } of changes) {
      if (!content) continue;
      await post(transaction, this.context, {
        conversation: agreement,
        sender: monitorName,
        subject: subjects.finding,
        content,
      });
    }
  }

  /** There are messages to be handed to the bus. */
  wake(): void {
    this.relay.wake();
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.tables.destroy();
  }
}

const contentOf = (message: WatchMessage): Watch => {
  const { agreement, version, active, resources, probes, scrape, guarantees, utilisation = [], inForce, pauses } = message;
  return {
    agreement,
    version,
    active,
    resources,
    probes,
    ...(scrape && { scrape }),
    guarantees,
    utilisation,
    ...(inForce && {
      inForce: inForce.map(({ index, since }) => ({ index, ...(since === undefined ? {} : { since: Date.parse(since) }) })),
    }),
    ...(pauses && { pauses: pauses.map(({ from, until }) => ({ from: Date.parse(from), until: Date.parse(until) })) }),
  };
};
