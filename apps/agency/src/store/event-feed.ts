import { isoTime } from '@cloud-agency/runtime';
import { eventMatches } from '@cloud-agency/sla';
import type { AgencyStore } from './agency-store.js';
import { horizonOf } from './event-keeper.js';
import { everybody } from './events.js';
import { type EventRow, parsed } from './tables.js';

/** Something that happened (CFP.md 6 lists the types). */
export interface AgencyEvent {
  readonly id: number;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  /** Location of the entity it is about. */
  readonly subject: string;
  /** The call and the agreement that it belongs to. */
  readonly cfp: string | null;
  readonly agreement: string | null;
  readonly message: string;
  readonly data: object;
}

/** Which events somebody follows; null: whichever. */
export interface Following {
  readonly tenant: string;
  readonly cfp: string | null;
  readonly agreement: string | null;
  /** Id of a compute. */
  readonly resource: string | null;
  /** Types, also as `sla.*`. */
  readonly types: readonly string[] | null;
}

/** What is known of the numbers of events. */
export interface Known {
  /** Those up to this one may be gone. */
  readonly horizon: number;
  /** The newest; as `horizon` when there is none beyond it. */
  readonly newest: number;
}

/** What one follows. */
export interface Followed extends AsyncIterable<AgencyEvent> {
  /** Everything that is wanted up to this number has been given out. */
  position(): number;
}

/** Events that the reader reads at once, and numbers that one follower's look back covers at once: what is wanted among them may be little. */
const batch = 500;
const lookBack = 2_000;
/** Events that wait for one follower. One that is slower goes back to reading the store, at its own pace. */
const mostWaiting = 500;
/** Another process's events are no commit of ours: they are looked for so often, ms. */
const lookAgainMs = 250;

/**
 * The events of tenants, from the store, as they happen. However many follow them, new ones are read once, and handed to those who want them.
 */
export class EventFeed {
  private readonly followers = new Set<Follower>();
  /** Up to where new events were read and handed out. */
  private readTo = 0;
  private isReading = false;
  private again = false;
  private endListening: (() => void) | undefined;

  constructor(private readonly store: AgencyStore) {}

  async known(): Promise<Known> {
    const { tables } = this.store;
    const row = await tables
      .selectFrom('event')
      .select((from) => from.fn.max('id').as('id'))
      .executeTakeFirst();
    const horizon = await horizonOf(tables);
    return { horizon, newest: Math.max(row?.id ?? 0, horizon) };
  }

