import type { Operation, RequestMessage, StoredMessage } from '@cloud-agency/bus';
import type { Transaction } from 'kysely';
import type { AgentTables } from '../placement/tables.js';
import { openOnes, taskWith, type Tasks } from './tasks.js';

/**
 * Notes what the agency asks for, in the transaction that takes the message. Returns the tasks on which there is now something to do: a
 * cancelled placement ends those that need its machine.
 */
export async function noteRequest(
  tasks: Tasks,
  transaction: Transaction<AgentTables>,
  message: StoredMessage,
  now: number,
): Promise<readonly string[]> {
  if (message.performative === 'request') return await take(tasks, transaction, message, now);
  if (message.performative !== 'cancel') return [];
  const rows = await openOnes(transaction, message.receiver).where('placement', '=', message.placement).execute();
  return rows.map(({ id }) => id);
}

/** A task that ended already is answered by its outcome, so that asking again does nothing twice. */
async function take(
  tasks: Tasks,
  transaction: Transaction<AgentTables>,
  message: RequestMessage,
  now: number,
): Promise<readonly string[]> {
  const { task: id, receiver: agent, conversation, operation } = message;
  const known = await taskWith(transaction, id);
  if (known?.outcome) await tasks.tell(transaction, known, known.outcome);
  if (known) return known.outcome ? [] : [id];
  const { last } = await transaction
    .selectFrom('task')
    .select((select) => select.fn.max('ordinal').as('last'))
    .where('agent', '=', agent)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto('task')
    .values({
      id,
      agent,
      conversation,
      ordinal: ((last as number | null) ?? 0) + 1,
      subject: subjectOf(operation),
      placement: 'placement' in operation ? operation.placement : null,
      operation: JSON.stringify(operation),
      deadline: Date.parse(message.deadline),
      state: 'requested',
      since: now,
      attempts: 0,
      epoch: 0,
    })
    .execute();
  return [id];
}

function subjectOf(operation: Operation): string {
  if ('volume' in operation) return operation.volume;
  if ('interface' in operation) return operation.interface;
  return 'network' in operation ? operation.network : operation.placement;
}
