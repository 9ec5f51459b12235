import { Announcement, decoded, subjects, validated } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';

/** Announcements come every second (CFP.md 3); who has not been heard for so long is gone, ms. */
const goneAfterMs = 3_000;
/** By then every instance that is there has been heard, ms. Before, there may be another one. */
const heardAfterMs = 1_500;

/**
 * How many instances of each agent there are, in this process and in others: they share what an account may ask of its vendor (docs/accounts.md).
 * Known from their announcements alone, so for a moment after one came or went each may take a share that is too large or too small.
 */
export class Instances {
  private readonly heard = new Map<string, Map<string, number>>();
  private readonly since: number;
  private readonly stopListening: () => void;

  constructor(
    connection: NatsConnection,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.since = clock.now();
    const subscription = connection.subscribe(subjects.announce, {
      callback: (error, message) => {
        if (!error) this.hear(message.data);
      },
    });
    this.stopListening = () => {
      subscription.unsubscribe();
    };
  }

  /** At least 1: whoever asks is one. */
  of(agent: string): number {
    const now = this.clock.now();
    const instances = [...(this.heard.get(agent)?.values() ?? [])].filter((at) => now - at <= goneAfterMs);
    return Math.max(now - this.since < heardAfterMs ? 2 : 1, instances.length);
  }

  stop(): void {
    this.stopListening();
  }

  private hear(message: Uint8Array): void {
    try {
      const { agent, instance = '', state } = validated(Announcement, decoded(message));
      const instances = this.heard.get(agent) ?? new Map<string, number>();
      this.heard.set(agent, instances);
      if (state === 'gone') instances.delete(instance);
      else instances.set(instance, this.clock.now());
      // One that was killed says nothing.
      for (const [other, at] of instances) if (this.clock.now() - at > goneAfterMs) instances.delete(other);
    } catch {
      // Whoever keeps the register of agents says so.
    }
  }
}
