import type { Constraint, NumberConstraint, PlaceConstraint, Preference, TextConstraint } from '../call.js';
import { element, leaf, own, type Value, type Xml } from './write-xml.js';

export const termPath = (name: string): string =>
  `$this/neg:NegotiationOffer/wsag:Terms/wsag:All/wsag:ServiceDescriptionTerm[@wsag:Name='${name}']`;
export const resourcePath = (item: string, field: string): string => `${termPath(item)}/cfp:Resource/cfp:${field}`;

/** A hard constraint as an item that is Required; the image that is implied needs none. */
export function requiredItem(item: string, constraint: Constraint): Xml {
  switch (constraint.type) {
    case 'number':
      return bound(item, constraint);
    case 'numbers':
      return constrained(
        item,
        constraint.attribute,
        (constraint.anyOf ?? []).flatMap((value) => element('xs:enumeration', { value })),
        (constraint.noneOf ?? []).flatMap((value) => own('not', value)),
      );
    case 'text':
      return words(item, constraint);
    case 'place':
      return constrained(item, 'region', [], own('region', placesOf(constraint)));
    case 'price':
      return constrained(item, 'max_price', element('xs:maxInclusive', { value: constraint.atMost }));
  }
}

/** A wish as an item that is Optional. An importance is a whole number: a weight that is not stands beside it. */
export function optionalItem(item: string, preference: Preference): Xml {
  const { weight } = preference;
  const isPlace = preference.type === 'place';
  return element(
    'neg:Item',
    { 'neg:Type': 'Optional', 'neg:Importance': Math.max(1, Math.round(weight)) },
    leaf('wsag:Location', resourcePath(item, isPlace ? 'region' : subjectOf(preference))),
    element('wsag:ItemConstraint', {}),
    isPlace
      ? own('region', placesOf(preference))
      : own('wish', preference.type === 'extreme' ? preference.direction : preference.text),
    Number.isInteger(weight) ? [] : own('weight', weight),
  );
}

const subjectOf = (preference: Exclude<Preference, { type: 'place' }>): string =>
  preference.type === 'extreme' ? preference.attribute : preference.constraint.attribute;

function constrained(item: string, field: string, facets: Xml, further: Xml = []): Xml {
  return element(
    'neg:Item',
    { 'neg:Type': 'Required' },
    leaf('wsag:Location', resourcePath(item, field)),
    element('wsag:ItemConstraint', {}, facets),
    further,
  );
}

const facetOf = {
  '>=': 'xs:minInclusive',
  '<=': 'xs:maxInclusive',
  '>': 'xs:minExclusive',
  '<': 'xs:maxExclusive',
  '=': 'xs:enumeration',
} as const;

/** In the attribute's canonical unit, as the facets are of numbers. */
function bound(item: string, { attribute, comparison, value }: NumberConstraint): Xml {
  if (comparison === '!=') return constrained(item, attribute, [], own('not', value));
  return constrained(item, attribute, element(facetOf[comparison], { value }));
}

function words(item: string, { attribute, anyOf, noneOf, text }: TextConstraint): Xml {
  if (text.endsWith('(the default)')) return [];
  const allowed = (anyOf ?? []).flatMap((value) => element('xs:enumeration', { value }));
  return constrained(
    item,
    attribute,
    allowed,
    (noneOf ?? []).flatMap((value) => own('not', value)),
  );
}

function placesOf({ within, not }: Pick<PlaceConstraint, 'within' | 'not'>): Value {
  return Object.keys(not).length > 0 ? { ...within, not: { ...not } } : { ...within };
}
