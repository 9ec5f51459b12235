import { Assessment, decoded, subjects, validated } from '@cloud-agency/bus';
import type { Log } from '@cloud-agency/runtime';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';

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
          this.latest.set(assessment.agreement, assessment);
        } catch (problem) {
          log.warn({ err: problem }, 'An assessment on the bus does not follow its contract; it is passed over');
        }
      },
    });
  }

  of(agreement: string): Assessment | undefined {
    return this.latest.get(agreement);
  }

  forget(agreement: string): void {
    this.latest.delete(agreement);
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }
}
