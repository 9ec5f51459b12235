import type { Demand } from '../documents/call.js';
import type { AnswerOptions } from './answer-demand.js';
import type { Answer } from './answer.js';
import { together } from './merge.js';
import type { Offer } from './offer.js';
import type { SizeAttribute } from './table/sizes.js';
import type { OfferTable } from './table/offer-table.js';
import { limitsIn, limitsOf, RepairFront } from './repair-front.js';

/** How many rows are looked at before others get a turn: few milliseconds. */
const sliceRows = 250;

/**
 * What the owner of a table has to say in the repair round of a call that nobody can meet (CFP.md 3): of each item the offers that a smallest
 * change of the call can need, whatever they miss. It yields now and then, so that a large table holds up nobody; what it returns has no
 * counts, for those were told before. Images that the account does not have cannot be repaired: such offers are left out.
 */
export function* answerRepair(held: OfferTable, demand: Demand, options: AnswerOptions = {}): Generator<undefined, Answer> {
  const table = held.observed(demand.observed);
  const { excludedOffers = new Set(), unitsLeft, quotas = [], discounts = [] } = options;
  const { sizes } = table.lexicon;
  const largest = (of: SizeAttribute) => sizes.of(of).reduce((most, value) => (value > most ? value : most), 0);
  const limits = limitsOf(demand, quotas, (of) => (of === 'machines' ? 1 : largest(of)));
  const fronts = demand.needs.map((need) => new RepairFront(need, demand, limits));
  for (let row = 0; row < table.rows; row += 1) {
    const { agent, region, zones } = table.site(row);
    zones.forEach((zone, index) => {
      if (excludedOffers.has(table.id(row, index))) return;
      const offer = table.offer(row, index, unitsLeft ? unitsLeft(agent, region, zone) : table.unitsAt(row, index));
      demand.needs.forEach((need, item) => {
        if (providesImage(need, offer, options)) fronts[item]?.add(offer);
      });
    });
    if (row % sliceRows === sliceRows - 1) yield;
  }
  const kept = fronts.map((front) => front.offers());
  const named = new Set(kept.flat().map(({ discount }) => discount));
  const terms = discounts.filter(({ id }) => named.has(id));
  return {
    ...answerOf(demand, kept, table.offers),
    ...(terms.length > 0 && { discounts: terms }),
    ...(quotas.length > 0 && { quotas }),
  };
}

/** The answers of all vendor agents as one, and of it again only what a smallest change can need. */
export function mergeRepairs(answers: readonly Answer[], demand: Demand): Answer {
  const merged = together(answers, demand);
  const offers = new Map(merged.offers.map((offer) => [offer.id, offer]));
  const limits = limitsIn(demand, merged);
  const kept = demand.needs.map((need) => {
    const front = new RepairFront(need, demand, limits);
    for (const id of merged.items.find(({ item }) => item === need.item)?.candidates ?? []) {
      const offer = offers.get(id);
      if (offer) front.add(offer);
    }
    return front.offers();
  });
  return { ...merged, ...answerOf(demand, kept, Math.max(0, ...merged.items.map(({ considered }) => considered))) };
}

function answerOf({ needs }: Demand, offers: readonly (readonly Offer[])[], considered: number): Answer {
  const all = new Map(offers.flat().map((offer) => [offer.id, offer]));
  return {
    offers: [...all.values()],
    items: needs.map(({ item }, index) => {
      const candidates = (offers[index] ?? []).map(({ id }) => id);
      return { item, considered, feasible: 0, candidates, excluded: [], ranges: {} };
    }),
  };
}

function providesImage(need: Demand['needs'][number], { architecture }: Offer, options: AnswerOptions): boolean {
  const { providesImage: provides = () => true } = options;
  return need.require.every(
    (constraint) =>
      constraint.type !== 'text' ||
      constraint.attribute !== 'image' ||
      constraint.anyOf?.some((image) => provides(image, architecture)) !== false,
  );
}
