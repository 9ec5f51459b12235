import { vocabulary } from '../vocabulary/attributes.js';
import { type PlaceSet, type PlaceSetLevel, placeSetLevels } from '../vocabulary/names.js';
import { describePlaces } from '../vocabulary/place.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import { placeName } from '../vocabulary/text.js';
import type { Near, Point } from './call.js';
import { type Fields, mapping, oneOrMore, quantity, type Reader, text } from './fields.js';

export interface Places {
  readonly within: PlaceSet;
  readonly not: PlaceSet;
  readonly near?: Near;
  readonly text: string;
}

/** `{ continent: [EU], not: { country: [GB] }, near: { latitude: 48.85, longitude: 2.35, within: 500 km } }` */
export const places: Reader<Places> = mapping((fields) => {
  const within = placeSet(fields);
  const not = fields.optional('not', mapping(placeSet)) ?? {};
  const near = fields.optional('near', nearby);
  return { within, not, ...(near && { near }), text: `region: ${described(within, not, near)}` };
});

function described(within: PlaceSet, not: PlaceSet, near: Near | undefined): string {
  if (!near) return describePlaces(within, not);
  const { latitude, longitude, km } = near;
  const around = `within ${formatQuantity(km, distance)} of ${latitude}, ${longitude}`;
  return Object.keys({ ...within, ...not }).length > 0 ? `${describePlaces(within, not)} and ${around}` : around;
}

function placeSet(fields: Fields): PlaceSet {
  const set: { -readonly [Level in keyof PlaceSet]: PlaceSet[Level] } = {};
  for (const level of placeSetLevels) {
    const names = fields.optional(level, oneOrMore(nameOf(level)));
    if (names) set[level] = names;
  }
  return set;
}

const nameOf =
  (level: PlaceSetLevel): Reader<string> =>
  (source, problems) => {
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    const name = placeName(level, written);
    if ('value' in name) return name.value;
    problems.add(source, name.problem, name.hint);
    return undefined;
  };

const { dimension: distance } = vocabulary.between.distance;

const nearby: Reader<Near> = mapping((fields) => {
  const around = pointIn(fields);
  const km = fields.required('within', quantity(distance));
  return around && km !== undefined ? { ...around, km } : undefined;
});

/** `{ latitude: 48.85, longitude: 2.35 }` */
export const point: Reader<Point> = mapping((fields) => pointIn(fields));

function pointIn(fields: Fields): Point | undefined {
  const latitude = fields.required('latitude', degrees(90));
  const longitude = fields.required('longitude', degrees(180));
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

const degrees =
  (limit: number): Reader<number> =>
  (source, problems) => {
    const value = source.kind === 'scalar' ? source.value : undefined;
    if (typeof value === 'number' && Math.abs(value) <= limit) return value;
    problems.add(source, `must be degrees from -${limit} to ${limit}`);
    return undefined;
  };
