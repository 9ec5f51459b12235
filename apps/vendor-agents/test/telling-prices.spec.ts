import { decoded, type PricesMessage } from '@cloud-agency/bus';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { type Database, openStore } from '../src/placement/tables.js';
import type { PriceChange } from '../src/agent/repricing.js';
import { tellPrices } from '../src/agent/telling-prices.js';

describe.each(Object.entries(databases))('prices that have changed, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Database;
  let id = 0;

  beforeAll(async () => {
    database = await open();
    tables = await openStore(database.place);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  const source = { ids: { next: () => `id-${String((id += 1))}` }, clock: { now: () => Date.UTC(2026, 2, 1) } };
  const tell = (agent: string, changes: readonly PriceChange[]) => tellPrices(tables, source, { agent, vendor: 'acme' }, changes);
  const change = (size: number): PriceChange => {
    return { region: 'north', instanceType: `m${String(size)}`, market: 'on-demand', was: 1, price: 2 };
  };

  it('wait on disk for an Agency that is away, in order and in portions, and no more than there is room for', async () => {
    expect(
      await tell(
        'own',
        Array.from({ length: 501 }, (__, size) => change(size)),
      ),
    ).toBe(0);
    const letters = await tables.selectFrom('outbox').select('body').orderBy('sequence').execute();
    const told = letters.map(({ body }) => decoded(body) as PricesMessage);
    expect(told.map(({ previous, changes }) => [previous, changes.length])).toEqual([
      [0, 500],
      [told[0]?.sequence, 1],
    ]);
    for (let place = 2; place < 100; place += 1) await tell('own', [change(place)]);
    expect(await tell('own', [change(1), change(2)])).toBe(2);
    expect(await tell('other', [change(1)])).toBe(0);
  });
});
