import { type Clock, type ConfiguredQuota, type Log, Trouble } from '@cloud-agency/runtime';
import { parseQuantity, type Quota, type QuotaUnit } from '@cloud-agency/sla';
import type { Placement, Placements } from '../placement/placements.js';
import type { QuotaLeft, VendorDriver } from '../vendor/port.js';
import { asVendorError } from '../vendor/vendor-error.js';
import type { SizesByRegion } from './regional-sizes.js';

export interface AccountQuotasOptions {
  readonly agent: string;
  /** The operator's own, over all regions. */
  readonly declared: ConfiguredQuota | undefined;
  readonly regions: readonly string[];
  readonly driver: Pick<VendorDriver, 'quotas'>;
  readonly sizes: Pick<SizesByRegion, 'size'>;
  readonly placements: Placements;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the vendor said of a region, and when it was asked, ms. */
interface Reading {
  readonly left: readonly QuotaLeft[];
  readonly askedAt: number;
}

interface Standing {
  readonly placements: readonly Placement[];
  readonly changes: number;
  readonly readAt: number;
}

const refreshEveryMs = 60_000;
/** After so long without an answer nobody knows what is left. */
const staleAfterMs = 300_000;
/** Placements change by other processes of the same agent too. */
const standingFreshMs = 5_000;

/**
 * What an account may still take: what its vendor says by region, and what its operator allows over all of them. Both go down with an order,
 * before the vendor has heard of it; the vendor's goes up again only when the vendor says so.
 */
export class AccountQuotas {
  private readonly readings = new Map<string, Reading>();
  private readonly units: readonly (readonly [QuotaUnit, number])[];
  private standing: Standing | undefined;
  private refreshing: Promise<void> | undefined;
  private stopRefreshing: (() => void) | undefined;
  private stopped = false;
  private readonly trouble: Trouble;

  constructor(private readonly options: AccountQuotasOptions) {
    this.trouble = new Trouble(options.log, { agent: options.agent });
    this.units = declaredUnits(options.declared ?? {});
  }

  /** Asks the vendor now and every minute, until `stop`. */
  keepFresh(): void {
    if (this.stopped) return;
    const refresh = (): void => {
      this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    };
    refresh();
    this.stopRefreshing = this.options.clock.every(refreshEveryMs, refresh);
  }

  /** Resolves once nothing is asked any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopRefreshing?.();
    await this.refreshing;
  }

  /** What is not known for sure is left out: it is no quota, and the log says so. */
  async left(): Promise<readonly Quota[]> {
    const { agent, log } = this.options;
    if (this.units.length === 0 && this.readings.size === 0) return [];
    try {
      const standing = await this.standingNow();
      return [...this.ownLeft(standing), ...this.vendorsLeft(standing)];
    } catch (error) {
      log.warn({ agent, err: error }, 'What the account has placed cannot be read; a call is answered without its quotas.');
      return [];
    }
  }

  /** How much of a region is free, 0..1, by whichever quota leaves least of it; null where none is known. The vendor's are taken as what it leaves and what is placed there. */
  async free(): Promise<(region: string) => number | null> {
    const quotas = await this.left();
    if (quotas.length === 0) return () => null;
    const { placements = [] } = this.standing ?? {};
    const shares = quotas.flatMap(({ of, region, left }) => {
      const there = placements.filter(({ order }) => region === undefined || order?.region === region);
      const used = this.used(there, of);
      return used === undefined || left + used === 0 ? [] : [{ region, share: left / (left + used) }];
    });
    return (region) => {
      const own = shares.filter((each) => each.region === undefined || each.region === region).map(({ share }) => share);
      return own.length === 0 ? null : Math.min(...own);
    };
  }

  private ownLeft(standing: readonly Placement[]): readonly Quota[] {
    const { agent, log } = this.options;
    return this.units.flatMap(([of, most]) => {
      const used = this.used(standing, of);
      if (used !== undefined) return [{ agent, of, left: Math.max(0, most - used) }];
      log.warn(
        { agent, of },
        'A machine of the account has a size that its vendor does not sell any more; its quota is left out.',
      );
      return [];
    });
  }

  private vendorsLeft(standing: readonly Placement[]): readonly Quota[] {
    const { agent, clock } = this.options;
    return [...this.readings].flatMap(([region, { left, askedAt }]) => {
      if (clock.now() - askedAt > staleAfterMs) return [];
      const unseen = standing.filter((placement) => placement.order?.region === region && isUnseen(placement, askedAt));
      return left.flatMap(({ of, left: told }) => {
        const used = this.used(unseen, of);
        return used === undefined ? [] : [{ agent, region, of, left: Math.max(0, told - used) }];
      });
    });
  }

  /** Undefined when it is not known of one of them. */
  private used(placements: readonly Placement[], of: QuotaUnit): number | undefined {
    if (of === 'machines') return placements.length;
    return placements.reduce<number | undefined>((sum, { order }) => {
      const has = order && this.options.sizes.size(order.region, order.instanceType)?.[of];
      return sum === undefined || typeof has !== 'number' ? undefined : sum + has;
    }, 0);
  }

  private async standingNow(): Promise<readonly Placement[]> {
    const { agent, clock, placements } = this.options;
    const { standing } = this;
    const changes = placements.changes(agent);
    if (standing?.changes === changes && clock.now() - standing.readAt < standingFreshMs) return standing.placements;
    const readAt = clock.now();
    const live = (await placements.living(agent)).filter(({ order }) => order !== null);
    this.standing = { placements: live, changes, readAt };
    return live;
  }

  /** One region after the other: nobody waits for it. */
  private async refresh(): Promise<void> {
    const { regions, driver, clock } = this.options;
    const failures: string[] = [];
    for (const region of regions) {
      if (this.stopped) return;
      const askedAt = clock.now();
      try {
        this.readings.set(region, { left: await driver.quotas(region), askedAt });
      } catch (error) {
        const { reason, message } = asVendorError(error);
        failures.push(`${region}: ${reason}: ${message}`);
      }
    }
    if (this.stopped) return;
    if (failures.length === 0) this.trouble.isOver('What is left of the quotas can be read again.');
    else
      this.trouble.is(
        failures.join(),
        'What is left of the quotas cannot be read; after five minutes without an answer calls are answered without them.',
        { failures: failures.slice(0, 3), regions: failures.length },
      );
  }
}

function declaredUnits({ machines, cores, memory, gpu }: ConfiguredQuota): readonly (readonly [QuotaUnit, number])[] {
  const most = { machines, cores, memory: memory === undefined ? undefined : parseQuantity(memory, 'size'), gpu };
  return (['machines', 'cores', 'memory', 'gpu'] as const).flatMap((of) => {
    const declared = most[of];
    return declared === undefined ? [] : [[of, declared] as const];
  });
}

/** Whether the vendor may not have counted it when it was asked. One that changed its state since then may have been: better once too often. */
const isUnseen = ({ state, since }: Placement, askedAt: number): boolean =>
  state === 'requested' || state === 'creating' || (state !== 'deleting' && since >= askedAt);
