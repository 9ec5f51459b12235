import type { Order } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import type { Outgoing } from '@cloud-agency/store';
import type { Announcement, Placement, Placements } from '../placement/placements.js';
import { reports } from '../placement/reports.js';
import type { PriceList } from '../vendor/prices.js';

export interface PriceWatchOptions {
  readonly agent: string;
  /** The account's prices as they are known now. */
  readonly prices: () => PriceList | undefined;
  readonly placements: Pick<Placements, 'living' | 'changes' | 'announce'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often it is looked whether there is another list, or another machine, ms; only then are they compared. */
const lookEveryMs = 1_000;

/** Tells what a new price list means for machines that run: that they cost something else now, or that their size is not sold any more. */
export class PriceWatch {
  private compared: { readonly list: PriceList; readonly changes: number } | undefined;
  private looking: Promise<void> | undefined;
  private stopLooking: (() => void) | undefined;

  constructor(private readonly options: PriceWatchOptions) {}

  start(): void {
    this.stopLooking = this.options.clock.every(lookEveryMs, () => {
      this.looking ??= this.look()
        .catch((error: unknown) => {
          this.options.log.error({ agent: this.options.agent, err: error }, 'New prices could not be told; it is tried again.');
        })
        .finally(() => (this.looking = undefined));
    });
  }

  /** Resolves once nothing is being told any more. */
  async stop(): Promise<void> {
    this.stopLooking?.();
    await this.looking;
  }

  private async look(): Promise<void> {
    const { agent, prices, placements } = this.options;
    const list = prices();
    const changes = placements.changes(agent);
    if (!list || list.size === 0 || (this.compared?.list === list && this.compared.changes === changes)) return;
    for (const placement of await placements.living(agent)) {
      const found = changeOf(placement, list);
      if (found) await placements.announce(placement, found.announcement, found.report);
    }
    this.compared = { list, changes };
  }
}

/** What has changed since it was told last; undefined when nothing has. A time that is paid for in any case is paid at the price agreed. */
export function changeOf(
  placement: Pick<Placement, 'id' | 'vendor_id' | 'address' | 'order' | 'state' | 'cancelled' | 'announced_price' | 'retiring'>,
  list: PriceList,
): { readonly announcement: Announcement; readonly report: Outgoing } | undefined {
  const { order, state, cancelled, announced_price: told, retiring } = placement;
  if (state !== 'active' || cancelled || order === null || order.commitment !== undefined) return undefined;
  const listed = list.at(order.region, order.instanceType, { market: order.market });
  if (listed === undefined) {
    if (retiring === 1) return undefined;
    return { announcement: { retiring: 1, announced_price: told }, report: reports.retiring(placement) };
  }
  const price = asAgreed(order, listed);
  if (retiring === 0 && Math.abs(price - (told ?? order.price)) <= rounding) return undefined;
  return { announcement: { retiring: 0, announced_price: price }, report: reports.repriced(placement, price) };
}

/** USD an hour: what was conceded of the list price in the negotiation stays conceded. */
function asAgreed({ price, list }: Order, listed: number): number {
  return list === undefined || list === 0 ? listed : (price * listed) / list;
}

const rounding = 1e-9;
