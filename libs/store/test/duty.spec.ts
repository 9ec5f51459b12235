import { type Kysely, sql } from 'kysely';
import { Duty, type DutyRow, type IsOnDuty, openDatabase } from '../src/index.js';
import { databases, type TestDatabase } from './databases.js';

interface Tables {
  readonly duty: DutyRow;
}

const migrations = {
  '001_duty': {
    async up(database: Kysely<unknown>) {
      await sql`CREATE TABLE duty (id TEXT PRIMARY KEY, lease_owner TEXT, lease_until BIGINT, epoch INTEGER NOT NULL)`.execute(
        database,
      );
    },
  },
};

describe.each(Object.entries(databases))('a duty on %s', (_name, open) => {
  let database: TestDatabase;
  let tables: Kysely<Tables>;
  let time: number;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<Tables>(database.place, migrations);
  });
  beforeEach(async () => {
    await tables.deleteFrom('duty').execute();
    time = 1_000_000;
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  const asked = (isOnDuty: IsOnDuty<Tables>): Promise<boolean> =>
    tables.transaction().execute((transaction) => isOnDuty(transaction));

  /** A process that shares the duty, and what its shifts were told when they were ended: whether they might write. */
  function member(owner: string) {
    const shifts: IsOnDuty<Tables>[] = [];
    const atTheEnd: boolean[] = [];
    const duty = new Duty<Tables>(tables, {
      id: 'watching',
      owner,
      clock: { now: () => time, every: () => () => undefined },
      onError: (error) => {
        throw error;
      },
      begin(isOnDuty) {
        shifts.push(isOnDuty);
        return { stop: async () => void atTheEnd.push(await asked(isOnDuty)) };
      },
    });
    return { duty, shifts, atTheEnd };
  }

  it('is of one at a time, who writes as long as he has it, to the end of his shift', async () => {
    const [one, other] = [member('one'), member('other')];
    await one.duty.renew();
    await other.duty.renew();
    expect([one.shifts.length, other.shifts.length]).toEqual([1, 0]);
    for (let turn = 0; turn < 5; turn += 1) {
      time += 2_000;
      await one.duty.renew();
      expect(await asked(one.shifts[0]!)).toBe(true);
    }
    await one.duty.stop();
    expect(one.atTheEnd).toEqual([true]);
    await other.duty.renew();
    expect(await asked(other.shifts[0]!)).toBe(true);
    await other.duty.stop();
  });

  it('leaves nothing to be written to a shift that stood still while another one was on duty, though its process has it again', async () => {
    const [one, other] = [member('one'), member('other')];
    await one.duty.renew();
    time += 7_000;
    await other.duty.renew();
    expect([await asked(one.shifts[0]!), await asked(other.shifts[0]!)]).toEqual([false, true]);
    await other.duty.stop();
    await one.duty.renew();
    expect(one.atTheEnd).toEqual([false]);
    expect([await asked(one.shifts[0]!), await asked(one.shifts[1]!)]).toEqual([false, true]);
    await one.duty.stop();
  });

  it('goes on after standing still while nobody else wanted it', async () => {
    const one = member('one');
    await one.duty.renew();
    time += 60_000;
    expect(await asked(one.shifts[0]!)).toBe(true);
    await one.duty.renew();
    expect([one.shifts.length, await asked(one.shifts[0]!)]).toEqual([1, true]);
    await one.duty.stop();
  });
});
