import { type Kysely, PostgresAdapter, sql, type Transaction } from 'kysely';
import { GroupCommit } from './group-commit.js';

/** Whether others write to the same tables: PostgreSQL. An SQLite file has one process, on one connection. */
export const isShared = (database: Executing): boolean => database.getExecutor().adapter instanceof PostgresAdapter;

interface Executing {
  getExecutor(): { readonly adapter: object };
}

/** PostgreSQL's words for: another was at work on the same, begin again (serialization_failure, deadlock_detected). */
const passing = ['40001', '40P01'];
/** So often a task is tried beside others; then it is let in alone. */
const attemptsBesideOthers = 2;
const attempts = 10;

/**
 * One transaction, as if nobody else were at work: what it has read still holds when it is committed, whoever writes meanwhile (ADR 21).
 * SQLite has it so by nature, and tasks that come at the same time share a commit. On PostgreSQL it is serializable, and begun again when two get into each other's way, so a task has no effect
 * but by its transaction.
 */
export async function serially<T, R>(database: Kysely<T>, task: (transaction: Transaction<T>) => Promise<R>): Promise<R> {
  if (!isShared(database)) return await groupOf(database).run(task);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await one(database, attempt <= attemptsBesideOthers ? besideOthers : alone, task);
    } catch (error) {
      if (attempt === attempts || !passing.includes(codeOf(error))) throw error;
    }
  }
}

/** Only `alone` keeps others out. To be first in a transaction: what it reads is as of its first statement after this one. */
const besideOthers = sql`LOCK TABLE turn IN ROW SHARE MODE`;
const alone = sql`LOCK TABLE turn IN EXCLUSIVE MODE`;

async function one<T, R>(database: Kysely<T>, turn: typeof alone, task: (transaction: Transaction<T>) => Promise<R>): Promise<R> {
  return await database
    .transaction()
    .setIsolationLevel('serializable')
    .execute(async (transaction) => {
      await turn.execute(transaction);
      return await task(transaction);
    });
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const groups = new WeakMap<object, object>();

function groupOf<T>(database: Kysely<T>): GroupCommit<T> {
  const known = groups.get(database) as GroupCommit<T> | undefined;
  if (known) return known;
  const group = new GroupCommit(database);
  groups.set(database, group);
  return group;
}
