import type { AppContext } from '@cloud-agency/runtime';
import type { AgencyStore } from '../store/agency-store.js';
import { retryAfterMs } from './back-off.js';
import { type Letterhead, signedPost, type Told } from './envelope.js';
import type { Outcome, Outcomes } from './outcomes.js';
import type { Answer, Poster } from './poster.js';

export interface CourierTools {
  readonly store: AgencyStore;
  readonly context: Pick<AppContext, 'clock' | 'log'>;
  readonly poster: Poster;
  readonly outcomes: Outcomes;
  /** Ends every post under way; what it came to is not known then, and it is made again. */
  readonly signal: AbortSignal;
}

/** Posts to one webhook at a time, and lanes under way: in some of these a post has been answered, and what came of it is on its way to the disk. */
const mostAtOnce = 16;
const mostLanes = 64;
/** To one that takes nothing: one, to see whether it does again. */
const failuresInARow = 10;
/** Deliveries in hand, beside those that are being posted. */
const readAtOnce = 64;
/** What is in hand is read anew after so long, ms: the webhook may have been changed, or be gone. */
const freshForMs = 1_000;

interface Due extends Told, Letterhead {
  readonly delivery: string;
  readonly lane: string;
  readonly attempts: number;
  readonly queuedAt: number;
  readonly url: string;
  readonly failures: number;
  /** The one before it that waits in its lane; null: it is the first. */
  readonly previous: number | null;
}

/**
 * Carries to one webhook what is due: about one entity in the order in which it happened, about different ones side by side, so that one that is
 * not taken holds up nothing but its own.
 */
export class Courier {
  /** Lanes whose deliveries are being posted. */
  private readonly busy = new Set<string>();
  private queue: readonly Due[] = [];
  private readAt = -Infinity;
  private mayBeMore = true;
  private wake: (() => void) | undefined;
  private posting = 0;
  private readonly waitingToPost: (() => void)[] = [];

  constructor(
    private readonly webhook: string,
    private readonly tools: CourierTools,
  ) {}

  /** Something may have become due. */
  ring(): void {
    this.mayBeMore = true;
    this.wake?.();
  }

  /** Until nothing is due any more. */
  async run(): Promise<void> {
    while (!this.tools.signal.aborted) {
      await this.read();
      while (this.begin());
      if (this.mayBeMore && this.hasRoom()) continue;
      if (this.busy.size === 0) return;
      await this.rung();
    }
    while (this.busy.size > 0) await this.rung();
  }

  private async rung(): Promise<void> {
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }

  private hasRoom(): boolean {
    const failures = this.queue[0]?.failures ?? 0;
    return this.busy.size < (failures >= failuresInARow ? 1 : mostLanes);
  }

  /** Begins the first lane that is not under way; false when there is none, or no room for it. */
  private begin(): boolean {
    const first = this.queue.find(({ lane }) => !this.busy.has(lane));
    if (!first || !this.hasRoom()) return false;
    const own = this.queue.filter(({ lane }) => lane === first.lane);
    this.queue = this.queue.filter(({ lane }) => lane !== first.lane);
    this.busy.add(first.lane);
    void this.carry(own).finally(() => {
      this.busy.delete(first.lane);
      this.wake?.();
    });
    return true;
  }

  /** One after the other; the first that is not taken ends it. */
  private async carry(lane: readonly Due[]): Promise<void> {
    try {
      for (const due of lane) {
        const outcome = await this.deliver(due);
        await this.tools.outcomes.record(outcome);
        if (outcome.problem !== undefined) return;
        // What waited behind it may go now.
        if (due.attempts > 0) this.mayBeMore = true;
      }
    } catch (error) {
      if (!this.tools.signal.aborted)
        this.tools.context.log.error(
          { err: error, webhook: this.webhook },
          'What came of a delivery could not be stored; it is made again',
        );
    }
  }

  private async post(due: Due): Promise<Answer> {
    const { poster, context, signal } = this.tools;
    while (this.posting >= mostAtOnce) await new Promise<void>((resolve) => this.waitingToPost.push(resolve));
    this.posting += 1;
    try {
      return await poster.post(due.url, signedPost(due, due, context.clock.now()), signal);
    } finally {
      this.posting -= 1;
      this.waitingToPost.shift()?.();
    }
  }

