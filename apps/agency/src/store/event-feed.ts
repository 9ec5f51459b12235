import { isoTime } from '@cloud-agency/runtime';
import type { AgencyStore } from './agency-store.js';
import { everybody } from './events.js';
import { parsed } from './tables.js';

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

const batch = 200;
/** Another instance's events are no commit of ours: they are looked for so often, ms. */
const lookAgainMs = 1_000;

/** The events of a tenant, from the store, as they happen. */
export class EventFeed {
  constructor(private readonly store: AgencyStore) {}

  /** Number of the newest event; 0 when there is none. */
  async newest(): Promise<number> {
    const row = await this.store.tables
      .selectFrom('event')
      .select((from) => from.fn.max('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  /** Every event after number `id`, then each new one, until the signal ends it. */
  async *since(id: number, tenant: string, signal: AbortSignal): AsyncGenerator<AgencyEvent> {
    const bell = new Bell(this.store, signal);
    let last = id;
    try {
      while (!signal.aborted) {
        const events = await this.after(last, tenant);
        yield* events;
        last = events.at(-1)?.id ?? last;
        if (events.length < batch) await bell.rung();
      }
    } finally {
      bell.remove();
    }
  }

  private async after(id: number, tenant: string): Promise<readonly AgencyEvent[]> {
    const rows = await this.store.tables
      .selectFrom('event')
      .select(['id', 'type', 'at', 'subject', 'cfp', 'agreement', 'message', 'body'])
      .where('id', '>', id as never)
      .where('tenant', 'in', [tenant, everybody])
      .orderBy('id')
      .limit(batch)
      .execute();
    return rows.map(({ at, body, ...row }) => ({ ...row, at: isoTime(at), data: parsed(body) }));
  }
}

/** Rings after each commit, now and then in any case, and at the end. */
class Bell {
  private ring: (() => void) | undefined;
  private pending = false;
  private readonly timer: NodeJS.Timeout;
  private readonly endListening: () => void;
  private readonly strike = (): void => {
    this.pending = true;
    this.ring?.();
  };

  constructor(
    store: AgencyStore,
    private readonly signal: AbortSignal,
  ) {
    this.endListening = store.onCommit(this.strike);
    this.timer = setInterval(this.strike, lookAgainMs);
    signal.addEventListener('abort', this.strike);
  }

  async rung(): Promise<void> {
    if (!this.pending) await new Promise<void>((resolve) => (this.ring = resolve));
    this.pending = false;
    this.ring = undefined;
  }

  remove(): void {
    clearInterval(this.timer);
    this.endListening();
    this.signal.removeEventListener('abort', this.strike);
  }
}
