import type {
  Constraint,
  Demand,
  Need,
  NumberConstraint,
  NumberSetConstraint,
  PlaceConstraint,
  TextConstraint,
} from '../documents/call.js';
import { attributes } from '../vocabulary/attributes.js';
import type { AttributeName, PlaceLevel } from '../vocabulary/names.js';
import { describePlace, describePlaces } from '../vocabulary/place.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import { kmFrom, meets, numberAllowed, placeMeets, wordAllowed } from './meets.js';
import { type SizeAttribute, sizeAttributes, type Sizes } from './table/sizes.js';
import type { Stand } from './table/stand.js';

/**
 * The hard constraints of an item, sorted by what they look at: a size, a stand (place and terms), or a row's price. Each is asked of as few
 * things as there are: sizes are far fewer than offers, stands fewer still.
 */
export interface Checks {
  readonly stands: readonly StandCheck[];
  readonly sizes: readonly SizeCheck[];
  readonly prices: readonly PriceCheck[];
}

interface Check {
  /** How explanations name it. */
  readonly text: string;
  readonly wanted: string;
}
/** `miss` is how far a failing one is off, relative to what is wanted; `unknownMiss` when its value is unknown. */
export interface SizeCheck extends Check {
  readonly fails: (size: number) => boolean;
  readonly miss: (size: number) => number;
  readonly found: (size: number) => string;
}
export interface StandCheck extends Check {
  readonly fails: (stand: Stand, zone: string) => boolean;
  readonly miss: (stand: Stand) => number;
  readonly found: (stand: Stand) => string;
  /** It looks at the terms alone, market or commitment, in which all stands of a section agree. */
  readonly ofTerms?: boolean;
}
export interface PriceCheck extends Check {
  readonly fails: (price: number) => boolean;
  readonly miss: (price: number) => number;
  readonly found: (price: number) => string;
  /** The one market that it speaks of; absent: all. */
  readonly market?: string | undefined;
}

/** Whether an account can provide a portable image on an architecture; null is unknown. */
export type ProvidesImage = (image: string, architecture: string | null) => boolean;

/** Farther than any miss of a known value. */
export const unknownMiss = 1e9;

export function checksFor(need: Need, demand: Demand, sizes: Sizes, provides: ProvidesImage): Checks {
  const found = need.require.map((constraint) => checkOf(constraint, sizes, provides));
  return {
    stands: [...found.flatMap(({ stand }) => stand ?? []), ...known(need, demand)],
    sizes: found.flatMap(({ size }) => size ?? []),
    prices: found.flatMap(({ price }) => price ?? []),
  };
}

/** A constraint looks at one of the three. */
export type OneCheck = { readonly size?: SizeCheck; readonly stand?: StandCheck; readonly price?: PriceCheck };

export function checkOf(constraint: Constraint, sizes: Sizes, provides: ProvidesImage): OneCheck {
  switch (constraint.type) {
    case 'number':
    case 'numbers':
      return numberCheck(constraint, sizes);
    case 'price': {
      const { atMost, text, market } = constraint;
      const bound = { type: 'number', text, attribute: 'price', comparison: '<=', value: atMost } as const;
      return { price: { ...numericCheck(bound), market } };
    }
    case 'text':
      return textCheck(constraint, sizes, provides);
    case 'place':
      return { stand: placeCheck(constraint) };
  }
}

type NumericConstraint = NumberConstraint | NumberSetConstraint;

function numberCheck(constraint: NumericConstraint, sizes: Sizes): OneCheck {
  const { attribute } = constraint;
  const { text, wanted, fails, miss, found } = numericCheck(constraint);
  if (attribute === 'price') return { price: { text, wanted, fails, miss, found } };
  if (isOfSize(attribute)) {
    const column = sizes.of(attribute);
    const at = (size: number) => column[size] ?? NaN;
    const of = { fails: (size: number) => fails(at(size)), miss: (size: number) => miss(at(size)) };
    return { size: { text, wanted, ...of, found: (size) => found(at(size)) } };
  }
  const at = (stand: Stand) => ofStand(stand, attribute) ?? NaN;
  const of = { fails: (stand: Stand) => fails(at(stand)), miss: (stand: Stand) => miss(at(stand)) };
  const told = (stand: Stand) => (attribute === 'availability' ? observedBeside(stand) : '');
  return { stand: { text, wanted, ...of, found: (stand) => `${found(at(stand))}${told(stand)}`, ofTerms: isTerm(attribute) } };
}

/** What an availability that was observed stands in for. */
function observedBeside({ declared }: Stand): string {
  if (declared === undefined) return '';
  return ` observed (${declared === null ? 'none declared' : `declared ${formatQuantity(declared, 'fraction')}`})`;
}

export function isOfSize(attribute: AttributeName): attribute is SizeAttribute {
  return (sizeAttributes as readonly string[]).includes(attribute);
}

const standAttributes: Readonly<Record<string, (stand: Stand) => number | null>> = {
  availability: ({ availability }) => availability,
  carbon: ({ carbon }) => carbon,
  commitment: ({ commitment }) => commitment,
};

