import { type Operation, type OperationOutcome, type Order, subjects } from '@cloud-agency/bus';
import { holds, type Lease, type Outgoing, type OutboxSource, post, serially } from '@cloud-agency/store';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Failure } from '../placement/placements.js';
import type { AgentTables, Database } from '../placement/tables.js';
import type { AssetRow, TaskRow, TaskState } from './tables.js';

/** A row with its documents read. */
export interface Task extends Omit<TaskRow, 'operation' | 'failure' | 'outcome'> {
  readonly operation: Operation;
  readonly failure: Failure | null;
  readonly outcome: OperationOutcome | null;
}

/** What a step changes; whatever it leaves out stays. A new `state` also sets `since`; an `outcome` is told to the agency. */
export interface TaskChanges {
  readonly state?: TaskState;
  readonly attempts?: number;
  readonly uncertain_since?: number | null;
  readonly refused_since?: number | null;
  readonly missing?: string;
  readonly failure?: Failure;
  readonly outcome?: OperationOutcome;
  readonly asset?: AssetRow;
  readonly machine?: MachineChange;
}

/** What an operation has made of a machine. */
export interface MachineChange {
  readonly placement: string;
  readonly address?: string;
  readonly order?: Order;
}

const open: readonly TaskState[] = ['requested', 'begun', 'undoing'];
export const isOpen = ({ state }: Pick<Task, 'state'>): boolean => open.includes(state);

/** The tasks of all agents of this installation. */
export class Tasks {
  constructor(
    readonly database: Database,
    private readonly source: OutboxSource,
    /** To be called after each commit that posted a message. */
    private readonly wakeRelay: () => void,
  ) {}

  async unfinished(agent: string): Promise<readonly string[]> {
    const rows = await openOnes(this.database, agent).orderBy('ordinal').execute();
    return rows.map(({ id }) => id);
  }

  async load(id: string): Promise<Task | undefined> {
    return await taskWith(this.database, id);
  }

  async asset(agent: string, id: string): Promise<AssetRow | undefined> {
    return await this.database.selectFrom('asset').selectAll().where('id', '=', id).where('agent', '=', agent).executeTakeFirst();
  }

  /** Open tasks of the same conversation, or about the same thing, that came before this one. */
  async before(task: Task): Promise<readonly string[]> {
    const rows = await this.related(task).where('ordinal', '<', task.ordinal).execute();
    return rows.map(({ id }) => id);
  }

  /** Those that wait for this one, the first of them first. */
  async after(task: Task): Promise<readonly string[]> {
    const rows = await this.related(task).where('ordinal', '>', task.ordinal).orderBy('ordinal').execute();
    return rows.map(({ id }) => id);
  }

  /** Commits what a step changes and tells the outcome, together; false when the lease was lost and nothing was written. */
  async advance(lease: Lease, task: Task, changes: TaskChanges): Promise<boolean> {
    const written = await serially(this.database, async (transaction) => {
      if (!(await holds<AgentTables>(transaction, 'task', lease))) return false;
      const { asset, machine, ...rest } = changes;
      const columns = columnsOf(rest, this.source.clock.now());
      if (Object.keys(columns).length > 0) await transaction.updateTable('task').set(columns).where('id', '=', task.id).execute();
      if (asset) await keep(transaction, asset);
      if (machine) await change(transaction, machine);
      if (changes.outcome) await this.tell(transaction, task, changes.outcome);
      return true;
    });
    if (written && changes.outcome) this.wakeRelay();
    return written;
  }

  async tell(transaction: Transaction<AgentTables>, task: Task, outcome: OperationOutcome): Promise<void> {
    const { agent: sender, conversation, id } = task;
    const content: Outgoing = { performative: 'inform-result', task: id, outcome };
    await post(transaction, this.source, { conversation, sender, subject: subjects.report, content });
  }

  private related({ agent, conversation, subject }: Task) {
    return openOnes(this.database, agent).where((where) =>
      where.or([where('conversation', '=', conversation), where('subject', '=', subject)]),
    );
  }
}

/** The ids of an agent's open tasks. */
export function openOnes(database: Kysely<AgentTables>, agent: string) {
  return database.selectFrom('task').select('id').where('agent', '=', agent).where('state', 'in', open);
}

export async function taskWith(database: Kysely<AgentTables>, id: string): Promise<Task | undefined> {
  const row = await database.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
  return row && taskOf(row);
}

const taskOf = (row: Selectable<TaskRow>): Task => ({
  ...row,
  operation: JSON.parse(row.operation) as Operation,
  failure: row.failure === null ? null : (JSON.parse(row.failure) as Failure),
  outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as OperationOutcome),
});

function columnsOf({ failure, outcome, ...columns }: Omit<TaskChanges, 'asset' | 'machine'>, now: number): Partial<TaskRow> {
  return {
    ...columns,
    ...(columns.state === undefined ? {} : { since: now }),
    ...(failure === undefined ? {} : { failure: JSON.stringify(failure) }),
    ...(outcome === undefined ? {} : { outcome: JSON.stringify(outcome) }),
  };
}

async function keep(transaction: Transaction<AgentTables>, asset: AssetRow): Promise<void> {
  await transaction
    .insertInto('asset')
    .values(asset)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(asset))
    .execute();
}

async function change(transaction: Transaction<AgentTables>, { placement, address, order }: MachineChange): Promise<void> {
  const columns = {
    ...(address === undefined ? {} : { address }),
    // Of another size nothing has been announced yet.
    ...(order === undefined ? {} : { order: JSON.stringify(order), announced_price: null, retiring: 0 }),
  };
  if (Object.keys(columns).length > 0)
    await transaction.updateTable('placement').set(columns).where('id', '=', placement).execute();
}
