import type { AcceptMessage, CancelMessage, StoredMessage } from '@cloud-agency/bus';
import type { Outgoing } from '@cloud-agency/store';
import type { Transaction } from 'kysely';
import { ended, type Placement, placementOf, type Placements } from './placements.js';
import { reports } from './reports.js';
import type { AgentTables } from './tables.js';

/**
 * Notes what the agency commands, in the transaction that takes the message. The work itself is the provisioner's. Returns the placement
 * on which there is now something to do.
 */
export async function noteCommand(
  placements: Placements,
  transaction: Transaction<AgentTables>,
  message: StoredMessage,
  now: number,
): Promise<string | undefined> {
  if (message.performative === 'accept-proposal') return await noteAccept(placements, transaction, message, now);
  if (message.performative === 'cancel') return await noteCancel(placements, transaction, message, now);
  return undefined;
}

/** An order for a placement already known is answered by what became of it, so that a retry never makes a second machine. */
async function noteAccept(
  placements: Placements,
  transaction: Transaction<AgentTables>,
  message: AcceptMessage,
  now: number,
): Promise<string> {
  const known = await find(transaction, message.placement);
  if (known) {
    const answer = standing(known);
    if (answer) await placements.say(transaction, known, answer);
    return known.id;
  }
  await transaction
    .insertInto('placement')
    .values({
      ...fresh(message, now),
      state: 'requested',
      order: JSON.stringify(message.order),
      deadline: Date.parse(message.deadline),
    })
    .execute();
  return message.placement;
}

/** A cancel of what was never ordered is remembered, so that an order that comes after it creates nothing. */
async function noteCancel(
  placements: Placements,
  transaction: Transaction<AgentTables>,
  message: CancelMessage,
  now: number,
): Promise<string | undefined> {
  const known = await find(transaction, message.placement);
  if (known && !ended.includes(known.state)) {
    await transaction.updateTable('placement').set({ cancelled: 1 }).where('id', '=', known.id).execute();
    return known.id;
  }
  if (!known) {
    await transaction
      .insertInto('placement')
      .values({ ...fresh(message, now), state: 'deleted', order: null, deadline: now, cancelled: 1 })
      .execute();
  }
  const { placement: id, receiver: agent, conversation } = message;
  await placements.say(
    transaction,
    { agent, conversation },
    reports.deleted(known ?? { id, vendor_id: null, address: null, order: null }),
  );
  return undefined;
}

function standing(placement: Placement): Outgoing | undefined {
  const { state, vendor_id: vendorId, address, failure } = placement;
  if (state === 'active' && address !== null) return reports.active(placement, address);
  if (state === 'building' && vendorId !== null) return reports.building(placement, vendorId);
  if (state === 'failed' && failure) return reports.failure(placement, failure);
  if (state === 'deleted')
    return reports.failure(placement, { reason: 'cancelled', message: 'This placement was cancelled before.', vendorCode: null });
  return undefined;
}

async function find(transaction: Transaction<AgentTables>, id: string): Promise<Placement | undefined> {
  const row = await transaction.selectFrom('placement').selectAll().where('id', '=', id).executeTakeFirst();
  return row && placementOf(row);
}

const fresh = (message: AcceptMessage | CancelMessage, now: number) => ({
  id: message.placement,
  agent: message.receiver,
  conversation: message.conversation,
  since: now,
  attempts: 0,
  cancelled: 0,
  orphaned: 0,
  ending: 0,
  announced_price: null,
  retiring: 0,
  lost: 0,
  epoch: 0,
});
