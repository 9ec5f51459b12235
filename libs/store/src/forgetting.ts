/** What may be forgotten of messages, so that their tables do not grow with every one of them (ADR 5). */
import { type Kysely, sql } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagingTables } from './messaging-tables.js';
import { messaging } from './outbox.js';

const dayMs = 24 * 3_600_000;

/**
 * So long it is noted which messages were taken, ms. The stream delivers again for a day (libs/bus, stored.ts). An outbox sends until it has a
 * receipt, and one that was away does so whenever it comes back: what is older than half of this is told by its number (inbox.ts).
 */
export const notedForMs = 7 * dayMs;
/**
 * A sender that has said nothing on a channel for so many days forgets how far it was. It goes on at a higher number (`firstSequence`) and with
 * nothing before it, which every receiver takes. A receiver forgets long after it: were it the first, it would wait for ever for what comes
 * before the next message.
 */
const senderForgetsAfter = 100;
const receiverForgetsAfter = 1_100;
/** Of what was sent longer ago, on a channel that nobody remembers, nobody can tell whether it was taken: it has no effect. ms */
export const lostAfterMs = 1_000 * dayMs;
/** So many rows go by one statement, and so often at most in one sweep: nobody waits long for the database. */
const rowsAtOnce = 500;
const portionsInASweep = 100;

/** The positions of channels say only on which day they were written last: with a time each message would be written to an index as well. */
export const dayOf = (now: number): number => Math.floor(now / dayMs);

/** Where a conversation begins, and goes on after it was forgotten: higher than it can have come, at a message a second. */
export const firstSequence = (now: number): number => Math.max(1, Math.floor((now - Date.UTC(2020, 0, 1)) / 1_000));

/** Forgets what is too old; to be called now and then. Any number of processes may. */
export async function forgetMessages<T extends MessagingTables>(database: Kysely<T>, now: number): Promise<void> {
  const tables = messaging(database);
  const today = dayOf(now);
  await inPortions(
    tables,
    sql`DELETE FROM inbox WHERE (consumer, message) IN (
      SELECT consumer, message FROM inbox WHERE at < ${now - notedForMs} ORDER BY at LIMIT ${rowsAtOnce})`,
  );
  await inPortions(
    tables,
    sql`DELETE FROM outbox_position WHERE (conversation, sender, subject) IN (
      SELECT conversation, sender, subject FROM outbox_position p
      WHERE day < ${today - senderForgetsAfter} AND NOT EXISTS (
        SELECT 1 FROM outbox o WHERE o.conversation = p.conversation AND o.sender = p.sender)
      LIMIT ${rowsAtOnce}) AND day < ${today - senderForgetsAfter}`,
  );
  await inPortions(
    tables,
    sql`DELETE FROM inbox_position WHERE (consumer, conversation, sender, subject) IN (
      SELECT consumer, conversation, sender, subject FROM inbox_position
      WHERE day < ${today - receiverForgetsAfter} LIMIT ${rowsAtOnce}) AND day < ${today - receiverForgetsAfter}`,
  );
}

async function inPortions(tables: Kysely<MessagingTables>, remove: ReturnType<typeof sql>): Promise<void> {
  for (let portion = 0; portion < portionsInASweep; portion += 1) {
    const { numAffectedRows = 0n } = await remove.execute(tables);
    if (numAffectedRows < BigInt(rowsAtOnce)) return;
    await nextTurn();
  }
}
