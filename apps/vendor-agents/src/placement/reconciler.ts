import { type Clock, type Log, Trouble } from '@cloud-agency/runtime';
import type { Instance, TaggedInstance, VendorDriver } from '../vendor/port.js';
import { asVendorError } from '../vendor/vendor-error.js';
import { ended, type Placement, type Placements } from './placements.js';
import { reports } from './reports.js';
import type { Timings } from './timings.js';

export interface ReconcilerOptions {
  readonly agent: string;
  readonly installation: string;
  readonly driver: Pick<VendorDriver, 'list' | 'get' | 'delete'>;
  readonly placements: Placements;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: Pick<Timings, 'reconcileEveryMs' | 'lookAgainMs'>;
  /** To be called when there is something to do on a placement again. */
  readonly wake: (placement: string) => void;
}

/** Clocks of several processes differ, and what one writes another sees only when it is committed, ms. */
const overlapMs = 60_000;

/** A placement that is to have this machine at the vendor. */
type Held = Placement & { readonly vendor_id: string };

/**
 * Compares the placements of one agent with what its vendor lists, both ways, at the start and every minute (CFP.md 5). A machine that no
 * placement stands for, or a second one of the same placement, is deleted: what a create left behind whose answer came too late. A
 * placement whose machine the vendor knows no more is reported as lost, and as found should it turn up again.
 *
 * A machine is tagged by the call that creates it, after its placement was stored, so only regions with placements can hold one.
 */
export class Reconciler {
  private known: { readonly regions: ReadonlySet<string>; readonly at?: number } = { regions: new Set() };
  private readonly troubles = new Map<string, Trouble>();
  private running: Promise<void> | undefined;
  private stopped = false;
  private stopLooking: (() => void) | undefined;
  private endPause: (() => void) | undefined;

  constructor(private readonly options: ReconcilerOptions) {}

  start(): void {
    const look = (): void => {
      this.running ??= this.reconcile().finally(() => (this.running = undefined));
    };
    this.stopLooking = this.options.clock.every(this.options.timings.reconcileEveryMs, look);
    look();
  }

  /** Resolves once nothing is asked any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopLooking?.();
    this.endPause?.();
    await this.running;
  }

  /** Compares once. Never rejects: what could not be compared is in the log, and comes up again the next time. */
  async reconcile(): Promise<void> {
    const { agent, log } = this.options;
    try {
      const regions = await this.regionsNow();
      for (const region of regions) if (!this.stopped) await this.compare(region);
    } catch (error) {
      if (!this.stopped) log.error({ agent, err: error }, 'The placements could not be read; they are read again in a minute.');
    }
  }

  /** What has ended may have left something behind as well. All of it is read once; later what has happened since. */
  private async regionsNow(): Promise<ReadonlySet<string>> {
    const { agent, placements, clock } = this.options;
    const now = clock.now();
    const { regions, at } = this.known;
    const found = at === undefined ? await placements.regions(agent) : await placements.regionsSince(agent, at - overlapMs);
    this.known = { regions: new Set([...regions, ...found]), at: now };
    return this.known.regions;
  }

  private troubleOf(region: string): Trouble {
    const { agent, log } = this.options;
    const trouble = this.troubles.get(region) ?? new Trouble(log, { agent, region });
    this.troubles.set(region, trouble);
    return trouble;
  }

  private async compare(region: string): Promise<void> {
    const { agent, installation, driver, placements } = this.options;
    const trouble = this.troubleOf(region);
    try {
      // Before the list is asked for: what becomes active meanwhile may not be in it.
      const held = (await placements.living(agent)).filter((placement) => isHeld(placement, region));
      const machines = await driver.list(region, installation);
      const listed = new Set(machines.map(({ vendorId }) => vendorId));
      const known = await placements.among(
        agent,
        machines.map(({ placement }) => placement),
      );
      for (const machine of machines) await this.giveBackUnless(known.get(machine.placement), machine, region);
      for (const placement of held.filter(isLost).filter(({ vendor_id: id }) => listed.has(id))) await this.tellFound(placement);
      await this.lookFor(
        held.filter((placement) => !isLost(placement) && !listed.has(placement.vendor_id)),
        region,
      );
      trouble.isOver('Machines can be compared with the placements again.');
    } catch (error) {
      const { reason, message } = asVendorError(error);
      if (this.stopped) return;
      trouble.is(reason, 'Machines could not be compared with the placements; it is tried again each minute.', {
        reason,
        detail: message,
      });
    }
  }

