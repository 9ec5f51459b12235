/** The names of the vocabulary (vocabulary/attributes.ts): what an offer, a constraint and an objective may speak of. */
import { places, type vocabulary, attributes, words } from './attributes.js';

type Table = typeof vocabulary;
type Places = Table['places'];

/** Attributes with a number, in their canonical units. */
export type AttributeName = keyof Table['numbers'];
export const attributeNames = namesOf(attributes);

export type TextAttribute = keyof Table['words'];
export const textAttributes = namesOf(words);

export type Market = Table['words']['market']['values'][number];

/** The words a place set may use, widest first. */
export type PlaceSetLevel = keyof Places;
export const placeSetLevels = namesOf(places);

/** The levels that places of different vendors can be compared by. */
export type PlaceLevel = { [Level in PlaceSetLevel]: Places[Level]['comparable'] extends true ? Level : never }[PlaceSetLevel];
export const placeLevels = placeSetLevels.filter((level): level is PlaceLevel => places[level].comparable);

/** A set of places: a place is in it when it matches one of the names at every level given; {} holds every place. */
export type PlaceSet = { readonly [Level in PlaceSetLevel]?: readonly string[] };

function namesOf<T extends object>(table: T): readonly (keyof T & string)[] {
  return Object.keys(table).filter((name): name is keyof T & string => Object.hasOwn(table, name));
}
