import type { Clock, Log } from '@cloud-agency/runtime';
import type { Lease } from '@cloud-agency/store';
import type { VendorDriver } from '../vendor/port.js';
import type { Placement, Placements } from './placements.js';
import { nextStep, type Quotes } from './steps.js';
import type { Timings } from './timings.js';

export interface ProvisionerOptions {
  readonly agent: string;
  /** Who holds the leases: this process. */
  readonly owner: string;
  readonly installation: string;
  readonly driver: VendorDriver;
  readonly quotes: Quotes;
  readonly placements: Placements;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: Timings;
}

const leaseMs = 15_000;
const renewMs = 5_000;
const lookEveryMs = 5_000;

/**
 * Carries each placement of one agent from step to step until nothing is left to do on it: one at a time for a placement, all placements
 * side by side. After a crash it finds them in the store and goes on.
 */
export class Provisioner {
  private readonly carried = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, () => void>();
  /** Woken while a step was in hand: what that step read may be out of date. */
  private readonly nudged = new Set<string>();
  private stopLooking: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly options: ProvisionerOptions) {}

  start(): void {
    const look = (): void => {
      void this.resume();
    };
    this.stopLooking = this.options.clock.every(lookEveryMs, look);
    look();
  }

  /** There is something to do on this placement: at once, whatever it was waiting for. */
  wake(id: string): void {
    if (this.stopped) return;
    if (this.carried.has(id)) {
      this.nudged.add(id);
      this.waiting.get(id)?.();
      return;
    }
    this.nudged.delete(id);
    const carrying = this.carry(id)
      .catch((error: unknown) => {
        this.options.log.error(
          { placement: id, err: error },
          'A placement could not be carried on; it is tried again in a moment.',
        );
      })
      .finally(() => {
        this.carried.delete(id);
        if (this.nudged.has(id)) this.wake(id);
      });
    this.carried.set(id, carrying);
  }

  /** Ends every wait and returns once no step is in hand; the store remembers the rest. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopLooking?.();
    for (const end of this.waiting.values()) end();
    await Promise.all(this.carried.values());
  }

  private async resume(): Promise<void> {
    try {
      for (const id of await this.options.placements.unfinished(this.options.agent)) if (!this.carried.has(id)) this.wake(id);
    } catch (error) {
      if (!this.stopped)
        this.options.log.error({ err: error }, 'The placements could not be read; they are read again in a moment.');
    }
  }

  private async carry(id: string): Promise<void> {
    const { placements, owner, clock } = this.options;
    const lease = await placements.claim(id, owner, leaseMs);
    if (!lease) return;
    const endRenewal = clock.every(renewMs, () => {
      placements.renew(lease, leaseMs).catch((error: unknown) => {
        this.options.log.warn({ placement: id, err: error }, 'The lease on a placement could not be renewed.');
      });
    });
    try {
      while (!this.stopped && (await this.step(id, lease)));
    } finally {
      endRenewal();
      await placements.release(lease);
    }
  }

  /** False when there is nothing left to do, or another process does it. */
  private async step(id: string, lease: Lease): Promise<boolean> {
    this.nudged.delete(id);
    const { placements, clock, driver, quotes, installation, timings } = this.options;
    const placement = await placements.load(id);
    if (!placement) return false;
    const progress = await nextStep(placement, { driver, quotes, installation, timings, now: clock.now() });
    // What a step began when the process was told to stop is not known to have failed: the next start looks.
    if (!progress || (this.stopped && progress.changes.state === 'failed')) return false;
    const idle = Object.keys(progress.changes).length === 0 && progress.say.length === 0;
    if (!idle && !(await placements.advance(lease, placement, progress.changes, progress.say))) return false;
    this.tell(placement, progress.changes.state);
    if (progress.waitMs > 0) await this.wait(id, progress.waitMs);
    return true;
  }

  /** Cut short by `wake` and `stop`. */
  private async wait(id: string, ms: number): Promise<void> {
    if (this.stopped || this.nudged.has(id)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        callOff();
        this.waiting.delete(id);
        resolve();
      };
      const callOff = this.options.clock.after(ms, end);
      this.waiting.set(id, end);
    });
  }

  private tell(placement: Placement, state: string | undefined): void {
    if (state !== undefined)
      this.options.log.info({ placement: placement.id, from: placement.state, to: state }, 'A placement went on.');
  }
}
