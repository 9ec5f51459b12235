import type { Offer } from '../../selection/offer.js';
import { exactly } from '../exactly.js';
import { element, type Elements, own } from './build.js';
import { serviceTerm } from './render-call.js';

/** Machines of one offer for an item of a call: proposed, or placed. */
export interface Placed {
  readonly item: string;
  readonly offer: Offer;
  readonly count: number;
  /** What a discount takes off the price, as a share. */
  readonly off?: number;
  /** Of one machine that there is: where it is told of, and how it is reached. */
  readonly machine?: { readonly location: string; readonly address?: string; readonly state: string };
}

/** For each item a term that says by what it is met; and one for what all of it costs, USD a month. No item can be named like these. */
export function placementTerms(placed: readonly Placed[], cost: number): readonly Elements[] {
  const items = [...new Set(placed.map(({ item }) => item))];
  const charge = element('cfp:Charge', {}, own('agreed', `${rounded(cost)} USD/month`));
  return [
    ...items.map((item) =>
      serviceTerm(
        `${item}.placed`,
        item,
        own(
          'Placements',
          placed.filter((one) => one.item === item).map((one) => fieldsOf(one)),
        ),
      ),
    ),
    serviceTerm('Charge', 'all', charge),
  ];
}

/** Sums of prices, without what adding them up leaves behind. */
const rounded = (amount: number): number => Number(amount.toFixed(6));

function fieldsOf({ offer, count, off, machine }: Placed) {
  const { vendor, agent, region, zone, country, instanceType, market, price } = offer;
  return {
    ...{ vendor, account: agent, region, zone, country: country ?? undefined, type: instanceType, market, offer: offer.id },
    price: `${rounded(price)} USD/h`,
    off: off === undefined ? undefined : exactly(off, 'share'),
    count,
    ...machine,
  };
}
