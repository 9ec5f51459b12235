import type { Outcome, StoredMessage } from '@cloud-agency/bus';
import type { Kysely, Transaction } from 'kysely';
import type { MessagingTables } from './messaging-tables.js';
import { messaging } from './outbox.js';

/**
 * Lets a message take effect once: the effect and the note that it was taken are committed together. A message that came before is 'done'
 * without effect; one whose predecessor on the channel is missing is 'early' and waits outside.
 */
export async function takeOnce<T extends MessagingTables>(
  database: Kysely<T>,
  consumer: string,
  message: StoredMessage,
  subject: string,
  effect: (transaction: Transaction<T>) => Promise<void>,
): Promise<Outcome> {
  return await database.transaction().execute(async (transaction) => {
    const tables = messaging(transaction);
    if (await alreadyTaken(tables, consumer, message.id)) return 'done';
    const channel = { consumer, conversation: message.conversation, sender: message.sender, subject };
    const last = await lastTaken(tables, channel);
    if (last !== undefined && message.previous > last) return 'early';
    if (last === undefined && message.previous > 0) return 'early';
    await effect(transaction);
    await tables.insertInto('inbox').values({ consumer, message: message.id }).execute();
    await tables
      .insertInto('inbox_position')
      .values({ ...channel, sequence: message.sequence })
      .onConflict((conflict) =>
        conflict.columns(['consumer', 'conversation', 'sender', 'subject']).doUpdateSet({ sequence: message.sequence }),
      )
      .execute();
    return 'done';
  });
}

async function alreadyTaken(tables: Kysely<MessagingTables>, consumer: string, message: string): Promise<boolean> {
  const row = await tables
    .selectFrom('inbox')
    .select('message')
    .where('consumer', '=', consumer)
    .where('message', '=', message)
    .executeTakeFirst();
  return row !== undefined;
}

interface Channel {
  readonly consumer: string;
  readonly conversation: string;
  readonly sender: string;
  readonly subject: string;
}

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
