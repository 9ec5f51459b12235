import { type Announcement, encoded, subjects } from '@cloud-agency/bus';
import { type Clock, isoTime } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Catalogue } from './catalogue.js';

export type Identity = Pick<Announcement, 'agent' | 'instance' | 'type' | 'vendor' | 'title' | 'regions' | 'abilities'>;

const heartbeatMs = 1_000;
/** First loads that take longer than this make an agent degraded: whoever waits for it is to know. */
const loadingMs = 10_000;

type Condition = Pick<Announcement, 'state' | 'message'>;

/**
 * The heartbeat of an agent, a second apart, until it says that it is gone. It beats from the start: a call waits for the agents that are
 * alive, so one that still loads its offers is waited for. Until then `offersAsOf` is null.
 */
export class Announcer {
  private end: (() => void) | undefined;
  private stopped = false;
  private readonly since: number;

  constructor(
    private readonly connection: NatsConnection,
    private readonly identity: Identity,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {
    this.since = clock.now();
  }

  start(): void {
    this.end = this.clock.every(heartbeatMs, () => {
      this.beat();
    });
    this.beat();
  }

  /** At once, beside the regular ones: something has changed. */
  beat(): void {
    if (!this.stopped) this.say(this.announcement());
  }

  stop(): void {
    this.stopped = true;
    this.end?.();
    this.say({ ...this.announcement(), state: 'gone' });
  }

  private announcement(): Announcement {
    const { offers, asOf } = this.catalogue;
    return {
      ...this.identity,
      ...this.condition(),
      offers: offers?.offers ?? 0,
      offersAsOf: offers && asOf !== undefined ? isoTime(asOf) : null,
    };
  }

  private condition(): Condition {
    const { problem, offers } = this.catalogue;
    if (problem === undefined && !offers) {
      const overdue = this.clock.now() - this.since >= loadingMs;
      return { state: overdue ? 'degraded' : 'alive', message: 'The offers are still being loaded.' };
    }
    const complaint = this.complaint();
    return complaint === undefined ? { state: 'alive' } : { state: 'degraded', message: complaint.slice(0, 4_000) };
  }

  private complaint(): string | undefined {
    const { problem, staleSince } = this.catalogue;
    if (problem === undefined && staleSince === undefined) return undefined;
    const age = staleSince === undefined ? 0 : this.clock.now() - staleSince;
    const stale = age === 0 ? '' : ` Its offers are stale: ${Math.round(age / 60_000)} min old.`;
    return `${problem ?? 'The offers have not been refreshed.'}${stale} It is tried again every few seconds; check the account's endpoint and credentials.`;
  }

  private say(announcement: Announcement): void {
    if (!this.connection.isClosed()) this.connection.publish(subjects.announce, encoded(announcement));
  }
}
