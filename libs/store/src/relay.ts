import { decoded, type StoredMessage, type StoredPublisher, subjects } from '@cloud-agency/bus';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Kysely } from 'kysely';
import type { MessagingTables } from './messaging-tables.js';
import { messaging } from './outbox.js';
import { type Pending, pendingOf } from './pending.js';
import type { WriteCounts } from './write-counts.js';

export interface RelayOptions {
  readonly connection: NatsConnection;
  readonly publisher: StoredPublisher;
  readonly clock: { now(): number; every(ms: number, task: () => void): () => void };
  readonly onError: (error: unknown) => void;
  /** Where nobody else writes. */
  readonly writes?: WriteCounts | undefined;
}

const lookAgainMs = 1_000;

/**
 * Hands the outbox to the stream, in order within each conversation, and again until its receiver's receipt arrives: then the row goes.
 * What is in the outbox survives a crash of this process, of the stream, and of the receiver. Several processes may relay one outbox.
 */
export class Relay {
  private working: Promise<void> | undefined;
  private wanted = false;
  private stopped = false;
  private readonly stopLooking: () => void;
  private readonly receipts = new Map<string, Subscription>();
  private readonly settled: string[] = [];
  private settling: Promise<void> | undefined;
  private readonly tables: Kysely<MessagingTables>;
  private readonly pending: Pending;
  /** How much had been written to the outbox when it looked last. */
  private seen: number | undefined;

  constructor(
    database: Kysely<MessagingTables>,
    private readonly options: RelayOptions,
  ) {
    this.tables = messaging(database);
    this.pending = pendingOf(this.tables);
    this.stopLooking = options.clock.every(lookAgainMs, () => {
      this.look();
    });
  }

  /** To be called after each commit; costs nothing when nothing was posted. */
  wake(): void {
    if (this.seen === undefined || this.seen !== this.written()) this.look();
  }

  private look(): void {
    this.wanted = true;
    if (this.stopped) return;
    this.working ??= this.work().finally(() => {
      this.working = undefined;
      if (this.wanted) this.look();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wanted = false;
    this.stopLooking();
    for (const subscription of this.receipts.values()) subscription.unsubscribe();
    await Promise.all([this.working, this.settling]);
  }

  private async work(): Promise<void> {
    try {
      while (this.wanted && !this.stopped) {
        this.wanted = false;
        this.seen = this.written();
        if (await this.sendBatch()) this.wanted = true;
      }
    } catch (error) {
      this.wanted = false;
      if (!this.stopped) this.options.onError(error);
    }
  }

  /** Undefined where others write as well. */
  private written(): number | undefined {
    return this.options.writes?.of(['outbox']);
  }

  /** True when there may be more. */
  private async sendBatch(): Promise<boolean> {
    const now = this.options.clock.now();
    const { rows, mayBeMore } = await this.pending.next(now);
    if (rows.length === 0) return false;
    for (const sender of new Set(rows.map((row) => row.sender))) this.listenForReceipts(sender);
    const ids = rows.map((row) => row.id);
    try {
      // One connection keeps their order; if one is lost on the way, those after it are early and come again with it.
      await Promise.all(rows.map((row) => this.options.publisher.publish(row.subject, JSON.parse(row.body) as StoredMessage)));
    } catch (error) {
      await this.pending.giveBack(ids);
      throw error;
    }
    await this.pending.sent(ids, now);
    return mayBeMore;
  }

  /** Each receipt is for one of those that relay this sender's messages. */
  private listenForReceipts(sender: string): void {
    if (this.receipts.has(sender)) return;
    const subscription = this.options.connection.subscribe(subjects.receipt(sender), {
      queue: 'relays',
      callback: (error, message) => {
        if (!error) this.settle(message.data);
      },
    });
    this.receipts.set(sender, subscription);
  }

  /** Those that arrive in one turn of the event loop are settled in one commit. */
  private settle(receipt: Uint8Array): void {
    try {
      this.settled.push((decoded(receipt) as { id: string }).id);
    } catch (error) {
      this.options.onError(error);
      return;
    }
    this.settling ??= new Promise(setImmediate).then(() => this.forgetSettled());
  }

  private async forgetSettled(): Promise<void> {
    this.settling = undefined;
    const ids = this.settled.splice(0);
    try {
      await this.tables.deleteFrom('outbox').where('id', 'in', ids).execute();
    } catch (error) {
      // They go with the next ones.
      this.settled.push(...ids);
      if (!this.stopped) this.options.onError(error);
    }
  }
}
