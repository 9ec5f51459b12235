import type { Clock, Log } from '@cloud-agency/runtime';
import type { Lease } from '@cloud-agency/store';
import { Carrier } from '../carrying/carrier.js';
import type { VendorDriver } from '../vendor/port.js';
import type { Placement, Placements } from './placements.js';
import type { Quotes } from './quotes.js';
import { nextStep } from './steps.js';
import type { AgentTables } from './tables.js';
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

/** Carries each placement of one agent until nothing is left to do on it. */
export class Provisioner extends Carrier<AgentTables> {
  constructor(private readonly options: ProvisionerOptions) {
    super({ table: 'placement', database: options.placements.database, ...options });
  }

  protected override async unfinished(): Promise<readonly string[]> {
    return await this.options.placements.unfinished(this.options.agent);
  }

  protected override async step(id: string, lease: Lease): Promise<number | undefined> {
    const { placements, clock, driver, quotes, installation, timings } = this.options;
    const placement = await placements.load(id);
    if (!placement) return undefined;
    const progress = await nextStep(placement, { driver, quotes, installation, timings, now: clock.now() });
    // What a step began when the process was told to stop is not known to have failed: the next start looks.
    if (!progress || (this.stopped && progress.changes.state === 'failed')) return undefined;
    const idle = Object.keys(progress.changes).length === 0 && progress.say.length === 0;
    if (!idle && !(await placements.advance(lease, placement, progress.changes, progress.say))) return undefined;
    this.tell(placement, progress.changes.state);
    return progress.waitMs;
  }

  private tell(placement: Placement, state: string | undefined): void {
    if (state !== undefined)
      this.options.log.info({ placement: placement.id, from: placement.state, to: state }, 'A placement went on.');
  }
}
