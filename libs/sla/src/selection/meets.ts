import type { Comparison, Constraint, Near, NumberSetConstraint, PriceConstraint, TextConstraint } from '../documents/call.js';
import { attributes } from '../vocabulary/attributes.js';
import { distanceKm } from '../vocabulary/distance.js';
import type { AttributeName, PlaceSet } from '../vocabulary/names.js';
import { type KnownPlace, placeAllowed } from '../vocabulary/place.js';
import type { Offer } from './offer.js';

/** Whether an offer meets a hard constraint; an unknown value never does. Images are the vendor agent's to vouch for: offers do not carry them. */
export function offerMeets(constraint: Constraint, offer: Offer): boolean {
  switch (constraint.type) {
    case 'number':
      return meets(attributeOf(offer, constraint.attribute) ?? NaN, constraint.comparison, constraint.value);
    case 'numbers':
      return numberAllowed(constraint, attributeOf(offer, constraint.attribute) ?? NaN);
    case 'price':
      return priceMeets(constraint, offer);
    case 'place':
      return placeMeets(constraint, offer);
    case 'text':
      return constraint.attribute === 'image' || wordAllowed(constraint, offer[constraint.attribute]);
  }
}

/** A bound for one market says nothing of the others. */
function priceMeets({ market, atMost }: PriceConstraint, offer: Offer): boolean {
  return (market !== undefined && market !== offer.market) || offer.price <= atMost;
}

const comparisons: Readonly<Record<Comparison, (value: number, wanted: number) => boolean>> = {
  '=': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  '<': (value, wanted) => value < wanted,
  '<=': (value, wanted) => value <= wanted,
  '>': (value, wanted) => value > wanted,
  '>=': (value, wanted) => value >= wanted,
};

/** Whether a known value meets a comparison; NaN, which stands for unknown, never does. */
export function meets(value: number, comparison: Comparison, wanted: number): boolean {
  return !Number.isNaN(value) && comparisons[comparison](value, wanted);
}

/** Whether a known value is in a set and in no other; NaN, unknown, never is. */
export function numberAllowed({ anyOf, noneOf }: Pick<NumberSetConstraint, 'anyOf' | 'noneOf'>, value: number): boolean {
  return !Number.isNaN(value) && (anyOf?.includes(value) ?? true) && !(noneOf?.includes(value) ?? false);
}

/** Whether a word meets a constraint on words; null, unknown, never does. */
export function wordAllowed({ anyOf, noneOf }: Pick<TextConstraint, 'anyOf' | 'noneOf'>, word: string | null): boolean {
  return word !== null && (anyOf?.includes(word) ?? true) && !(noneOf?.includes(word) ?? false);
}

/** What a constraint or a preference says of places. */
export interface Whereabouts {
  readonly within: PlaceSet;
  readonly not: PlaceSet;
  readonly near?: Near;
}

/** Whether a place is within one set, not in another, and near enough; where a place is that has no coordinates is unknown. */
export function placeMeets(
  { within, not, near }: Whereabouts,
  place: KnownPlace & Pick<Offer, 'latitude' | 'longitude'>,
): boolean {
  return placeAllowed(place, within, not) && (!near || kmFrom(near, place) <= near.km);
}

/** Infinity where it is not known. */
export function kmFrom(near: Near, { latitude, longitude }: Pick<Offer, 'latitude' | 'longitude'>): number {
  return typeof latitude === 'number' && typeof longitude === 'number' ? distanceKm({ latitude, longitude }, near) : Infinity;
}

/** An offer's attribute; null when it is unknown or when offers do not carry it. */
export function attributeOf(offer: Offer, attribute: AttributeName): number | null {
  return attribute === 'latency' ? null : (offer[attribute] ?? attributes[attribute].unstated ?? null);
}
