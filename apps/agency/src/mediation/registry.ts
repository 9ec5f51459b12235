import { Announcement, decoded, subjects, validated } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { AgencyStore } from '../store/agency-store.js';
import { parsed } from '../store/tables.js';

/** An agent is gone when none of its instances has been heard of for so long; each announces itself every second (CFP.md 3). */
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

/** Instances of one agent by their names, each as it was heard of last. */
type Instances = Map<string, KnownAgent>;

/**
 * Which vendor agents there are, from their heartbeats alone: the agency knows none of them by name. The store tells of those known before, which count
 * as alive for three seconds after a start. Several instances may share the work of one agent: it is as well as the best of them.
 */
export class VendorRegistry {
  private readonly agents = new Map<string, KnownAgent>();
  /** Those that are alive, until one comes or goes: every reply to every call asks for them. */
  private living: ReadonlySet<string> | undefined;
  private readonly instances = new Map<string, Instances>();
  private readonly listeners = new Set<(agent: KnownAgent) => void>();
  private subscription: Subscription | undefined;
  private stopChecking: (() => void) | undefined;
  private startedAt = 0;

  constructor(
    private readonly store: Pick<AgencyStore, 'tables'>,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
  ) {}

  async start(connection: NatsConnection): Promise<void> {
    const now = this.context.clock.now();
    this.startedAt = now;
    for (const row of await this.store.tables.selectFrom('vendor').selectAll().execute()) {
      const known = {
        announcement: parsed(row.announcement),
        seenAt: row.state === 'gone' ? 0 : now,
        state: row.state,
        heard: false,
      };
      this.agents.set(row.agent, known);
      if (row.state !== 'gone') this.instances.set(row.agent, new Map([['', known]]));
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

  stop(): void {
    this.stopChecking?.();
    this.subscription?.unsubscribe();
  }

  /** Tells of each agent of which something has been heard, or nothing any more; the returned function ends it. */
  onChange(listener: (agent: KnownAgent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
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
      const { agent, instance = '', state } = announcement;
      const instances: Instances = this.instances.get(agent) ?? new Map<string, KnownAgent>();
      this.instances.set(agent, instances);
      // What the store said of it is history.
      instances.delete('');
      const heard = { announcement, seenAt: this.context.clock.now(), state, heard: true };
      if (state === 'gone') instances.delete(instance);
      else instances.set(instance, heard);
      this.change(best(instances) ?? heard);
    } catch (error) {
      this.context.log.warn({ err: error }, 'An announcement on the bus does not follow its contract; it is passed over');
    }
  }

  private dropSilent(): void {
    const now = this.context.clock.now();
    for (const [name, instances] of this.instances) {
      const silent = [...instances].filter(([, { seenAt }]) => now - seenAt > goneAfterMs);
      for (const [instance] of silent) instances.delete(instance);
      const agent = this.agents.get(name);
      if (agent && silent.length > 0) this.change(best(instances) ?? { ...agent, state: 'gone' });
    }
  }

  private change(agent: KnownAgent): void {
    const name = agent.announcement.agent;
    if (this.agents.get(name)?.state !== agent.state) this.living = undefined;
    this.agents.set(name, agent);
    for (const listener of this.listeners) listener(agent);
  }
}

/** Alive before degraded, and with the newest offers. */
function best(instances: Instances): KnownAgent | undefined {
  const rank = ({ state, announcement: { offersAsOf } }: KnownAgent): string =>
    `${state === 'alive' && offersAsOf !== null ? '2' : state === 'alive' ? '1' : '0'}${offersAsOf ?? ''}`;
  return [...instances.values()].reduce<KnownAgent | undefined>(
    (found, each) => (found && rank(found) >= rank(each) ? found : each),
    undefined,
  );
}
