import type { Outcome, StoredMessage } from '@cloud-agency/bus';
import type { Kysely, Transaction } from 'kysely';
import type { MessagingTables } from './messaging-tables.js';
import { messaging } from './outbox.js';
import { serially } from './transactions.js';

/**
 * Lets a message take effect once: the effect and the note that it was taken are committed together. A message that came before, or comes to
 * another instance at the same time, is 'done' without effect; one whose predecessor on the channel is missing is 'early' and waits outside.
 */
export async function takeOnce<T extends MessagingTables>(
  database: Kysely<T>,
  consumer: string,
  message: StoredMessage,
  subject: string,
  effect: (transaction: Transaction<T>) => Promise<void>,
): Promise<Outcome> {
  return await serially(database, async (transaction) => {
    const tables = messaging(transaction);
    const channel = { consumer, conversation: message.conversation, sender: message.sender, subject };
    if (message.previous > (await lastTaken(tables, channel))) return 'early';
    if (!(await note(tables, consumer, message.id))) return 'done';
    await tables
      .insertInto('inbox_position')
      .values({ ...channel, sequence: message.sequence })
      .onConflict((conflict) =>
        conflict.columns(['consumer', 'conversation', 'sender', 'subject']).doUpdateSet({ sequence: message.sequence }),
      )
      .execute();
    await effect(transaction);
    return 'done';
  });
}

/** False when it is there already. Before the effect, so that whoever comes at the same time waits here and finds it done. */
async function note(tables: Kysely<MessagingTables>, consumer: string, message: string): Promise<boolean> {
  const row = await tables
    .insertInto('inbox')
    .values({ consumer, message })
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

/** Sequence of the last message taken on the channel; 0 before the first. */
async function lastTaken(tables: Kysely<MessagingTables>, channel: Channel): Promise<number> {
  const row = await tables
    .selectFrom('inbox_position')
    .select('sequence')
    .where('consumer', '=', channel.consumer)
    .where('conversation', '=', channel.conversation)
    .where('sender', '=', channel.sender)
    .where('subject', '=', channel.subject)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}
