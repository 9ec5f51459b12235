import { decoded, Figures, subjects, validated } from '@cloud-agency/bus';
import type { Log } from '@cloud-agency/runtime';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';

/** So many sensors' figures are held at most; those that were told longest ago go first, as those of sensors that are gone do. */
const mostHeld = 10_000;

/** What the monitor says that sensors have measured, the latest of each. It comes every second, so none is kept beyond this process. */
export class LatestFigures {
  private readonly latest = new Map<string, Figures>();
  private subscription: Subscription | undefined;

  start(connection: NatsConnection, log: Log): void {
    this.subscription = connection.subscribe(subjects.figures, {
      callback: (error, message) => {
        if (error) return;
        try {
          this.hold(validated(Figures, decoded(message.data)));
        } catch (problem) {
          log.warn({ err: problem }, 'Figures of a sensor on the bus do not follow their contract; they are passed over');
        }
      },
    });
  }

  of(sensor: string): Figures | undefined {
    return this.latest.get(sensor);
  }

  /** Of the sensors that the monitor has told of since then, ms. */
  toldSince(instant: number): readonly Figures[] {
    return [...this.latest.values()].filter(({ at }) => Date.parse(at) >= instant);
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  private hold(figures: Figures): void {
    this.latest.delete(figures.sensor);
    this.latest.set(figures.sensor, figures);
    const [oldest] = this.latest.keys();
    if (this.latest.size > mostHeld && oldest !== undefined) this.latest.delete(oldest);
  }
}
