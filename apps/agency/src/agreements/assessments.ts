import { Assessment, decoded, subjects, validated } from '@cloud-agency/bus';
import type { Log } from '@cloud-agency/runtime';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';

/** So many agreements' figures are held at most; those that were told longest ago go first, as those of agreements that have ended do. */
const mostHeld = 20_000;

/** The monitor's running figures, the latest for each agreement. They come every second, so none is kept beyond this process. */
export class Assessments {
  private readonly latest = new Map<string, Assessment>();
  private subscription: Subscription | undefined;

  start(connection: NatsConnection, log: Log): void {
    this.subscription = connection.subscribe(subjects.assessment, {
      callback: (error, message) => {
        if (error) return;
        try {
          const assessment = validated(Assessment, decoded(message.data));
          this.hold(assessment);
        } catch (problem) {
          log.warn({ err: problem }, 'An assessment on the bus does not follow its contract; it is passed over');
        }
      },
    });
  }

  of(agreement: string): Assessment | undefined {
    return this.latest.get(agreement);
  }

  /** Those of agreements that the monitor has told of since then, ms. */
  toldSince(instant: number): readonly Assessment[] {
    return [...this.latest.values()].filter(({ at }) => Date.parse(at) >= instant);
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  private hold(assessment: Assessment): void {
    this.latest.delete(assessment.agreement);
    this.latest.set(assessment.agreement, assessment);
    const [oldest] = this.latest.keys();
    if (this.latest.size > mostHeld && oldest !== undefined) this.latest.delete(oldest);
  }
}