  /**
   * A machine of a placement that has ended is carried to its end as any other: with retries, and reported as an orphan, which its agreement
   * shows with its price, when it will not go. Of one that nobody has ordered here there is nobody to tell.
   */
  private async giveBackUnless(placement: Placement | undefined, machine: TaggedInstance, region: string): Promise<void> {
    const { agent, driver, placements, log, wake } = this.options;
    // A list may still show what has just gone.
    if (stands(placement, machine) || isNoMore(await driver.get(region, machine.vendorId))) return;
    const about = { agent, region, machine: machine.vendorId, placement: machine.placement };
    log.warn({ ...about, price: placement?.order?.price }, 'A machine without a placement is deleted.');
    if (placement && (await placements.reopen(placement, machine.vendorId))) {
      wake(placement.id);
      return;
    }
    try {
      await driver.delete(region, machine.vendorId);
    } catch (error) {
      const { reason, message } = asVendorError(error);
      const detail = { ...about, price: placement?.order?.price, reason, detail: message };
      log.error(detail, 'A machine without a placement cannot be deleted and goes on costing; it is tried again in a minute.');
    }
  }

  /** What is not in the list is asked for by itself, and again after a while: a vendor that does not answer proves nothing. */
  private async lookFor(missing: readonly Held[], region: string): Promise<void> {
    const suspects = await this.unknownOf(missing, region);
    if (suspects.length === 0) return;
    await this.pause();
    if (this.stopped) return;
    for (const placement of await this.unknownOf(suspects, region)) await this.tellLost(placement);
  }

  private async unknownOf(placements: readonly Held[], region: string): Promise<readonly Held[]> {
    const unknown: Held[] = [];
    for (const placement of placements) {
      if (this.stopped) break;
      if (isNoMore(await this.options.driver.get(region, placement.vendor_id))) unknown.push(placement);
    }
    return unknown;
  }

  private async tellLost(placement: Held): Promise<void> {
    const { agent, placements, log } = this.options;
    if (!(await placements.noteLost(placement, true, reports.lost(placement)))) return;
    log.error({ agent, placement: placement.id, machine: placement.vendor_id }, 'The vendor has lost a machine.');
  }

  private async tellFound(placement: Held): Promise<void> {
    const { agent, placements, log } = this.options;
    if (!(await placements.noteLost(placement, false, reports.found(placement)))) return;
    log.warn({ agent, placement: placement.id, machine: placement.vendor_id }, 'A machine that was lost is there again.');
  }

  private async pause(): Promise<void> {
    const { clock, timings } = this.options;
    await new Promise<void>((resolve) => {
      const callOff = clock.after(timings.lookAgainMs, resolve);
      this.endPause = () => {
        callOff();
        resolve();
      };
    });
    this.endPause = undefined;
  }
}

const isLost = ({ lost }: Placement): boolean => lost === 1;

const isNoMore = (instance: Instance | undefined): boolean => instance === undefined || instance.state === 'gone';

/** One that is being undone is looked after by the provisioner. */
function isHeld(placement: Placement, region: string): placement is Held {
  const { state, cancelled, vendor_id: vendorId, order } = placement;
  return state === 'active' && !cancelled && vendorId !== null && order?.region === region;
}

/** Whether the placement is, or may yet turn out to be, this machine's. */
function stands(placement: Placement | undefined, machine: TaggedInstance): boolean {
  if (!placement || ended.includes(placement.state)) return false;
  return placement.vendor_id === null || placement.vendor_id === machine.vendorId;
}
