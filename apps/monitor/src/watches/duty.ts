import type { AppContext, RunningApp } from '@cloud-agency/runtime';
import { claim, type Lease, release } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

export interface DutyOptions extends Pick<AppContext, 'clock' | 'log'> {
  /** Who claims it. Where the store can have but one user this is always the same, so that a restart need not wait. */
  readonly owner: string;
  /** Starts the work; it is stopped when the duty is lost. */
  readonly begin: () => Promise<RunningApp>;
}

const renewEveryMs = 2_000;
const heldForMs = 6_000;
const dutyId = 'monitor';

/** Any number of monitors may run on one database: one is on duty, the others take over when it is gone, so that nothing is found twice. */
export class Duty {
  private lease: Lease | undefined;
  private until = 0;
  private shift: RunningApp | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private readonly stopRenewing: () => void;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: DutyOptions,
  ) {
    this.stopRenewing = options.clock.every(renewEveryMs, () => void this.renew());
  }

  /** Resolves once the work has begun, or another monitor is known to do it. */
  async renew(): Promise<void> {
    this.renewing = this.renewing.then(() => this.tryRenewing());
    await this.renewing;
  }

  async stop(): Promise<void> {
    this.stopRenewing();
    await this.renewing;
    await this.endShift();
    if (this.lease) await release(this.tables, 'duty', this.lease);
  }

  private async tryRenewing(): Promise<void> {
    const { clock, log, owner, begin } = this.options;
    const now = clock.now();
    try {
      const lease = await claim(this.tables, 'duty', dutyId, { owner, now, forMs: heldForMs });
      if (!continues(this.lease, lease)) await this.endShift();
      this.lease = lease;
      if (!lease) return;
      this.until = now + heldForMs;
      this.shift ??= await begin();
    } catch (error) {
      log.error({ err: error }, 'The monitor could not claim its duty; it is tried again');
      if (clock.now() >= this.until) await this.endShift();
    }
  }

  private async endShift(): Promise<void> {
    const { shift } = this;
    this.shift = undefined;
    await shift?.stop();
  }
}

/** The epoch grows by one with each claim: a greater step means that another had the duty in between. */
const continues = (before: Lease | undefined, now: Lease | undefined): boolean =>
  before !== undefined && now?.epoch === before.epoch + 1;
