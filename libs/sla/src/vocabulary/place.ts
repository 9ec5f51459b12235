import { type PlaceLevel, type PlaceSet, placeSetLevels } from './names.js';

/** A place as far as it is known; null is unknown. */
export interface KnownPlace {
  readonly vendor: string;
  readonly region: string;
  readonly zone: string;
  readonly city: string | null;
  readonly country: string | null;
  readonly continent: string | null;
}

/**
 * Names the place of this level without ambiguity: vendors reuse each other's region and zone names, so a region is vendor and region, a zone
 * vendor, region and zone. Null where the country or continent is unknown.
 */
export function placeKey(place: KnownPlace, level: PlaceLevel): string | null {
  switch (level) {
    case 'vendor':
      return place.vendor;
    case 'region':
      return `${place.vendor}/${place.region}`;
    case 'zone':
      return `${place.vendor}/${place.region}/${place.zone}`;
    case 'country':
      return place.country;
    case 'continent':
      return place.continent;
  }
}

/** Whether a place is in the set: at every level given it is one of the names. An unknown level is in no set of names. */
export function placeIn(place: KnownPlace, set: PlaceSet): boolean {
  return placeSetLevels.every((level) => {
    const names = set[level];
    const name = place[level];
    return !names || (name !== null && names.includes(name));
  });
}

/**
 * Whether a place is within one set and not in another. To be surely outside `not`, what `not` reads must be known: an unknown country is
 * not taken for another country (CFP.md 1).
 */
export function placeAllowed(place: KnownPlace, within: PlaceSet, not: PlaceSet): boolean {
  return placeIn(place, within) && surelyOutside(place, not);
}

function surelyOutside(place: KnownPlace, set: PlaceSet): boolean {
  const levels = placeSetLevels.filter((level) => set[level]);
  if (levels.length === 0) return true;
  return levels.some((level) => {
    const name = place[level];
    return name !== null && !set[level]?.includes(name);
  });
}

/** `continent EU and not country GB`: how explanations name a set of places. */
export function describePlaces(within: PlaceSet, not: PlaceSet): string {
  const parts = [listed(within), listed(not) && `not ${listed(not)}`].filter(Boolean);
  return parts.length > 0 ? parts.join(' and ') : 'anywhere';
}

function listed(set: PlaceSet): string {
  return placeSetLevels
    .filter((level) => set[level])
    .map((level) => `${level} ${set[level]?.join(' or ') ?? ''}`)
    .join(', ');
}

/** `Paris, FR, EU (aws eu-west-3)`: a place in words, what is unknown left out. */
export function describePlace(place: KnownPlace): string {
  const known = [place.city, place.country, place.continent].filter((name) => name !== null);
  return `${known.length > 0 ? known.join(', ') : 'unknown place'} (${place.vendor} ${place.region})`;
}
