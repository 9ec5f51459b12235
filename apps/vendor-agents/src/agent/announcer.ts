import { type Announcement, encoded, subjects } from '@cloud-agency/bus';
import { type Clock, isoTime } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Catalogue } from './catalogue.js';

export type Identity = Pick<Announcement, 'agent' | 'type' | 'vendor' | 'title' | 'regions' | 'abilities'>;

const heartbeatMs = 1_000;
/** Offers older than this make an agent degraded: they were to be refreshed many times since. */
const staleAfterMs = 120_000;
/** Sizes change seldom and are refreshed seldom. */
const sizesStaleAfterMs = 1_800_000;

/** The heartbeat of an agent: a second apart from the moment its offers are loaded, or known not to load, until it says that it is gone. */
export class Announcer {
  private end: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly connection: NatsConnection,
    private readonly identity: Identity,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /** Once: what comes after the first call, or after `stop`, changes nothing. */
  start(): void {
    if (this.end || this.stopped) return;
    const beat = (): void => {
      this.say(this.announcement());
    };
    this.end = this.clock.every(heartbeatMs, beat);
    beat();
  }

  stop(): void {
    this.stopped = true;
    this.end?.();
    this.say({ ...this.announcement(), state: 'gone' });
  }

  private announcement(): Announcement {
    const { offers, asOf } = this.catalogue;
    const message = this.complaint();
    return {
      ...this.identity,
      state: message === undefined ? 'alive' : 'degraded',
      ...(message === undefined ? {} : { message: message.slice(0, 4_000) }),
      offers: offers?.offers ?? 0,
      offersAsOf: asOf === undefined ? null : isoTime(asOf),
    };
  }

  private complaint(): string | undefined {
    const { problem, asOf, offers } = this.catalogue;
    if (problem === undefined && !offers) return 'The offers are still being loaded.';
    const age = asOf === undefined ? 0 : this.clock.now() - asOf;
    if (problem === undefined && age <= sizesStaleAfterMs) return undefined;
    const stale = age > staleAfterMs ? ` Its offers are ${Math.round(age / 60_000)} min old.` : '';
    return `${problem ?? 'The offers have not been refreshed.'}${stale} It is tried again every few seconds; check the account's endpoint and credentials.`;
  }

  private say(announcement: Announcement): void {
    if (!this.connection.isClosed()) this.connection.publish(subjects.announce, encoded(announcement));
  }
}
