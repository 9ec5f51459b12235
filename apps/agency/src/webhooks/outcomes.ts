import type { AppContext } from '@cloud-agency/runtime';
import { serially } from '@cloud-agency/store';
import type { Transaction } from 'kysely';
import type { AgencyStore } from '../store/agency-store.js';
import type { AgencyTables, WebhookRow } from '../store/tables.js';
import { nextTry } from './back-off.js';
import { standingAfter } from './standing.js';

/** One try of one delivery. */
export interface Outcome {
  readonly webhook: string;
  readonly delivery: string;
  readonly event: number;
  readonly lane: string;
  /** Before this try. */
  readonly attempts: number;
  readonly queuedAt: number;
  /** It is a test: tried once, and told on the webhook. */
  readonly isTest: boolean;
  /** Undefined: the receiver took it. */
  readonly problem?: string;
  /** The receiver wants nothing more, ever (410). */
  readonly isGone?: boolean;
  readonly retryAfter?: number | undefined;
}

/** Writes down what came of tries: what ends while a commit is under way goes along with the next. */
export class Outcomes {
  private waiting: { readonly outcome: Outcome; readonly done: () => void; readonly failed: (error: unknown) => void }[] = [];
  private isWriting = false;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly random: () => number,
  ) {}

  /** Resolves once it is on disk. */
  async record(outcome: Outcome): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.waiting.push({ outcome, done, failed });
      if (!this.isWriting) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.writeAll(batch.map(({ outcome }) => outcome));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.isWriting = false;
  }

  private async writeAll(outcomes: readonly Outcome[]): Promise<void> {
    const now = this.context.clock.now();
    const nexts = new Map(outcomes.map((outcome) => [outcome, this.nextOf(outcome, now)]));
    await serially(this.store.tables, async (tables) => {
      for (const id of new Set(outcomes.map(({ webhook }) => webhook))) {
        const own = outcomes.filter(({ webhook }) => webhook === id);
        const smooth = own.filter(wentSmoothly);
        if (smooth.length > 0) await removeAll(tables, smooth);
        let retrying = 0;
        for (const outcome of own.filter((one) => !wentSmoothly(one)))
          retrying += await writeOne(tables, outcome, nexts.get(outcome), now);
        await this.writeWebhook(tables, id, own, retrying, now);
      }
    });
    for (const outcome of outcomes.filter((one) => isDead(one, nexts))) this.logDead(outcome);
  }

  private logDead({ webhook, event, problem = '' }: Outcome): void {
    this.context.log.warn({ webhook, event }, `A webhook did not take an event, and it is not tried any more: ${problem}`);
  }

  /** Once for each change, not for each try: a receiver that is away for a night is no reason to fill a log. */
  private logState(webhook: string, state: WebhookRow['state'], reason: string): void {
    const { log } = this.context;
    if (state === 'active') log.info({ webhook }, 'A webhook takes events again');
    else if (state === 'disabled') log.warn({ webhook }, `A webhook was disabled: ${reason}`);
    else log.warn({ webhook }, `A webhook does not take events; they are tried again for a day: ${reason}`);
  }

  /** Decided once, however often the transaction is begun anew. */
  private nextOf({ attempts, queuedAt, problem, retryAfter }: Outcome, now: number): number | undefined {
    return problem === undefined ? undefined : nextTry({ attempts: attempts + 1, queuedAt, now, retryAfter }, this.random);
  }

  /** `retrying`: how many more wait for another try than before. */
  private async writeWebhook(
    tables: Transaction<AgencyTables>,
    id: string,
    outcomes: readonly Outcome[],
    retrying: number,
    now: number,
  ): Promise<void> {
    const before = await tables.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
    if (!before) return;
    const after = standingAfter(before, outcomes, retrying, now);
    if (Object.keys(after).length === 0) return;
    await tables.updateTable('webhook').set(after).where('id', '=', id).execute();
    if (after.state !== undefined && after.state !== before.state) this.logState(id, after.state, after.reason ?? '');
    if (after.state !== 'disabled') return;
    await tables
      .updateTable('delivery')
      .set({ state: 'dead', dead_at: now, message: `the webhook was disabled: ${after.reason ?? ''}` })
      .where('webhook', '=', id)
      .where('state', '=', 'waiting')
      .execute();
  }
}

/** Its day is over, and it waits to be replayed. */
const isDead = (outcome: Outcome, nexts: ReadonlyMap<Outcome, number | undefined>): boolean =>
  outcome.problem !== undefined && !outcome.isTest && nexts.get(outcome) === undefined;

/** @returns by how many more there are now that wait for another try: -1, 0 or 1. */
async function writeOne(
  tables: Transaction<AgencyTables>,
  outcome: Outcome,
  next: number | undefined,
  now: number,
): Promise<number> {
  const { webhook, lane, event, attempts, problem, isTest } = outcome;
  const isOver = problem === undefined || isTest;
  const wasThere = isOver ? await removeAll(tables, [outcome]) : await keep(tables, outcome, problem, next, now);
  if (!wasThere) return 0;
  const waits = isOver ? undefined : next;
  // What comes after it about the same entity waits with it, and goes on with it.
  if (waits !== undefined || attempts > 0) await move(tables, { webhook, lane, after: event, to: waits ?? now });
  return (waits === undefined ? 0 : 1) - (attempts > 0 ? 1 : 0);
}

/** Taken at the first try, as nearly all are: nothing waits behind it. */
const wentSmoothly = ({ problem, attempts }: Outcome): boolean => problem === undefined && attempts === 0;

async function removeAll(tables: Transaction<AgencyTables>, outcomes: readonly Outcome[]): Promise<boolean> {
  const ids = outcomes.map(({ delivery }) => delivery);
  const gone = await tables.deleteFrom('delivery').where('id', 'in', ids).where('state', '=', 'waiting').executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

/** For another try, or as a dead letter. Another process may have been quicker where a lease was lost. */
async function keep(
  tables: Transaction<AgencyTables>,
  { delivery, attempts }: Outcome,
  message: string,
  next: number | undefined,
  now: number,
): Promise<boolean> {
  const tried = await tables
    .updateTable('delivery')
    .set({ ...(next === undefined ? { state: 'dead', dead_at: now } : { next_at: next }), attempts: attempts + 1, message })
    .where('id', '=', delivery)
    .where('state', '=', 'waiting')
    .where('attempts', '=', attempts)
    .executeTakeFirst();
  return tried.numUpdatedRows > 0n;
}

async function move(
  tables: Transaction<AgencyTables>,
  { webhook, lane, after, to }: { webhook: string; lane: string; after: number; to: number },
): Promise<void> {
  await tables
    .updateTable('delivery')
    .set({ next_at: to })
    .where('webhook', '=', webhook)
    .where('lane', '=', lane)
    .where('state', '=', 'waiting')
    .where('event', '>', after)
    .execute();
}