/** What a stand says of an attribute; null when it is unknown or not its to say. */
export function ofStand(stand: Stand, attribute: AttributeName): number | null {
  return Object.hasOwn(standAttributes, attribute) ? (standAttributes[attribute]?.(stand) ?? null) : null;
}

function isTerm(attribute: string): boolean {
  return attribute === 'commitment';
}

/** A constraint on a number, of which NaN is unknown. */
function numericCheck(constraint: NumericConstraint): Omit<PriceCheck, 'market'> {
  const { attribute, text } = constraint;
  const { dimension } = attributes[attribute];
  const found = (value: number) => `${attribute} ${Number.isNaN(value) ? 'unknown' : formatQuantity(value, dimension)}`;
  if (constraint.type === 'numbers') {
    const members = constraint.anyOf ?? constraint.noneOf ?? [];
    const miss = (value: number) => Math.min(...members.map((member) => relative(value, member)));
    return { text, wanted: text, fails: (value) => !numberAllowed(constraint, value), miss, found };
  }
  const { comparison, value: wanted } = constraint;
  return {
    text,
    wanted: `${attribute} ${comparison} ${formatQuantity(wanted, dimension)}`,
    fails: (value) => !meets(value, comparison, wanted),
    miss: (value) => relative(value, wanted),
    found,
  };
}

function relative(value: number, wanted: number): number {
  return Number.isNaN(value) ? unknownMiss : Math.abs(value - wanted) / Math.max(wanted, 1e-9);
}

function textCheck(constraint: TextConstraint, sizes: Sizes, provides: ProvidesImage): OneCheck {
  const { attribute, text } = constraint;
  if (attribute === 'market') {
    const fails = ({ market }: Stand) => !wordAllowed(constraint, market);
    return { stand: { text, wanted: text, fails, miss: () => 1, found: ({ market }) => `market ${market}`, ofTerms: true } };
  }
  const at = (size: number) => sizes.architectures[size] ?? null;
  const miss = (size: number) => (at(size) === null ? unknownMiss : 1);
  if (attribute === 'architecture') {
    const fails = (size: number) => !wordAllowed(constraint, at(size));
    return { size: { text, wanted: text, fails, miss, found: (size) => `architecture ${at(size) ?? 'unknown'}` } };
  }
  const fails = (size: number) => !imageProvided(constraint, at(size), provides);
  return { size: { text, wanted: text, fails, miss, found: (size) => `no such image for ${at(size) ?? 'unknown'}` } };
}

function imageProvided({ anyOf, noneOf }: TextConstraint, architecture: string | null, provides: ProvidesImage): boolean {
  return !anyOf || anyOf.some((image) => provides(image, architecture) && !noneOf?.includes(image));
}

function placeCheck(constraint: PlaceConstraint): StandCheck {
  const { text, within, not, near } = constraint;
  return {
    text,
    fails: (stand, zone) => !placeMeets(constraint, { ...stand, zone }),
    miss: (stand) => (near && placeMeets({ within, not }, { ...stand, zone: '' }) ? tooFar(kmFrom(near, stand), near.km) : 1),
    found: (stand) => describePlace({ ...stand, zone: '' }),
    wanted: near ? text : describePlaces(within, not),
  };
}

function tooFar(km: number, allowed: number): number {
  return km === Infinity ? unknownMiss : Math.abs(km - allowed) / Math.max(allowed, 1e-9);
}

/** What joint constraints must know of an offer: without it, it can be neither counted nor excluded for sure. */
function known(need: Need, demand: Demand): readonly StandCheck[] {
  return [
    ...levelsToKnow(need, demand).map((level) =>
      knownOf(`${level} known (to place items over it)`, level, (stand) => stand[level] === null),
    ),
    ...(sendsTraffic(need, demand)
      ? [knownOf('price of egress known (for the traffic that it sends)', 'price of egress', ({ egress }) => egress === null)]
      : []),
    ...(hasTarget(need, demand)
      ? [
          knownOf(
            'availability known (for the target that it is part of)',
            'availability',
            ({ availability }) => availability === null,
          ),
        ]
      : []),
  ];
}

function knownOf(text: string, what: string, fails: (stand: Stand) => boolean): StandCheck {
  return {
    text,
    fails,
    miss: () => unknownMiss,
    found: ({ vendor, region }) => `${vendor} ${region}: ${what} unknown`,
    wanted: `a known ${what}`,
  };
}

/** The levels that spread, apart and with compare places of this item by and that may be unknown. */
export function levelsToKnow(need: Need, demand: Demand): readonly ('country' | 'continent')[] {
  const related = (of: Need) => [...of.apartFrom, ...(of.with ?? [])];
  const reversed = demand.needs.flatMap((other) => related(other).filter(({ item }) => item === need.item));
  const levels = [...need.spread, ...related(need), ...reversed].map(({ over }): PlaceLevel => over);
  return (['country', 'continent'] as const).filter((level) => levels.includes(level));
}

export function sendsTraffic({ item }: Need, { traffic = [] }: Demand): boolean {
  return traffic.some(({ from }) => from === item);
}

export function hasTarget({ item }: Need, { availability = [] }: Demand): boolean {
  return availability.some(({ items }) => items.includes(item));
}
