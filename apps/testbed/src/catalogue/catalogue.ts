import { AgencyError } from '@cloud-agency/errors';
import type { RegionPlace } from '@cloud-agency/runtime';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Profile, readProfile } from './profile.js';
import { readSizes, readSpotSavings, type Size, type SpotSavings } from './size.js';

/** What is known of one cloud before it does anything. */
export interface CloudDescription {
  readonly profile: Profile;
  readonly places: ReadonlyMap<string, RegionPlace>;
  /** Read from disk when first asked for: the largest vendor has 52,799 rows. */
  readonly sizes: () => ReadonlyMap<string, readonly Size[]>;
}

/**
 * The clouds of data/testbed, with sizes, prices and places from data/catalog.
 * @param wanted the names of the clouds to have; all but the laboratories when empty.
 * @throws AgencyError invalid-setting for a name that is none of them.
 */
export function openCatalogue(directory: string, wanted: readonly string[]): CloudDescription[] {
  const vendors = readdirSync(join(directory, 'testbed'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
  const unknown = wanted.find((name) => !vendors.includes(name));
  if (unknown !== undefined) {
    throw new AgencyError('invalid-setting', {
      message: `TESTBED_CLOUDS names '${unknown}'; the testbed has ${vendors.join(', ')}.`,
    });
  }
  const places = readPlaces(readFileSync(join(directory, 'catalog', 'regions.csv'), 'utf8'));
  return (wanted.length === 0 ? vendors : vendors.filter((name) => wanted.includes(name)))
    .map((name) => readProfile(readFileSync(join(directory, 'testbed', `${name}.yaml`), 'utf8')))
    .filter(({ laboratory }) => wanted.length > 0 || !laboratory)
    .map((profile) => ({
      profile,
      places: places.get(profile.vendor) ?? new Map(profile.regions.map(({ region, place }) => [region, place])),
      sizes: once(() => sizesOf(directory, profile)),
    }));
}

function sizesOf(directory: string, { vendor, sizes, regions }: Profile): ReadonlyMap<string, readonly Size[]> {
  if (sizes.length > 0) return new Map(regions.map(({ region }) => [region, sizes]));
  const file = join(directory, 'catalog', 'offers', `${vendor}.csv`);
  return existsSync(file)
    ? readSizes(readFileSync(file, 'utf8'), spotSavings(directory, vendor))
    : new Map<string, readonly Size[]>();
}

/** None for a vendor without a file of them. */
function spotSavings(directory: string, vendor: string): SpotSavings {
  const file = join(directory, 'catalog', `${vendor}-spot-advisor.csv`);
  return existsSync(file) ? readSpotSavings(readFileSync(file, 'utf8')) : new Map<string, number>();
}

function readPlaces(csv: string): Map<string, Map<string, RegionPlace>> {
  const vendors = new Map<string, Map<string, RegionPlace>>();
  for (const line of csv.split('\n').slice(1)) {
    const [vendor = '', region = '', city = '', country = '', continent = '', latitude, longitude, carbon] = line.split(',');
    if (vendor === '') continue;
    const places = vendors.get(vendor) ?? new Map<string, RegionPlace>();
    const known = carbon ? { carbon: Number(carbon) } : {};
    places.set(region, { city, country, continent, latitude: Number(latitude), longitude: Number(longitude), ...known });
    vendors.set(vendor, places);
  }
  return vendors;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
