import type { Outcome, StoredMessage } from '@cloud-agency/bus';
import type { Kysely, Transaction } from 'kysely';
import { dayOf, lostAfterMs, notedForMs } from './forgetting.js';
import type { MessagingTables } from './messaging-tables.js';
import { messaging } from './outbox.js';
import { serially } from './transactions.js';

/** What was sent longer ago than this is told by its number: its note may be gone (forgetting.ts). The rest of that time clocks may differ by, ms. */
const toldByNumberAfterMs = notedForMs / 2;

/** Who takes messages in, and when. */
export interface Taking {
  readonly consumer: string;
  readonly subject: string;
  /** ms */
  readonly now: number;
}

/**
 * Lets a message take effect once: the effect and the note that it was taken are committed together. A message that came before, or comes to
 * another instance at the same time, is 'done' without effect; one whose predecessor on the channel is missing is 'early' and waits outside.
 */
export async function takeOnce<T extends MessagingTables>(
  database: Kysely<T>,
  { consumer, subject, now }: Taking,
  message: StoredMessage,
  effect: (transaction: Transaction<T>) => Promise<void>,
): Promise<Outcome> {
  return await serially(database, async (transaction) => {
    const tables = messaging(transaction);
    const channel = { consumer, conversation: message.conversation, sender: message.sender, subject };
    const last = await lastTaken(tables, channel);
    const age = now - Date.parse(message.sentAt);
    const isLost = last === undefined && age > lostAfterMs;
    if (message.previous > (last ?? 0) && !isLost) return 'early';
    if (message.sequence <= (last ?? 0) && age > toldByNumberAfterMs) return 'done';
    if (!(await note(tables, { consumer, message: message.id, at: now }))) return 'done';
    await advance(tables, channel, { sequence: message.sequence, day: dayOf(now) });
    if (!isLost) await effect(transaction);
    return 'done';
  });
}

async function advance(
  tables: Kysely<MessagingTables>,
  channel: Channel,
  position: Pick<MessagingTables['inbox_position'], 'sequence' | 'day'>,
): Promise<void> {
  await tables
    .insertInto('inbox_position')
    .values({ ...channel, ...position })
    .onConflict((conflict) => conflict.columns(['consumer', 'conversation', 'sender', 'subject']).doUpdateSet(position))
    .execute();
}

/** False when it is there already. Before the effect, so that whoever comes at the same time waits here and finds it done. */
async function note(tables: Kysely<MessagingTables>, taken: MessagingTables['inbox']): Promise<boolean> {
  const row = await tables
    .insertInto('inbox')
    .values(taken)
    .onConflict((conflict) => conflict.doNothing())
    .returning('message')
    .executeTakeFirst();
  return row !== undefined;
}

interface Channel {
  readonly consumer: string;
  readonly conversation: string;
  readonly sender: string;
  readonly subject: string;
}

/** Sequence of the last message taken on the channel; undefined where none is known. */
async function lastTaken(tables: Kysely<MessagingTables>, channel: Channel): Promise<number | undefined> {
  const row = await tables
    .selectFrom('inbox_position')
    .select('sequence')
    .where('consumer', '=', channel.consumer)
    .where('conversation', '=', channel.conversation)
    .where('sender', '=', channel.sender)
    .where('subject', '=', channel.subject)
    .executeTakeFirst();
  return row?.sequence;
}
