import type { Constraint, NumberConstraint, NumberSetConstraint, PlaceConstraint, Preference, TextConstraint } from '../call.js';
import { exactly } from '../exactly.js';
import { isImplied } from '../implied.js';
import { element, leaf, own, type Value, type Elements } from './build.js';

/** Whatever the root: a term is where it is in offers and in agreements. */
export const termPath = (name: string): string => `//wsag:ServiceDescriptionTerm[@wsag:Name='${name}']`;
export const resourcePath = (item: string, field: string): string => `${termPath(item)}/cfp:Resource/cfp:${field}`;

/** A hard constraint as an item that is Required; one that is implied needs none. */
export function requiredItem(item: string, constraint: Constraint): Elements {
  if ('attribute' in constraint && constraint.type !== 'numbers' && isImplied(constraint)) return [];
  return offerItem(item, { 'neg:Type': 'Required' }, saidOf(constraint));
}

/** That so many machines be on demand, whatever the market of the others. */
export function onDemandItem(item: string, atLeast: number): Elements {
  return offerItem(item, { 'neg:Type': 'Required' }, { field: 'market', further: own('on_demand_at_least', atLeast) });
}

/** A wish as an item that is Optional. An importance is a whole number: a weight that is not stands beside it. */
export function optionalItem(item: string, preference: Preference): Elements {
  const { weight } = preference;
  const { further = [], ...said } = wishOf(preference);
  const besides = Number.isInteger(weight) ? [] : own('weight', weight);
  const attributes = { 'neg:Type': 'Optional', 'neg:Importance': Math.max(1, Math.round(weight)) };
  return offerItem(item, attributes, { ...said, further: [...further, ...besides] });
}

/** What is said of a field: facets of its ItemConstraint, and elements of our own after it. */
interface Said {
  readonly field: string;
  readonly facets?: Elements;
  readonly further?: Elements;
}

function wishOf(preference: Preference): Said {
  switch (preference.type) {
    case 'place':
      return { field: 'region', further: own('region', placesOf(preference)) };
    case 'extreme':
      return { field: preference.attribute, further: own('wish', preference.direction) };
    case 'constraint':
      return saidOf(preference.constraint);
  }
}

function saidOf(constraint: Constraint): Said {
  switch (constraint.type) {
    case 'number':
      return bound(constraint);
    case 'numbers':
    case 'text':
      return choice(constraint);
    case 'place':
      return { field: 'region', further: own('region', placesOf(constraint)) };
    case 'price':
      return {
        field: 'max_price',
        facets: element('xs:maxInclusive', { value: constraint.atMost }),
        further: own('market', constraint.market),
      };
  }
}

function offerItem(
  item: string,
  attributes: Readonly<Record<string, string | number>>,
  { field, facets = [], further = [] }: Said,
): Elements {
  return element(
    'neg:Item',
    attributes,
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
function bound({ attribute, comparison, value }: NumberConstraint): Said {
  if (comparison === '!=') return { field: attribute, further: own('not', value) };
  return { field: attribute, facets: element(facetOf[comparison], { value }) };
}

function choice({ attribute, anyOf = [], noneOf = [] }: NumberSetConstraint | TextConstraint): Said {
  return {
    field: attribute,
    facets: anyOf.flatMap((value) => element('xs:enumeration', { value })),
    further: noneOf.flatMap((value) => own('not', value)),
  };
}

function placesOf({ within, not, near }: Pick<PlaceConstraint, 'within' | 'not' | 'near'>): Value {
  return {
    ...within,
    not: Object.keys(not).length > 0 ? { ...not } : undefined,
    near: near && { latitude: near.latitude, longitude: near.longitude, within: exactly(near.km, 'distance') },
  };
}
