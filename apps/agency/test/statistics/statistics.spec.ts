import type { PricesMessage, UptimeMessage } from '@cloud-agency/bus';
import { createLog, isoTime } from '@cloud-agency/runtime';
import { type Call, type Offer, parseCall } from '@cloud-agency/sla';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { noteBreach, noteProvisioned, takeUptime } from '../../src/statistics/facts.js';
import { ObservedFigures } from '../../src/statistics/observing.js';
import { notePower } from '../../src/statistics/power.js';
import { priceHistory, takePrices } from '../../src/statistics/prices.js';
import { statistics } from '../../src/statistics/statistics.js';
import type { Work } from '../../src/store/agency-store.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import type { AgencyTables } from '../../src/store/tables.js';
import { insertCall, placementRow } from '../sensors/sensor-world.js';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 2, 1);

describe.each(Object.entries(databases))('what was seen of vendors, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<AgencyTables>;
  let now: number;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    await insertCall(tables);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });
  beforeEach(async () => {
    now = start + 10 * day;
    for (const table of ['resource', 'placement', 'provisioning', 'uptime', 'power', 'breach', 'price_change'] as const)
      await tables.deleteFrom(table).execute();
  });

  const work = (): Work => ({ tables, now }) as unknown as Work;
  const placed = async (id: string, of: Partial<Offer> = {}) => {
    const row = placementRow(id, { cfp: 'call', agreement: 'agreement', item: 'web', resource: 'm', address: null }, now);
    const sold = { vendor: 'acme', region: 'north', instanceType: 'm1', market: 'on-demand', ...of };
    const offer = JSON.stringify({ ...(JSON.parse(row.offer) as object), ...sold });
    await tables
      .insertInto('placement')
      .values({ ...row, offer })
      .execute();
    return { ...row, offer, requested_at: now - 90_000 };
  };
  const seen = async (placement: string, on: number, watched: number, down: number, asOf = on + day): Promise<void> => {
    const days = [{ placement, day: isoTime(on), watched, down, asOf: isoTime(asOf) }];
    await takeUptime(work(), { performative: 'uptime', days } as unknown as UptimeMessage);
  };
  const figures = async (): Promise<ObservedFigures> => {
    const context = { clock: { now: () => now, after: () => () => undefined, every: () => () => undefined } };
    const settings = { config: { accounts: [], rates: {} } };
    const observed = new ObservedFigures(tables, { ...context, log: createLog('agency', 'silent'), settings } as never);
    await observed.start();
    return observed;
  };

  it('counts of each order how it came out, once, and what is not the vendor’s doing not at all', async () => {
    for (const [index, took] of [10, 20, 30, 400].entries()) {
      const row = await placed(`p${String(index)}`);
      await noteProvisioned(work(), { ...row, requested_at: now - took * 1_000 }, null);
      await noteProvisioned(work(), row, 'not-found');
    }
    await noteProvisioned(work(), await placed('none'), 'no-capacity');
    await noteProvisioned(work(), await placed('dearer'), 'price-changed');
    await noteProvisioned(work(), await placed('elsewhere', { region: 'south', instanceType: 'm2' }), null);
    const all = await statistics(tables, {}, { over: 90 * day, now });
    expect(all.map(({ region, size, provisioning }) => [region, size, provisioning])).toEqual([
      ['north', 'm1', { orders: 5, success: 0.8, median: 20, p95: 400 }],
      ['south', 'm2', { orders: 1, success: 1, median: 90, p95: 90 }],
    ]);
    expect(await statistics(tables, { size: 'm2' }, { over: 90 * day, now })).toHaveLength(1);
    expect(await statistics(tables, {}, { over: 90 * day, now: now + 91 * day })).toEqual([]);
  });

  it('takes of each day what was said last, in any order, of machines that it has', async () => {
    await placed('a');
    await seen('a', start, 10 * hour, hour, start + 12 * hour);
    await seen('a', start, 5 * hour, hour, start + 6 * hour);
    await seen('a', start + day, 10 * hour, 0);
    await seen('unknown', start, day, day);
    const [{ availability, asOf } = { availability: {}, asOf: '' }] = await statistics(tables, {}, { over: 90 * day, now });
    expect(availability).toEqual({ observed: 0.95, hours: 20, down: 1, machines: 1 });
    expect(asOf).toBe(isoTime(start + 2 * day));
  });

  const call = (objective: string): Call =>
    parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute } }
