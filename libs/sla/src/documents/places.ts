import { continents, describePlaces, placeSetLevels } from '../vocabulary/place.js';
import type { PlaceSet } from '../vocabulary/names.js';
import { type Fields, mapping, oneOrMore, type Reader, text } from './fields.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';

export interface Places {
  readonly within: PlaceSet;
  readonly not: PlaceSet;
  readonly text: string;
}

/** `{ continent: [EU], not: { country: [GB] } }` */
export const places: Reader<Places> = mapping((fields) => {
  const within = placeSet(fields);
  const not = fields.optional('not', mapping(placeSet)) ?? {};
  return { within, not, text: `region: ${describePlaces(within, not)}` };
});

function placeSet(fields: Fields): PlaceSet {
  const set: { -readonly [Level in keyof PlaceSet]: PlaceSet[Level] } = {};
  for (const level of placeSetLevels) {
    const names = fields.optional(level, oneOrMore(level === 'country' ? country : level === 'continent' ? continent : text()));
    if (names) set[level] = names;
  }
  return set;
}

function country(source: Source, problems: Problems): string | undefined {
  const code = text()(source, problems);
  if (code === undefined || /^[A-Z]{2}$/.test(code)) return code;
  problems.add(source, `"${code}" is not a country`, 'two capital letters by ISO 3166-1, e.g. FR');
  return undefined;
}

function continent(source: Source, problems: Problems): string | undefined {
  const code = text()(source, problems);
  if (code === undefined || (continents as readonly string[]).includes(code)) return code;
  problems.add(source, `"${code}" is not a continent`, `one of ${continents.join(', ')}`);
  return undefined;
}