  private async deliver(due: Due): Promise<Outcome> {
    const { context } = this.tools;
    const answer = await this.post(due);
    const outcome = {
      webhook: this.webhook,
      delivery: due.delivery,
      event: due.event,
      lane: due.lane,
      attempts: due.attempts,
      queuedAt: due.queuedAt,
      isTest: due.type === 'webhook.ping',
    };
    if (answer.status !== undefined && answer.status >= 200 && answer.status < 300) return outcome;
    const problem = answer.status === undefined ? answer.refused : `the receiver answered ${answer.status}`;
    context.log.debug(
      { webhook: this.webhook, event: due.event, attempts: due.attempts + 1 },
      `A webhook did not take an event: ${problem}`,
    );
    return {
      ...outcome,
      problem,
      isGone: answer.status === 410,
      retryAfter: answer.status === undefined ? undefined : retryAfterMs(answer.retryAfter, context.clock.now()),
    };
  }

  /** Reads what is due, where there may be more than is in hand, or what is in hand may be out of date. */
  private async read(): Promise<void> {
    const now = this.tools.context.clock.now();
    const isOld = this.queue.length > 0 && now - this.readAt > freshForMs;
    if ((!this.mayBeMore && !isOld) || !this.hasRoom()) return;
    this.mayBeMore = false;
    this.readAt = now;
    const due = await this.due(now);
    const { ready, early } = inTurn(due);
    for (const { lane, previous } of early) await this.putBehind(lane, previous ?? 0);
    this.queue = ready;
    this.mayBeMore ||= due.length === readAtOnce;
  }

  private async due(now: number): Promise<readonly Due[]> {
    const { tables } = this.tools.store;
    return await tables
      .selectFrom('delivery')
      .innerJoin('webhook', 'webhook.id', 'delivery.webhook')
      .innerJoin('event', 'event.id', 'delivery.event')
      .select(['delivery.id as delivery', 'delivery.lane', 'delivery.attempts', 'delivery.queued_at as queuedAt'])
      .select(['webhook.url', 'webhook.failures', 'webhook.secret'])
      .select(['webhook.secret_before as secretBefore', 'webhook.secret_before_until as secretBeforeUntil'])
      .select(['event.id as event', 'event.type', 'event.at', 'event.subject', 'event.message', 'event.body'])
      .select((from) =>
        from
          .selectFrom('delivery as earlier')
          .select('earlier.event')
          .where('earlier.webhook', '=', this.webhook)
          .whereRef('earlier.lane', '=', 'delivery.lane')
          .where('earlier.state', '=', 'waiting')
          .whereRef('earlier.event', '<', 'delivery.event')
          .orderBy('earlier.event', 'desc')
          .limit(1)
          .as('previous'),
      )
      .where('delivery.webhook', '=', this.webhook)
      .where('delivery.state', '=', 'waiting')
      .where('delivery.next_at', '<=', now)
      .where('webhook.state', '<>', 'disabled')
      .$if(this.busy.size > 0, (query) => query.where('delivery.lane', 'not in', [...this.busy]))
      .orderBy('delivery.next_at')
      .orderBy('delivery.event')
      .limit(readAtOnce)
      .execute();
  }

  /** What came after one that is not due yet, or not in hand, is due no sooner. */
  private async putBehind(lane: string, event: number): Promise<void> {
    await this.tools.store.tables
      .updateTable('delivery')
      .set((from) => ({
        next_at: from
          .selectFrom('delivery as earlier')
          .select('earlier.next_at')
          .where('earlier.webhook', '=', this.webhook)
          .where('earlier.lane', '=', lane)
          .where('earlier.event', '=', event)
          .$asScalar()
          .$notNull(),
      }))
      .where('webhook', '=', this.webhook)
      .where('lane', '=', lane)
      .where('state', '=', 'waiting')
      .where('event', '>', event)
      .execute();
  }
}

/** Of each lane what comes first, without a gap, in the order of events; and from each lane the first that has to wait for one that is not here. */
function inTurn(due: readonly Due[]): { readonly ready: readonly Due[]; readonly early: readonly Due[] } {
  const last = new Map<string, number | null>();
  const ready: Due[] = [];
  const early = new Map<string, Due>();
  for (const one of [...due].sort((a, b) => a.event - b.event)) {
    if (one.previous === (last.get(one.lane) ?? null)) {
      ready.push(one);
      last.set(one.lane, one.event);
    } else if (!early.has(one.lane)) early.set(one.lane, one);
  }
  return { ready, early: [...early.values()] };
}
