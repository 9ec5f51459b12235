import { Announcement, decoded, subjects, validated } from '@cloud-agency/bus';
import { type AppContext, isoTime } from '@cloud-agency/runtime';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { everybody } from '../store/events.js';
import { json, parsed } from '../store/tables.js';

/** An agent is gone when it has not been heard of for so long; it announces itself every second (CFP.md 3). */
const goneAfterMs = 3_000;
const checkEveryMs = 500;
/** Agents that start together with this process have so long to come up, ms. */
const showUpWithinMs = 15_000;

export interface KnownAgent {
  readonly announcement: Announcement;
  readonly seenAt: number;
  readonly state: Announcement['state'];
  /** False while all that is known of it comes from the store. */
  readonly heard: boolean;
}

/**
 * Which vendor agents there are, from their heartbeats alone: the agency knows none of them by name. Kept in the store too, so that after
 * a start those known before count as alive for three seconds.
 */
export class VendorRegistry {
  private readonly agents = new Map<string, KnownAgent>();
  /** Those that are alive, until one comes or goes: every reply to every call asks for them. */
  private living: ReadonlySet<string> | undefined;
  private subscription: Subscription | undefined;
  private stopChecking: (() => void) | undefined;
  private startedAt = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
  ) {}

  async start(connection: NatsConnection): Promise<void> {
    const now = this.context.clock.now();
    this.startedAt = now;
    for (const row of await this.store.tables.selectFrom('vendor').selectAll().execute()) {
      this.agents.set(row.agent, {
        announcement: parsed(row.announcement),
        seenAt: row.state === 'gone' ? 0 : now,
        state: row.state,
        heard: false,
      });
    }
    this.subscription = connection.subscribe(subjects.announce, {
      callback: (error, message) => {
        if (!error) this.hear(message.data);
      },
    });
    this.stopChecking = this.context.clock.every(checkEveryMs, () => {
      this.dropSilent();
    });
  }

  async stop(): Promise<void> {
    this.stopChecking?.();
    this.subscription?.unsubscribe();
    await this.writing;
  }

  /** Names of the agents that a call should wait for. */
  alive(): ReadonlySet<string> {
    return (this.living ??= new Set(
      [...this.agents.values()].filter((agent) => agent.state !== 'gone').map((agent) => agent.announcement.agent),
    ));
  }

  /** Whether each of these has announced itself since this process started, or has had long enough for it. */
  haveShownUp(names: readonly string[]): boolean {
    if (this.context.clock.now() - this.startedAt > showUpWithinMs) return true;
    return names.every((name) => this.agents.get(name)?.heard === true);
  }

  all(): readonly KnownAgent[] {
    return [...this.agents.values()].sort((a, b) => a.announcement.agent.localeCompare(b.announcement.agent));
  }

  /** What the agent's cloud can do, in the words of its manifest. */
  abilitiesOf(agent: string): readonly string[] {
    return this.agents.get(agent)?.announcement.abilities ?? [];
  }

  vendorOf(agent: string): string {
    return this.agents.get(agent)?.announcement.vendor ?? agent;
  }

  private hear(bytes: Uint8Array): void {
    try {
      const announcement = validated(Announcement, decoded(bytes));
      this.change(announcement.agent, { announcement, seenAt: this.context.clock.now(), state: announcement.state, heard: true });
    } catch (error) {
      this.context.log.warn({ err: error }, 'An announcement on the bus does not follow its contract; it is passed over');
    }
  }

  private dropSilent(): void {
    const now = this.context.clock.now();
    for (const [name, agent] of this.agents) {
      if (agent.state !== 'gone' && now - agent.seenAt > goneAfterMs) this.change(name, { ...agent, state: 'gone' });
    }
  }

  private change(name: string, agent: KnownAgent): void {
    const before = this.agents.get(name);
    this.agents.set(name, agent);
    if (before?.state !== agent.state) this.living = undefined;
    // Worth telling once its offers are there: at a start all agents load at the same time.
    if (isLoading(agent)) return;
    const told = before && !isLoading(before) ? before : undefined;
    if (told?.state === agent.state && told.announcement.offersAsOf === agent.announcement.offersAsOf) return;
    const stateChanged = told?.state !== agent.state;
    this.writing = this.writing
      .then(() => this.store.work((work) => keep(work, agent, stateChanged)))
      .catch((error: unknown) => {
        this.context.log.error({ err: error, agent: name }, 'What a vendor agent announced could not be stored');
      });
  }
}

const isLoading = ({ state, announcement }: KnownAgent): boolean => state === 'alive' && announcement.offersAsOf === null;

async function keep(work: Work, agent: KnownAgent, stateChanged: boolean): Promise<void> {
  const { announcement, state, seenAt } = agent;
  const row = { announcement: json(announcement), state, seen_at: seenAt };
  await work.tables
    .insertInto('vendor')
    .values({ agent: announcement.agent, ...row })
    .onConflict((conflict) => conflict.column('agent').doUpdateSet(row))
    .execute();
  if (!stateChanged) return;
  const gone = state === 'gone';
  await work.record({
    type: gone ? 'vendor.gone' : 'vendor.alive',
    tenant: everybody,
    subject: `/vendor/${announcement.agent}`,
    message: gone
      ? `Vendor agent ${announcement.agent} is gone: last heard of at ${isoTime(seenAt)}.`
      : `Vendor agent ${announcement.agent} is ${state}, ${announcement.offersAsOf === null ? 'its offers not loaded yet' : `with ${String(announcement.offers)} offers`}.`,
    data: { agent: announcement.agent, vendor: announcement.vendor, state, offers: announcement.offers },
  });
}
