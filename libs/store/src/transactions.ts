import { type Kysely, PostgresAdapter, type Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { GroupCommit } from './group-commit.js';

/** Whether others write to the same tables: PostgreSQL. An SQLite file has one process, on one connection. */
export const isShared = (database: Executing): boolean => database.getExecutor().adapter instanceof PostgresAdapter;

interface Executing {
  getExecutor(): { readonly adapter: object };
}

/** PostgreSQL's words for: another was at work on the same, begin again (serialization_failure, deadlock_detected). */
const passing = ['40001', '40P01'];
const attempts = 20;
const longestWaitMs = 50;

/**
 * One transaction, as if nobody else were at work: what it has read still holds when it is committed, whoever writes meanwhile (ADR 21).
 * SQLite has it so by nature, and tasks that come at the same time share a commit. On PostgreSQL it is serializable, and begun again when two get into each other's way, so a task has no effect
 * but by its transaction.
 */
export async function serially<T, R>(database: Kysely<T>, task: (transaction: Transaction<T>) => Promise<R>): Promise<R> {
  if (!isShared(database)) return await groupOf(database).run(task);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction().setIsolationLevel('serializable').execute(task);
    } catch (error) {
      if (attempt === attempts || !passing.includes(codeOf(error))) throw error;
    }
    await pause(Math.min(longestWaitMs, 2 ** attempt));
  }
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
