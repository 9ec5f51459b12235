import { type Kysely, sql, type Transaction } from 'kysely';
import { setImmediate as nextTurn, setTimeout as later } from 'node:timers/promises';

type Task<T> = (transaction: Transaction<T>) => Promise<unknown>;

interface Waiting<T> {
  readonly task: Task<T>;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** A commit takes along what is asked for within so long, ms: whoever only reads waits as long. */
const longestMs = 10;
/** As long as units come together, commits take no more of the time than one part in so many: the longer the disk takes, the more of them share one. Whoever comes alone is not kept waiting. */
const share = 4;
/** So long they wait at most, ms. */
const patienceMs = 8;

/**
 * Units of work that share commits. SQLite has one writer, and a commit waits for the disk: what is asked for while one is under way goes along
 * with the next. Each unit is in a savepoint of its own, so one that fails takes nothing else with it; none is done before the commit is.
 */
export class GroupCommit<T> {
  private readonly waiting: Waiting<T>[] = [];
  private committing = false;
  /** When the next commit may be, by the monotonic clock. */
  private nextAt = 0;

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
    // What else this turn of the event loop asks for comes along in any case.
    await nextTurn();
    const wait = Math.min(this.nextAt - performance.now(), patienceMs);
    if (wait > 0) await later(wait);
  }

  private async commit(): Promise<void> {
    const begun: Waiting<T>[] = [];
    const settling: (() => void)[] = [];
    let written = 0;
    try {
      await this.database.transaction().execute(async (transaction) => {
        const until = performance.now() + longestMs;
        for (let next = this.waiting.shift(); next; next = performance.now() < until ? this.waiting.shift() : undefined) {
          begun.push(next);
          settling.push(await attempt(transaction, next));
        }
        written = performance.now();
      });
      const now = performance.now();
      this.nextAt = begun.length > 1 ? now + (share - 1) * (now - written) : 0;
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
