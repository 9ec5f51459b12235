import type { StoredMessage } from '@cloud-agency/bus';
import type { Kysely, Transaction } from 'kysely';
import { dayOf, firstSequence } from './forgetting.js';
import type { MessagingTables } from './messaging-tables.js';

type Envelope = 'id' | 'conversation' | 'sender' | 'sequence' | 'previous' | 'sentAt';
type WithoutEnvelope<M> = M extends StoredMessage ? Omit<M, Envelope> : never;
/** A message as its sender writes it; the outbox adds the envelope. */
export type Outgoing = WithoutEnvelope<StoredMessage>;

export interface Letter {
  readonly conversation: string;
  readonly sender: string;
  readonly subject: string;
  readonly content: Outgoing;
}

export interface OutboxSource {
  readonly ids: { next(): string };
  readonly clock: { now(): number };
}

/**
 * Writes a message in the transaction that causes it: it is sent if, and only if, that transaction commits. Numbered by conversation and
 * sender; `previous` lets its receiver notice a gap on the channel.
 */
export async function post<T extends MessagingTables>(
  transaction: Transaction<T>,
  source: OutboxSource,
  letter: Letter,
): Promise<StoredMessage> {
  const tables = messaging(transaction);
  const now = source.clock.now();
  const last = await position(tables, letter, '*');
  const sequence = last === undefined ? firstSequence(now) : last + 1;
  const previous = (await position(tables, letter, letter.subject)) ?? 0;
  const day = dayOf(now);
  for (const subject of ['*', letter.subject]) await advance(tables, letter, subject, { sequence, day });
  const message = {
    ...letter.content,
    id: source.ids.next(),
    conversation: letter.conversation,
    sender: letter.sender,
    sequence,
    previous,
    sentAt: new Date(now).toISOString(),
  };
  await tables
    .insertInto('outbox')
    .values({
      id: message.id,
      conversation: letter.conversation,
      sender: letter.sender,
      subject: letter.subject,
      sequence,
      body: JSON.stringify(message),
      sent_at: null,
      tries: 0,
      claimed_until: null,
    })
    .execute();
  return message;
}

/** Kysely's tables are invariant: an app's schema contains ours, which the constraint on T guarantees. */
export function messaging<T extends MessagingTables>(database: Kysely<T>): Kysely<MessagingTables> {
  return database as unknown as Kysely<MessagingTables>;
}

async function position(tables: Kysely<MessagingTables>, letter: Letter, subject: string): Promise<number | undefined> {
  const row = await tables
    .selectFrom('outbox_position')
    .select('sequence')
    .where('conversation', '=', letter.conversation)
    .where('sender', '=', letter.sender)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.sequence;
}

async function advance(
  tables: Kysely<MessagingTables>,
  letter: Letter,
  subject: string,
  position: Pick<MessagingTables['outbox_position'], 'sequence' | 'day'>,
): Promise<void> {
  await tables
    .insertInto('outbox_position')
    .values({ conversation: letter.conversation, sender: letter.sender, subject, ...position })
    .onConflict((conflict) => conflict.columns(['conversation', 'sender', 'subject']).doUpdateSet(position))
    .execute();
}
