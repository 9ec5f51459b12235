import type { Comparison, Constraint, NumberConstraint, NumberSetConstraint, PlaceConstraint } from '../documents/call.js';
import { type PlaceSet, placeSetLevels } from '../vocabulary/names.js';
import { attributeOf, kmFrom, offerMeets } from './meets.js';
import type { Offer } from './offer.js';

/** One thing to loosen of a hard constraint so that an offer meets it. */
export type Step = BoundStep | MemberStep | OutStep;
/** A bound moved as far as this. `size` is relative to what is wanted (CFP.md 3). */
export interface BoundStep {
  readonly loosen: 'lower' | 'upper';
  readonly to: number;
  readonly size: number;
}
/** A member added to a set or dropped from one; any one of these does. Counts 1. */
export interface MemberStep {
  readonly loosen: 'member';
  readonly anyOf: readonly Member[];
}
/** The constraint taken out: what is unknown meets no looser one. Counts 1. */
export interface OutStep {
  readonly loosen: 'out';
}

export interface Member {
  readonly list: MemberList;
  readonly name: string;
}
export type MemberList = 'anyOf' | 'noneOf' | `within.${keyof PlaceSet}` | `not.${keyof PlaceSet}`;

const out: OutStep = { loosen: 'out' };

/** All that has to be loosened of a constraint for an offer to meet it; nothing when it does. Images are the vendor agent's to vouch for. */
export function missesOf(constraint: Constraint, offer: Offer): readonly Step[] {
  if (offerMeets(constraint, offer)) return [];
  switch (constraint.type) {
    case 'number':
      return numberMiss(constraint, attributeOf(offer, constraint.attribute));
    case 'price':
      return [bound('upper', offer.price, constraint.atMost)];
    case 'numbers':
      return setMiss(constraint, attributeOf(offer, constraint.attribute));
    case 'text':
      return constraint.attribute === 'image' ? [] : setMiss(constraint, offer[constraint.attribute]);
    case 'place':
      return placeMisses(constraint, offer);
  }
}

const sides: Readonly<Record<Exclude<Comparison, '=' | '!='>, 'lower' | 'upper'>> = {
  '>=': 'lower',
  '>': 'lower',
  '<=': 'upper',
  '<': 'upper',
};

function numberMiss({ comparison, value: wanted }: NumberConstraint, value: number | null): readonly Step[] {
  if (value === null || comparison === '!=') return [out];
  return [bound(comparison === '=' ? (value < wanted ? 'lower' : 'upper') : sides[comparison], value, wanted)];
}

function bound(loosen: 'lower' | 'upper', to: number, wanted: number): BoundStep {
  return { loosen, to, size: relative(to - wanted, wanted) };
}

/** What is wanted to be nothing has no relative change: any counts as a member of a set does. */
export function relative(change: number, wanted: number): number {
  return wanted === 0 ? 1 : Math.abs(change / wanted);
}

function setMiss(
  {
    anyOf,
    noneOf,
  }: Pick<NumberSetConstraint, 'anyOf' | 'noneOf'> | { readonly anyOf?: readonly string[]; readonly noneOf?: readonly string[] },
  value: number | string | null,
): readonly Step[] {
  if (value === null) return [out];
  const name = String(value);
  return [
    ...(anyOf && !anyOf.map(String).includes(name) ? [member('anyOf', name)] : []),
    ...(noneOf?.map(String).includes(name) ? [member('noneOf', name)] : []),
  ];
}

function member(list: MemberList, name: string): MemberStep {
  return { loosen: 'member', anyOf: [{ list, name }] };
}

function placeMisses({ within, not, near }: PlaceConstraint, offer: Offer): readonly Step[] {
  const distance = near ? kmFrom(near, offer) : 0;
  const steps: readonly Step[] = [
    ...placeSetLevels.flatMap((level): readonly Step[] => {
      const name = offer[level];
      if (!within[level] || (name !== null && within[level].includes(name))) return [];
      return [name === null ? out : member(`within.${level}`, name)];
    }),
    ...insideMiss(not, offer),
    ...(near && distance > near.km ? [distance === Infinity ? out : bound('upper', distance, near.km)] : []),
  ];
  return steps.includes(out) ? [out] : steps;
}

/** A place is inside `not` by every level that it names: it is enough to drop the name of one of them. */
function insideMiss(not: PlaceSet, offer: Offer): readonly Step[] {
  const levels = placeSetLevels.filter((level) => not[level]);
  const outside = levels.some((level) => offer[level] !== null && !not[level]?.includes(offer[level]));
  if (levels.length === 0 || outside) return [];
  const anyOf = levels.flatMap((level): readonly Member[] => {
    const name = offer[level];
    return name === null ? [] : [{ list: `not.${level}`, name }];
  });
  return [anyOf.length > 0 ? { loosen: 'member', anyOf } : out];
}