  /** Number of the last event before a time, ms. Numbers and times grow together, so few need to be looked at. */
  async numberBefore(at: number): Promise<number> {
    const known = await this.known();
    let [from, to] = [known.horizon, known.newest];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const row = await this.rows(middle, to).limit(1).executeTakeFirst();
      if (row && row.at < at) from = row.id;
      else to = middle;
    }
    return from;
  }

  /** Every event after number `id` that is wanted, then each new one, until the signal ends it. */
  since(id: number, following: Following, signal: AbortSignal): Followed {
    const follower = new Follower(following, id, signal);
    const events = this.eventsFor(follower, signal);
    return {
      [Symbol.asyncIterator]: () => events,
      position: () => (follower.hasAll ? Math.max(follower.last, this.readTo) : follower.last),
    };
  }

  private async *eventsFor(follower: Follower, signal: AbortSignal): AsyncGenerator<AgencyEvent> {
    await this.add(follower);
    try {
      while (!signal.aborted) {
        if (follower.isBehind) yield* this.catchUp(follower, signal);
        else {
          const event = follower.take();
          if (event) yield event;
          else await follower.rung();
        }
      }
    } finally {
      follower.leave();
      this.remove(follower);
    }
  }

  /** Reads what the follower has not seen, as far as new events have been handed out; from there on it is handed them too. */
  private async *catchUp(follower: Follower, signal: AbortSignal): AsyncGenerator<AgencyEvent> {
    const to = Math.min(follower.last + lookBack, this.readTo);
    const events = await this.read(follower.last, to, follower.following);
    for (const event of events) {
      follower.last = event.id;
      yield event;
      if (signal.aborted) return;
    }
    follower.last = Math.max(follower.last, to);
    if (follower.last >= this.readTo) follower.join();
  }

  private async add(follower: Follower): Promise<void> {
    const newest = this.followers.size === 0 ? (await this.known()).newest : this.readTo;
    if (this.followers.size === 0) this.begin(newest);
    this.followers.add(follower);
  }

  private begin(newest: number): void {
    this.readTo = newest;
    const ring = (): void => void this.look();
    const timer = setInterval(ring, lookAgainMs);
    const endListening = this.store.onCommit(ring);
    this.endListening = () => {
      clearInterval(timer);
      endListening();
    };
  }

  private remove(follower: Follower): void {
    this.followers.delete(follower);
    if (this.followers.size > 0) return;
    this.endListening?.();
    this.endListening = undefined;
  }

  /** One read at a time; who asks meanwhile has another one follow. */
  private async look(): Promise<void> {
    this.again = true;
    if (this.isReading) return;
    this.isReading = true;
    try {
      await this.readNew();
    } catch {
      // What could not be read is read the next time.
    } finally {
      this.isReading = false;
    }
  }

  private async readNew(): Promise<void> {
    while (this.again && this.followers.size > 0) {
      this.again = false;
      const events = await this.rows(this.readTo, Number.MAX_SAFE_INTEGER).limit(batch).execute();
      for (const { tenant, ...row } of events) {
        const event = eventOf(row);
        for (const follower of this.followers) follower.hand(event, tenant);
      }
      this.readTo = events.at(-1)?.id ?? this.readTo;
      this.again ||= events.length === batch;
    }
  }

  private async read(after: number, to: number, { tenant, cfp, agreement, ...rest }: Following): Promise<readonly AgencyEvent[]> {
    const rows = await this.rows(after, to)
      .where('tenant', 'in', [tenant, everybody])
      .$if(cfp !== null, (query) => query.where('cfp', '=', cfp))
      .$if(agreement !== null, (query) => query.where('agreement', '=', agreement))
      .execute();
    return rows.map(eventOf).filter((event) => isAbout(event, rest));
  }

  private rows(after: number, to: number) {
    return this.store.tables
      .selectFrom('event')
      .select(['id', 'tenant', 'type', 'at', 'subject', 'cfp', 'agreement', 'message', 'body'])
      .where('id', '>', after as never)
      .where('id', '<=', to as never)
      .orderBy('id');
  }
}

/** One that follows: what was handed to it and is not taken yet. */
class Follower {
  /** Whether it reads the store still, or again. */
  isBehind = true;
  private readonly waiting: AgencyEvent[] = [];
  private wake: (() => void) | undefined;
  private readonly ring = (): void => this.wake?.();

  constructor(
    readonly following: Following,
    /** Number of the last event that it has taken, or does not want. */
    public last: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.ring);
  }

  hand(event: AgencyEvent, tenant: string): void {
    if (this.isBehind || (tenant !== this.following.tenant && tenant !== everybody)) return;
    if (!isWanted(event, this.following)) return;
    if (this.waiting.length >= mostWaiting) {
      // It has taken none of these yet, so it reads on from the last that it has.
      this.waiting.length = 0;
      this.isBehind = true;
    } else this.waiting.push(event);
    this.wake?.();
  }

  take(): AgencyEvent | undefined {
    const event = this.waiting.shift();
    if (event) this.last = event.id;
    return event;
  }

  join(): void {
    this.isBehind = false;
  }

  get hasAll(): boolean {
    return !this.isBehind && this.waiting.length === 0;
  }

  async rung(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }

  leave(): void {
    this.signal.removeEventListener('abort', this.ring);
  }
}

function isWanted(event: AgencyEvent, { cfp, agreement, ...rest }: Following): boolean {
  if (cfp !== null && event.cfp !== cfp) return false;
  if (agreement !== null && event.agreement !== agreement) return false;
  return isAbout(event, rest);
}

function isAbout({ type, subject, data }: AgencyEvent, { resource, types }: Pick<Following, 'resource' | 'types'>): boolean {
  if (types !== null && !types.some((pattern) => eventMatches(type, pattern))) return false;
  return resource === null || subject === `/compute/${resource}` || ('resource' in data && data.resource === resource);
}

const eventOf = ({ at, body, id, type, subject, cfp, agreement, message }: Omit<EventRow, 'tenant'>): AgencyEvent => ({
  ...{ id, type, at: isoTime(at), subject, cfp, agreement, message },
  data: parsed(body),
});
