import type { Constraint, Demand, Objective, Preference } from '../documents/call.js';
import { parseExpression } from '../vocabulary/expression.js';
import type { Answer, Exclusion, ItemAnswer } from './answer.js';
import type { Offer } from './offer.js';
import { shareOfList } from './table/conceded.js';

/**
 * Whether the offers that answer a demand stay the same ones while all prices of an account come down alike: the demand holds them against each
 * other, and against nothing else.
 */
export function standsAtAnyPrice({ needs, objectives }: Demand): boolean {
  return (
    !objectives.some(readsPrice) && !needs.some(({ require, prefer }) => require.some(isOfPrice) || prefer.some(isAboutPrice))
  );
}

function readsPrice({ expression }: Objective): boolean {
  return expression !== undefined && parseExpression(expression).reads.includes('price');
}

function isOfPrice(constraint: Constraint): boolean {
  return constraint.type === 'price' || ('attribute' in constraint && constraint.attribute === 'price');
}

function isAboutPrice(preference: Preference): boolean {
  if (preference.type === 'constraint') return isOfPrice(preference.constraint);
  return preference.type === 'extreme' && preference.attribute === 'price';
}

/** The answer with all of its offers at this share of their list prices. Its ranges stay those of the prices before: scores are counted from the first (CFP.md 4, Normalisation). */
export function repriced(answer: Answer, level: number): Answer {
  const at = (offer: Offer): Offer => {
    const { list = offer.price, ...rest } = offer;
    const price = shareOfList(list, level);
    return price === list ? { ...rest, price } : { ...rest, price, list };
  };
  const excluded = (exclusion: Exclusion): Exclusion => {
    const { cheapestAlone } = exclusion;
    if (!cheapestAlone?.itself) return exclusion;
    const itself = at(cheapestAlone.itself);
    return { ...exclusion, cheapestAlone: { ...cheapestAlone, price: itself.price, itself } };
  };
  const item = (own: ItemAnswer): ItemAnswer => ({ ...own, excluded: own.excluded.map(excluded) });
  return { ...answer, offers: answer.offers.map(at), items: answer.items.map(item) };
}
