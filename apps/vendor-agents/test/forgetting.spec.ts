import type { Order } from '@cloud-agency/bus';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counts, insertFilled } from '../../../libs/store/test/filled.js';
import { forgetEnded } from '../src/placement/forgetting.js';
import { Placements } from '../src/placement/placements.js';
import { type Database, openStore } from '../src/placement/tables.js';

const day = 24 * 3_600_000;
const now = Date.UTC(2029, 0, 1);
let directory: string;
let database: Database;
let placements: Placements;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agents-forgetting-'));
  database = await openStore({ directory });
  placements = new Placements(database, { ids: { next: () => 'id' }, clock: { now: () => now } }, () => undefined);
});
afterAll(async () => {
  await database.destroy();
  rmSync(directory, { recursive: true, force: true });
});

const orderIn = (region: string): string => JSON.stringify({ region } satisfies Partial<Order>);

it('keeps the record of what has ended for a stated time, and of what has not for as long as it takes', async () => {
  const old = now - 500 * day;
  const ended = Array.from({ length: 1_200 }, (_, index) => ({ id: `old ${index}`, agent: 'a', state: 'deleted', since: old }));
  await insertFilled(database, 'placement', [
    ...ended,
    { id: 'failed lately', agent: 'a', state: 'failed', since: now - day, order: orderIn('north') },
    { id: 'runs', agent: 'a', state: 'active', since: old, order: orderIn('south') },
  ]);
  await insertFilled(database, 'task', [
    { id: 'done', agent: 'a', subject: 'a volume', state: 'done', since: old },
    { id: 'done lately', agent: 'a', subject: 'another', state: 'done', since: now - day },
    { id: 'goes on', agent: 'a', subject: 'a third', state: 'begun', since: old },
  ]);
  const gone = ['a volume', 'another'].map((id) => ({ id, agent: 'a', kind: 'volume', state: 'gone' }));
  await insertFilled(database, 'asset', [...gone, { id: 'a third', agent: 'a', kind: 'volume', state: 'there' }]);
  await forgetEnded(database, now - 400 * day);
  expect(await counts(database)).toMatchObject({ placement: 2, task: 2, asset: 2 });
  expect((await placements.living('a')).map(({ id }) => id)).toEqual(['runs']);
  expect([...(await placements.regions('a'))].sort()).toEqual(['north', 'south']);
  expect(await placements.regionsSince('a', now - 2 * day)).toEqual(['north']);
  expect([...(await placements.among('a', ['runs', 'failed lately', 'old 1'])).keys()].sort()).toEqual(['failed lately', 'runs']);
});
