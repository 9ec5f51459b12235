import type { Clock } from '@cloud-agency/runtime';
import type { Instance } from './instance.js';

/** Waits for the time at which each instance that is to be taken back is. */
export class Interruptions {
  private readonly timers = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly carryOut: (id: string) => void,
  ) {}

  /** Also after a restart: what should have been carried out meanwhile is at once. */
  await({ id, interruption }: Instance): void {
    this.calm(id);
    if (!interruption || interruption.carriedOut) return;
    const ms = Math.max(0, interruption.at - this.clock.now());
    const due = (): void => {
      this.timers.delete(id);
      this.carryOut(id);
    };
    this.timers.set(id, this.clock.after(ms, due));
  }

  calm(id: string): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
  }

  close(): void {
    for (const id of [...this.timers.keys()]) this.calm(id);
  }
}
