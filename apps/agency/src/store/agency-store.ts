import type { StoredPublisher } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import { type Letter, openDatabase, type OutboxSource, post, Relay, WriteCounts } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely, Transaction } from 'kysely';
import { type NewEvent, record } from './events.js';
import { agencyMigrations } from './migrations.js';
import type { AgencyTables } from './tables.js';

/** One unit of work: all of it is committed, or none. */
export interface Work {
  readonly tables: Transaction<AgencyTables>;
  readonly now: number;
  /** Resolves to the number of the event. */
  record(event: NewEvent): Promise<number>;
  /** Sends a command or an event of the bus once this work is committed. */
  send(letter: Omit<Letter, 'sender'>): Promise<void>;
}

/** Name under which the agency sends stored messages. */
export const sender = 'agency';

/**
 * The agency's SQL store. After each commit those who wait for changes are told, so that workers act at once; what they would have to do
 * is in the tables, so a crash in between loses nothing.
 */
export class AgencyStore {
  private readonly listeners = new Set<() => void>();

  private constructor(
    readonly tables: Kysely<AgencyTables>,
    private readonly source: OutboxSource & AppContext,
    private readonly relay: Relay,
    /** Where nobody else writes: the store embedded. */
    readonly writes: WriteCounts | undefined,
  ) {}

  static async open(context: AppContext, connection: NatsConnection, publisher: StoredPublisher): Promise<AgencyStore> {
    const { settings, clock, log } = context;
    const writes = settings.databaseUrl ? undefined : new WriteCounts();
    const tables = await openDatabase<AgencyTables>(
      {
        schema: 'agency',
        directory: settings.dataDirectory,
        ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
        ...(writes ? { writes } : {}),
      },
      agencyMigrations,
    );
    const onError = (error: unknown): void => {
      log.warn({ err: error }, 'A message could not be handed to the bus yet; it is kept and sent again');
    };
    const relay = new Relay(tables, { connection, publisher, clock, onError });
    const store = new AgencyStore(tables, context, relay, writes);
    relay.wake();
    return store;
  }

  async work<T>(task: (work: Work) => Promise<T>): Promise<T> {
    const result = await this.tables.transaction().execute((transaction) => task(this.workOn(transaction)));
    this.committed();
    return result;
  }

  now(): number {
    return this.source.clock.now();
  }

  /** The same inside a transaction that someone else commits (the inbox); `committed` is to be called after it. */
  workOn(transaction: Transaction<AgencyTables>): Work {
    const now = this.now();
    return {
      tables: transaction,
      now,
      record: (event) => record(transaction, now, event),
      send: async (letter) => {
        await post(transaction, this.source, { ...letter, sender });
      },
    };
  }

  committed(): void {
    this.relay.wake();
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` after every commit; the returned function ends it. */
  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.tables.destroy();
  }
}
