/** Operations asked of vendor agents, and what comes of them. Each is on disk before it is asked for. */
import { type Operation, type OperationOutcome, type ResultMessage, subjects } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Work } from '../store/agency-store.js';
import { type Kysely, sql } from 'kysely';
import { type AgencyTables, json, parsed, type TaskRow } from '../store/tables.js';

/** How long a vendor may take for one operation, ms. */
const operationMs = 5 * 60_000;
/** An agent says by then how it ended, or there is no agent any more, ms. */
const silentMs = operationMs + 3 * 60_000;

export type NewTask = Pick<TaskRow, 'id' | 'subject' | 'about' | 'agent'> & { readonly operation: Operation };

/** What is to be done, in the same unit of work, once an operation has ended. */
export type Effect = (work: Work, task: EndedTask, outcome: OperationOutcome) => Promise<void>;
export type Effects = Readonly<Record<TaskRow['about'], Effect>>;
export type EndedTask = Omit<TaskRow, 'operation'> & { readonly operation: Operation };

/** Asks for an operation: the task and the command are one unit of work. What is asked of one subject arrives in order. */
export async function ask(work: Work, { operation, ...task }: NewTask): Promise<void> {
  await work.tables
    .insertInto('task')
    .values({ ...task, operation: json(operation), state: 'open', message: '', created_at: work.now })
    .execute();
  await work.send({
    conversation: task.subject,
    subject: subjects.command(task.agent),
    content: {
      performative: 'request',
      receiver: task.agent,
      task: task.id,
      operation,
      deadline: isoTime(work.now + operationMs),
    },
  });
}

/** Takes the result of an operation in. What has ended before stays as it is. */
export async function takeResult(
  work: Work,
  { task: id, outcome }: Pick<ResultMessage, 'task' | 'outcome'>,
  effects: Effects,
): Promise<void> {
  const row = await work.tables
    .selectFrom('task')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (!row) return;
  const ended = outcome.done ? { state: 'done' as const, message: '' } : { state: 'failed' as const, message: outcome.message };
  await work.tables.updateTable('task').set(ended).where('id', '=', id).execute();
  await effects[row.about](work, { ...row, ...ended, operation: parsed(row.operation) }, outcome);
}

/** Operations whose agents have not answered in time, and will not. */
export async function silentTasks(tables: Kysely<AgencyTables>, now: number): Promise<readonly string[]> {
  const rows = await tables
    .selectFrom('task')
    .select('id')
    .where('state', '=', sql.lit('open'))
    .where('created_at', '<', now - silentMs)
    .limit(100)
    .execute();
  return rows.map((row) => row.id);
}

/** What is said in place of an agent that does not answer. */
export const silence: OperationOutcome = {
  done: false,
  reason: 'timeout',
  message: 'the vendor agent has not answered; what it did meanwhile is not known',
  vendorCode: null,
};

/** The operation under way on a subject. */
export async function openTask(work: Work, subject: string): Promise<TaskRow | undefined> {
  return await work.tables
    .selectFrom('task')
    .selectAll()
    .where('subject', '=', subject)
    .where('state', '=', 'open')
    .executeTakeFirst();
}
