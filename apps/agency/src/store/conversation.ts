/** The messages of each negotiation, as they went over the bus: what was said can be read back message by message (CFP.md 3). */
import type { StoredMessage } from '@cloud-agency/bus';
import { type Kysely, sql, type Transaction } from 'kysely';
import { insertRows } from '@cloud-agency/store';
import { createTable } from './create-table.js';
import type { AgencyTables, Json } from './tables.js';

export interface MessageRow {
  id: string;
  /** The call for proposals that it is about. */
  conversation: string;
  /** When it was sent, or came in, ms; `place` orders those of one instant. */
  at: number;
  place: number;
  direction: 'sent' | 'received';
  /** `invalid`: what came does not follow its contract. */
  performative: string;
  sender: string;
  /** Null: everybody. */
  receiver: string | null;
  /** Null for what belongs to no round. */
  round: number | null;
  /** late and duplicate ones are recorded and not used. */
  standing: 'used' | 'duplicate' | 'late' | 'invalid';
  /** The id of the message, and of the one that it answers. */
  message: string;
  in_reply_to: string | null;
  /** The message itself. Counter-offers leave out the demand, which the call of the first round has. */
  body: Json<object>;
}

export async function createConversations(database: Kysely<unknown>): Promise<void> {
  const columns = {
    id: 'text',
    conversation: 'text',
    at: 'bigint',
    place: 'integer',
    direction: 'text',
    performative: 'text',
    sender: 'text',
    receiver: 'text?',
    round: 'integer?',
    standing: 'text',
    message: 'text',
    in_reply_to: 'text?',
    body: 'text',
  };
  await createTable(database, 'message', columns, ['conversation']);
  await database.schema.alterTable('cfp').addColumn('negotiation', 'text').execute();
  // Only what waits for one has a deadline, so that what is late is found without looking at the rest.
  await sql`update cfp set deadline = null where state not in ('proposed', 'accepted', 'provisioning')`.execute(database);
}

/** So that what is old is found without looking at the rest. */
export async function indexConversations(database: Kysely<unknown>): Promise<void> {
  await database.schema.createIndex('message_at').on('message').column('at').execute();
}

export async function keepMessages(transaction: Transaction<AgencyTables>, rows: readonly MessageRow[]): Promise<void> {
  await insertRows(transaction, 'message', rows);
}

/** What belongs to a negotiation of the messages that go through an outbox: orders and what becomes of them. Undefined for all others. */
export function rowOfStored(
  message: StoredMessage,
  { id, at, direction }: Pick<MessageRow, 'id' | 'at' | 'direction'>,
): MessageRow | undefined {
  if (!negotiating.has(message.performative)) return undefined;
  return {
    id,
    conversation: message.conversation,
    at,
    place: 0,
    direction,
    performative: message.performative,
    sender: message.sender,
    receiver: 'receiver' in message ? message.receiver : null,
    round: null,
    standing: 'used',
    message: message.id,
    in_reply_to: null,
    body: JSON.stringify(message).replace(agentToken, 'cat_…'),
  };
}

/** The one-time token of a machine's agent (enrolment/preparing.ts), which the machine alone is to have. */
const agentToken = /\bcat_[\w-]{43}/g;

const negotiating: ReadonlySet<StoredMessage['performative']> = new Set([
  'accept-proposal',
  'reject-proposal',
  'cancel',
  'inform',
  'failure',
]);
