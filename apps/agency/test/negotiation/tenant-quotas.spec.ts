import type { Assignment, Call, Demand, Offer } from '@cloud-agency/sla';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { isWithin, TenantQuotas } from '../../src/negotiation/tenant-quotas.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import { type AgencyTables, json, type PlacementState } from '../../src/store/tables.js';
import { insertCall, placementRow } from '../sensors/sensor-world.js';

const offer: Offer = {
  id: 'o',
  agent: 'aws',
  vendor: 'aws',
  region: 'r',
  zone: 'z',
  city: null,
  country: null,
  continent: null,
  instanceType: 't',
  market: 'on-demand',
  price: 1,
  cores: 2,
  memory: 8,
  disk: null,
  gpu: null,
  architecture: 'x64',
  availability: null,
  carbon: null,
  capacity: null,
  pool: 'p',
};
const wanted = (count: number): readonly Assignment[] => [{ item: 'web', offer, count }];
/** Quotas look at nothing else of a call. */
const call = { name: 'web', demand: { needs: [] } as Partial<Demand> } as Call;

describe.each(Object.entries(databases))('over %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<AgencyTables>;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    await insertCall(tables);
  });
  beforeEach(async () => {
    await tables.deleteFrom('placement').execute();
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  const has = async (id: string, state: PlacementState, more: { readonly next?: Offer } = {}): Promise<void> => {
    const row = placementRow(id, { cfp: 'call', agreement: 'g', item: 'web', resource: id, address: null }, 0);
    const next = more.next ? { next_offer: json(more.next) } : {};
    await tables
      .insertInto('placement')
      .values({ ...row, offer: json(offer), state, ...next })
      .execute();
  };
  const leftTo = async (quotas: TenantQuotas, tenant: string, makingWay: readonly string[] = []) =>
    (await quotas.limiting({ tables }, call, tenant, makingWay)).demand.quotas;

  it('leaves what is declared less all that is not gone at its vendor, an outgoing machine included', async () => {
    const quotas = new TenantQuotas({ a: { machines: 10, cores: 15, memory: '64 GiB', gpu: 2 } });
    const states = ['requested', 'building', 'running', 'active', 'cancelling', 'orphaned', 'failed', 'deleted'] as const;
    for (const state of states) await has(state, state);
    expect(await leftTo(quotas, 'a')).toEqual([
      { of: 'machines', left: 4 },
      { of: 'cores', left: 3 },
      { of: 'memory', left: 16 },
      { of: 'gpu', left: 2 },
    ]);
    expect(await leftTo(quotas, 'a', ['active', 'running'])).toMatchObject([{ left: 6 }, { left: 7 }, { left: 32 }, { left: 2 }]);
  });

  it('counts the larger of two sizes while a machine is resized', async () => {
    await has('growing', 'active', { next: { ...offer, cores: 6 } });
    await has('shrinking', 'active', { next: { ...offer, cores: 1 } });
    expect(await leftTo(new TenantQuotas({ a: { cores: 10 } }), 'a')).toEqual([{ of: 'cores', left: 2 }]);
  });

  it('is each tenant’s own, that of default for whom none is named, and none at all where nobody said so', async () => {
    await has('m', 'active');
    const quotas = new TenantQuotas({ a: { machines: 3 }, default: { machines: 1 } });
    expect([await leftTo(quotas, 'a'), await leftTo(quotas, 'b')]).toEqual([
      [{ of: 'machines', left: 2 }],
      [{ of: 'machines', left: 1 }],
    ]);
    expect(await leftTo(new TenantQuotas({ a: { machines: 3 } }), 'b')).toBeUndefined();
  });

  it('says what is short for a plan, and nothing for one that fits', async () => {
    await has('m', 'active');
    const quotas = new TenantQuotas({ a: { machines: 5, memory: '20 GiB' } });
    expect(await quotas.shortfall({ tables }, 'a', wanted(1))).toBeUndefined();
    expect(await quotas.shortfall({ tables }, 'a', wanted(2))).toMatch(
      /quota of a leaves 12 GiB of memory, and this takes 16 GiB of memory/,
    );
    expect(await quotas.shortfall({ tables }, 'a', wanted(9))).toMatch(/leaves 4 machines, and this takes 9 machines/);
  });
});

it('holds one machine against what is left', () => {
  expect(isWithin([{ of: 'cores', left: 2 }], offer)).toBe(true);
  expect(isWithin([{ of: 'cores', left: 1 }], offer)).toBe(false);
});
