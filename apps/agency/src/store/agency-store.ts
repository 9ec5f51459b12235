import type { StoredMessage, StoredPublisher } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import { type Letter, openDatabase, type OutboxSource, post, Relay, serially, WriteCounts } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Kysely, Transaction } from 'kysely';
import { Histogram, register } from 'prom-client';
import { keepMessages, type MessageRow, rowOfStored } from './conversation.js';
import { type NewEvent, recordAll } from './events.js';
import { agencyMigrations } from './migrations.js';
import type { AgencyTables } from './tables.js';

/** One unit of work: all of it is committed, or none. */
export interface Work {
  readonly tables: Transaction<AgencyTables>;
  readonly now: number;
  /** Notes an event. It is numbered when the work ends, after all that the work has written. */
  record(event: NewEvent): Promise<void>;
  /** Sends a command or an event of the bus once this work is committed. */
  send(letter: Omit<Letter, 'sender'>): Promise<void>;
  /** Notes a message that came in as part of its conversation, where it belongs to one. */
  took(message: StoredMessage): Promise<void>;
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
    const relay = new Relay(tables, { connection, publisher, clock, onError, writes });
    const store = new AgencyStore(tables, context, relay, writes);
    relay.wake();
    return store;
  }

  /** As if nobody else were at work. It may be begun again, so `task` has no effect but by its work (libs/store, `serially`). */
  async work<T>(task: (work: Work) => Promise<T>): Promise<T> {
    const end = workSeconds().startTimer();
    const result = await serially(this.tables, (transaction) => this.within(transaction, task));
    end();
    this.committed();
    return result;
  }

  now(): number {
    return this.source.clock.now();
  }

  /** The same inside a transaction that someone else commits (the inbox); `committed` is to be called after it. */
  async within<T>(transaction: Transaction<AgencyTables>, task: (work: Work) => Promise<T>): Promise<T> {
    const events: NewEvent[] = [];
    const work = this.workOn(transaction, events);
    const result = await task(work);
    await recordAll(transaction, work.now, events);
    return result;
  }

  private workOn(transaction: Transaction<AgencyTables>, events: NewEvent[]): Work {
    return {
      tables: transaction,
      now: this.now(),
      record: async (event) => {
        await Promise.resolve(events.push(event));
      },
      send: async (letter) => {
        const message = await post(transaction, this.source, { ...letter, sender });
        await this.note(transaction, message, 'sent');
      },
      took: async (message) => {
        await this.note(transaction, message, 'received');
      },
    };
  }

  private async note(
    transaction: Transaction<AgencyTables>,
    message: StoredMessage,
    direction: MessageRow['direction'],
  ): Promise<void> {
    const row = rowOfStored(message, { id: this.source.ids.next(), at: this.now(), direction });
    if (row) await keepMessages(transaction, [row]);
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

const workName = 'agency_store_work_seconds';

/** One for the process. */
function workSeconds(): Histogram {
  const known = register.getSingleMetric(workName) as Histogram | undefined;
  return (
    known ??
    new Histogram({
      name: workName,
      help: 'How long transactions of the agency took from their begin to their commit, the wait for their turn included.',
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    })
  );
}