select: { objectives: [${objective}] }
`).call;

  it('puts into a call what there is enough of, where the call reads it and it is not too old', async () => {
    for (const machine of ['a', 'b', 'c']) {
      await placed(machine);
      for (let on = 0; on < 10; on += 1) await seen(machine, start + on * day, day, machine === 'a' ? hour : 0);
    }
    await placed('d', { region: 'south' });
    for (let on = 0; on < 10; on += 1) await seen('d', start + on * day, day, day);
    const reading = call('{ maximise: availability }');
    const told = (await figures()).beside(reading).demand.observed;
    expect(told?.availability).toEqual([
      {
        ...{ vendor: 'acme', region: 'north', market: 'on-demand', hours: 720, down: 10, machines: 3 },
        asOf: isoTime(start + 10 * day),
      },
    ]);
    expect(told?.prior).toBe(720);
    const other = call('{ minimise: cost }');
    expect((await figures()).beside(other)).toBe(other);
    now += 31 * day;
    expect((await figures()).beside(reading)).toBe(reading);
  });

  describe('of computing power', () => {
    const measured = (placement: string, value: number, at = now) => notePower(tables, { placement, value, at });
    const reading = call('{ maximise: performance }');
    const told = async () => (await figures()).beside(reading).demand.observed?.performance;

    it('tells the median over machines of a size, of each what it measured last, with their number and age', async () => {
      for (const [machine, value] of [
        ['a', 900],
        ['b', 1_000],
        ['c', 90_000],
      ] as const) {
        await placed(machine, { region: machine === 'c' ? 'south' : 'north' });
        await measured(machine, value);
      }
      await measured('a', 5_000, now - hour);
      await measured('unknown', 1);
      await measured('b', 1_100, now + hour);
      now += 2 * hour;
      const kept = { vendor: 'acme', instanceType: 'm1', value: 1_100, machines: 3, asOf: isoTime(now - hour) };
      expect(await told()).toEqual([kept]);
      expect((await figures()).beside(call('{ maximise: availability }')).demand.observed).toBeUndefined();
      const all = await statistics(tables, {}, { over: 90 * day, now });
      expect(all.map(({ region, performance, asOf }) => [region, performance, asOf])).toEqual([
        ['north', { observed: 1_000, machines: 2 }, isoTime(now - hour)],
        ['south', { observed: 90_000, machines: 1 }, isoTime(now - 2 * hour)],
      ]);
    });

    it('is silent of too few machines, and of what was measured too long ago', async () => {
      for (const machine of ['a', 'b']) {
        await placed(machine);
        await measured(machine, 1_000);
      }
      expect(await told()).toBeUndefined();
      await placed('c');
      await measured('c', 1_000);
      expect(await told()).toHaveLength(1);
      now += 31 * day;
      expect(await told()).toBeUndefined();
    });

    it('goes over to the new size with a machine that was resized and measured again', async () => {
      await placed('a');
      await measured('a', 1_000);
      const offer = JSON.stringify({ vendor: 'acme', region: 'north', instanceType: 'm2', market: 'on-demand' });
      await tables.updateTable('placement').set({ offer }).execute();
      await measured('a', 2_000);
      const all = await statistics(tables, {}, { over: 90 * day, now });
      expect(all.map(({ size, performance }) => [size, performance.observed])).toEqual([['m2', 2_000]]);
    });
  });

  describe('of list prices', () => {
    const told = async (was: number, price: number | null, at: number): Promise<void> => {
      const changes = [{ region: 'north', instanceType: 'm1', market: 'spot', was, price }];
      const content = { performative: 'prices', agent: 'own', vendor: 'acme', at: isoTime(at), changes };
      await takePrices(work(), content as unknown as PricesMessage);
    };
    const history = async () => await priceHistory(tables, { size: 'm1' }, { over: 90 * day, now });

    it('are written down as they change, the newest first, also back and forth', async () => {
      await told(1, 2, now);
      await told(2, 1, now + 10_000);
      await told(1, 2, now + 20_000);
      await told(2, null, now + 30_000);
      expect((await history()).map(({ was, price, at }) => [was, price, Date.parse(at) - now])).toEqual([
        [2, null, 30_000],
        [1, 2, 20_000],
        [2, 1, 10_000],
        [1, 2, 0],
      ]);
    });

    it('count once when two processes of an account tell of them, one later than the other, or one tells again after a crash', async () => {
      await told(1, 2, now);
      await told(2, 3, now + 15_000);
      await told(1, 2, now + 16_000);
      await told(2, 3, now + 17_000);
      expect((await history()).map(({ was, price }) => [was, price])).toEqual([
        [2, 3],
        [1, 2],
      ]);
      await told(1, 2, now + 2 * hour);
      expect(await history()).toHaveLength(3);
    });
  });

  describe('of violations', () => {
    const carries = async (id: string, item: string, state: 'active' | 'deleted', of: Partial<Offer> = {}): Promise<void> => {
      await placed(`on-${id}`, of);
      const given = { tenant: 'a', cfp: 'call', agreement: 'agreement', title: id, message: '', origin: 'call', given: '{}' };
      const row = { id, item, state, placement: `on-${id}`, task: null, created_at: now, ...given };
      await tables
        .insertInto('resource')
        .values(row as never)
        .execute();
    };
    const broken = (violation: string, resource: string | null) =>
      noteBreach(work(), { violation, agreement: 'agreement', resource, item: 'web' });
    const counts = async () =>
      (await statistics(tables, {}, { over: 90 * day, now })).map(({ region, size, violations }) => [region, size, violations]);

    it('counts one of a machine where that stands, and one of a group once wherever machines of it stand', async () => {
      await carries('one', 'web', 'active');
      await carries('two', 'web', 'active');
      await carries('three', 'web', 'active', { region: 'south' });
      await carries('gone', 'web', 'deleted', { region: 'west' });
      await carries('other', 'db', 'active', { region: 'east' });
      await broken('first', null);
      await broken('first', null);
      expect(await counts()).toEqual([
        ['north', 'm1', 1],
        ['south', 'm1', 1],
      ]);
      await broken('second', 'three');
      expect(await counts()).toEqual([
        ['north', 'm1', 1],
        ['south', 'm1', 2],
      ]);
    });
  });
});
