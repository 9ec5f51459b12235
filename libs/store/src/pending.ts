/** Which messages of the outbox are to be handed to the stream now: of a store that is one process's own, and of one that several share. */
import { type Kysely, sql } from 'kysely';
import type { MessagingTables } from './messaging-tables.js';
import { isShared } from './transactions.js';

export type OutboxRow = MessagingTables['outbox'];

/**
 * Without a receipt a message is handed to the stream again: after 10 s, and each time after twice as long, up to 160 s. The stream keeps every copy
 * for a day, so of a receiver that is away for long there are not too many.
 */
const leastWaitMs = 5_000;
const mostDoubled = 5;
const batch = 200;

export interface Pending {
  /** Those to send, in order within each conversation. `mayBeMore`: there is reason to look again at once. */
  next(now: number): Promise<{ readonly rows: readonly OutboxRow[]; readonly mayBeMore: boolean }>;
  sent(ids: readonly string[], now: number): Promise<void>;
  /** They could not be sent after all. */
  giveBack(ids: readonly string[]): Promise<void>;
}

export function pendingOf(database: Kysely<MessagingTables>): Pending {
  return isShared(database) ? new SharedPending(database) : new OwnPending(database);
}

class OwnPending implements Pending {
  private fresh = true;

  constructor(private readonly tables: Kysely<MessagingTables>) {}

  async next(now: number) {
    if (this.fresh) await this.forgetWhatWasSent();
    const rows = await this.tables
      .selectFrom('outbox as o')
      .selectAll()
      .where(isDue(now))
      .orderBy('conversation')
      .orderBy('sequence')
      .limit(batch)
      .execute();
    return { rows, mayBeMore: rows.length === batch };
  }

  async sent(ids: readonly string[], now: number): Promise<void> {
    await this.tables.updateTable('outbox').set({ sent_at: now, tries: oneMore }).where('id', 'in', ids).execute();
  }

  async giveBack(): Promise<void> {
    await Promise.resolve();
  }

  /** What an earlier run sent and nobody confirmed may have gone down with it: after a start all of it is sent again, at once. */
  private async forgetWhatWasSent(): Promise<void> {
    await this.tables.updateTable('outbox').set({ sent_at: null, tries: 0 }).execute();
    this.fresh = false;
  }
}

/** So long a claim holds when its process dies before it has sent, ms. */
const claimMs = 3_000;
const conversationsAtOnce = 50;

/**
 * Relays that share an outbox claim whole conversations, not messages: while one has unsent messages of a conversation in hand, nobody sends
 * later ones before them.
 */
class SharedPending implements Pending {
  constructor(private readonly tables: Kysely<MessagingTables>) {}

  async next(now: number) {
    const rows = await this.tables.transaction().execute(async (transaction) => {
      const conversations = await held(transaction, now);
      return conversations.length === 0 ? [] : await claimed(transaction, conversations, now);
    });
    // What was posted to these conversations meanwhile was passed over by its own process.
    return { rows: [...rows].sort(inOrder), mayBeMore: rows.length > 0 };
  }

  async sent(ids: readonly string[], now: number): Promise<void> {
    await this.tables
      .updateTable('outbox')
      .set({ sent_at: now, tries: oneMore, claimed_until: null })
      .where('id', 'in', ids)
      .execute();
  }

  async giveBack(ids: readonly string[]): Promise<void> {
    await this.tables.updateTable('outbox').set({ claimed_until: null }).where('id', 'in', ids).execute();
  }
}

interface Conversation {
  readonly conversation: string;
  readonly sender: string;
}

const oneMore = sql<number>`CASE WHEN tries < ${sql.lit(mostDoubled)} THEN tries + 1 ELSE tries END`;
const isDue = (now: number) => sql<boolean>`(o.sent_at IS NULL OR o.sent_at + (${sql.lit(leastWaitMs)} << o.tries) < ${now})`;
const isFree = (now: number) => sql`(o.claimed_until IS NULL OR o.claimed_until < ${now})`;

/** Locks conversations that have something due, until the claim is committed; those that another relay is claiming are passed over. */
async function held(transaction: Kysely<MessagingTables>, now: number): Promise<readonly Conversation[]> {
  const { rows } = await sql<Conversation>`
    SELECT conversation, sender FROM outbox_position
    WHERE subject = '*' AND (conversation, sender) IN (
      SELECT DISTINCT o.conversation, o.sender FROM outbox o WHERE ${isDue(now)} AND ${isFree(now)} LIMIT ${conversationsAtOnce})
    FOR UPDATE SKIP LOCKED`.execute(transaction);
  return rows;
}

/** Asked anew under the lock: one that was claimed a moment ago is left to its relay. */
async function claimed(
  transaction: Kysely<MessagingTables>,
  conversations: readonly Conversation[],
  now: number,
): Promise<readonly OutboxRow[]> {
  const pairs = sql.join(conversations.map(({ conversation, sender }) => sql`(${conversation}, ${sender})`));
  const { rows } = await sql<OutboxRow>`
    UPDATE outbox o SET claimed_until = ${now + claimMs}
    WHERE (o.conversation, o.sender) IN (${pairs}) AND ${isDue(now)} AND NOT EXISTS (
      SELECT 1 FROM outbox other
      WHERE other.conversation = o.conversation AND other.sender = o.sender AND other.claimed_until >= ${now})
    RETURNING o.*`.execute(transaction);
  return rows;
}

function inOrder(one: OutboxRow, other: OutboxRow): number {
  if (one.conversation !== other.conversation) return one.conversation < other.conversation ? -1 : 1;
  return one.sequence - other.sequence;
}
