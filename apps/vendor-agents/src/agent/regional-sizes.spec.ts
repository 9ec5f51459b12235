import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openStore } from '../placement/tables.js';
import type { Size, VendorDriver } from '../vendor/port.js';
import { VendorError } from '../vendor/vendor-error.js';
import { Cache } from './cache.js';
import { SizesByRegion } from './regional-sizes.js';

let directory: string;
let database: Database;
let cache: Cache;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sizes-'));
  database = await openStore({ directory });
  cache = new Cache(database, 'campus');
});
afterEach(async () => {
  await database.destroy();
  rmSync(directory, { recursive: true });
});

const size = (name: string): Size => ({ name, cores: 1, memory: 1, disk: 10, gpu: null, architecture: 'x64' });

/** A cloud of two regions, `east` and `west`, that sells one size; `out` does not answer. */
function sizesOf(cloud: { sells: string; out?: string }): SizesByRegion {
  const driver: Pick<VendorDriver, 'regions' | 'zones' | 'sizes'> = {
    regions: () => Promise.resolve(['east', 'west']),
    zones: (region) => Promise.resolve([`${region}-1`]),
    sizes: (region) =>
      region === cloud.out
        ? Promise.reject(new VendorError('unavailable', 'it does not answer'))
        : Promise.resolve([size(cloud.sells)]),
  };
  return new SizesByRegion(driver as VendorDriver, cache, ['east', 'west']);
}
const keptOf = async (region: string) => {
  const kept = (await cache.all()).get(`sizes/${region}`);
  return { at: kept?.seenAt, sells: /"name":"(\w+)"/.exec(kept?.body ?? '')?.[1] };
};

it('are written down with the time at which each region was seen last, though another one does not answer', async () => {
  const cloud = { sells: 'small', out: '' };
  const sizes = sizesOf(cloud);
  await sizes.refresh(() => 1_000);
  await sizes.save();
  cloud.out = 'west';
  await sizes.refresh(() => 2_000);
  await sizes.save();
  expect([await keptOf('east'), await keptOf('west')]).toEqual([
    { at: 2_000, sells: 'small' },
    { at: 1_000, sells: 'small' },
  ]);
});

it('that could not be written down are written the next time, changed or not', async () => {
  const cloud = { sells: 'small' };
  const sizes = sizesOf(cloud);
  await sizes.refresh(() => 1_000);
  await sizes.save();
  cloud.sells = 'large';
  await sizes.refresh(() => 2_000);
  await database.schema.alterTable('cache').renameTo('away').execute();
  await expect(sizes.save()).rejects.toThrow(/cache/);
  await database.schema.alterTable('away').renameTo('cache').execute();
  expect(await keptOf('east')).toEqual({ at: 1_000, sells: 'small' });
  await sizes.refresh(() => 3_000);
  await sizes.save();
  expect(await keptOf('east')).toEqual({ at: 3_000, sells: 'large' });
});
