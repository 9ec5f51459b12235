import { type Kysely, sql, type Transaction } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';

type Task<T> = (transaction: Transaction<T>) => Promise<unknown>;

interface Waiting<T> {
  readonly task: Task<T>;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** A commit takes along what is asked for within so long, ms: whoever only reads waits as long. */
const longestMs = 10;
/** It waits for more while every so many turns of the event loop bring some, so long at most, ms: a process with little to do commits at once. */
const turns = 3;
const patienceMs = 8;

/**
 * Units of work that share commits. SQLite has one writer, and a commit waits for the disk: what is asked for while one is under way goes along
 * with the next. Each unit is in a savepoint of its own, so one that fails takes nothing else with it; none is done before the commit is.
 */
export class GroupCommit<T> {
  private readonly waiting: Waiting<T>[] = [];
  private committing = false;

  constructor(private readonly database: Kysely<T>) {}

  async run<R>(task: (transaction: Transaction<T>) => Promise<R>): Promise<R> {
    return await new Promise<R>((done, failed) => {
      this.waiting.push({ task, done: done as (result: unknown) => void, failed });
      if (!this.committing) void this.commitAll();
    });
  }

  private async commitAll(): Promise<void> {
    this.committing = true;
    while (this.waiting.length > 0) {
      await this.gather();
      await this.commit();
    }
    this.committing = false;
  }

  private async gather(): Promise<void> {
    const until = performance.now() + patienceMs;
    for (let without = 0; without < turns && performance.now() < until;) {
      const before = this.waiting.length;
      await nextTurn();
      without = this.waiting.length > before ? 0 : without + 1;
    }
  }

  private async commit(): Promise<void> {
    const begun: Waiting<T>[] = [];
    const settling: (() => void)[] = [];
    try {
      await this.database.transaction().execute(async (transaction) => {
        const until = performance.now() + longestMs;
        for (let next = this.waiting.shift(); next; next = performance.now() < until ? this.waiting.shift() : undefined) {
          begun.push(next);
          settling.push(await attempt(transaction, next));
        }
      });
      for (const settle of settling) settle();
    } catch (error) {
      for (const { failed } of begun) failed(error);
    }
  }
}

/** Runs one unit; what it comes to is told when the commit is done, a failure too. */
async function attempt<T>(transaction: Transaction<T>, { task, done, failed }: Waiting<T>): Promise<() => void> {
  await sql`savepoint unit`.execute(transaction);
  try {
    const result = await task(transaction);
    await sql`release savepoint unit`.execute(transaction);
    return () => {
      done(result);
    };
  } catch (error) {
    await sql`rollback to savepoint unit`.execute(transaction);
    await sql`release savepoint unit`.execute(transaction);
    return () => {
      failed(error);
    };
  }
}
