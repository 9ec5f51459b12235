/** Several processes on one PostgreSQL: what holds when they get into each other's way. */
import { StoredMessage, validated } from '@cloud-agency/bus';
import { type Kysely, sql } from 'kysely';
import { EventEmitter, once } from 'node:events';
import { type MessagingTables, openDatabase, post, serially, storeOutage, takeOnce } from '../src/index.js';
import { pendingOf } from '../src/pending.js';
import { databases, type TestDatabase } from './databases.js';

const open = databases['PostgreSQL (server)'];

interface Tables extends MessagingTables {
  seat: { id: string; owner: string };
}

const migrations = {
  '0001-seats': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('seat')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .execute();
    },
  },
};

(open ? describe : describe.skip)('two processes on one store', () => {
  let database: TestDatabase;
  let one: Kysely<Tables>;
  let other: Kysely<Tables>;
  let count = 0;
  const source = { ids: { next: () => `shared-${String((count += 1))}` }, clock: { now: () => Date.UTC(2030, 0, 1) } };

  beforeAll(async () => {
    database = await open!();
    const { place } = database;
    [one, other] = await Promise.all([openDatabase<Tables>(place, migrations), openDatabase<Tables>(place, migrations)]);
  });
  afterAll(async () => {
    await Promise.all([one.destroy(), other.destroy()]);
    await database.end();
  });

  const send = (tables: Kysely<Tables>, conversation: string): Promise<StoredMessage> =>
    serially(tables, (transaction) =>
      post(transaction, source, {
        conversation,
        sender: 'agency',
        subject: 'to.a',
        content: { performative: 'cancel', receiver: 'alpha', placement: 'p', message: '' },
      }),
    );

  it('what a transaction has counted still holds when it is committed: of ten who see two free seats two sit down', async () => {
    const seats = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        serially(index % 2 === 0 ? one : other, async (transaction) => {
          const taken = await transaction.selectFrom('seat').select('id').execute();
          if (taken.length >= 2) return false;
          await transaction
            .insertInto('seat')
            .values({ id: String(index), owner: 'somebody' })
            .execute();
          return true;
        }),
      ),
    );
    expect(seats.filter(Boolean)).toHaveLength(2);
  });

  it('numbers the messages of a conversation without gap or double, whoever writes them', async () => {
    const sent = await Promise.all(Array.from({ length: 10 }, (_, index) => send(index % 2 === 0 ? one : other, 'numbered')));
    const numbers = sent.map(({ sequence }) => sequence).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, place) => (numbers[0] ?? NaN) + place));
  });

  it('lets a message that comes to both take effect once', async () => {
    const message = await send(one, 'doubled');
    let effects = 0;
    const take = (tables: Kysely<Tables>) =>
      takeOnce(tables, { consumer: 'both', subject: 'to.a', now: Date.now() }, message, async (transaction) => {
        await transaction.insertInto('seat').values({ id: message.id, owner: 'effect' }).execute();
        effects += 1;
      });
    expect(await Promise.all([take(one), take(other), take(one), take(other)])).toEqual(['done', 'done', 'done', 'done']);
    expect(await one.selectFrom('seat').select('id').where('owner', '=', 'effect').execute()).toHaveLength(1);
    expect(effects).toBeGreaterThan(0);
  });

  it('gives a conversation to one relay at a time, whole and in order, and to another when its relay has died', async () => {
    await one.deleteFrom('outbox').execute();
    const [mine, theirs] = [pendingOf(one), pendingOf(other)];
    const now = Date.UTC(2030, 0, 1);
    const idsOf = async (pending: typeof mine, at: number): Promise<readonly string[]> =>
      (await pending.next(at)).rows.map(({ body }) => validated(StoredMessage, JSON.parse(body)).id);
    const first = [await send(one, 'relayed'), await send(one, 'relayed')].map(({ id }) => id);
    expect(await idsOf(mine, now)).toEqual(first);
    const later = await send(other, 'relayed');
    const elsewhere = await send(other, 'another');
    expect(await idsOf(theirs, now)).toEqual([elsewhere.id]);
    await mine.sent(first, now);
    expect(await idsOf(theirs, now)).toEqual([later.id]);
    expect(await idsOf(mine, now + 2_000)).toEqual([]);
    expect(await idsOf(mine, now + 5_000)).toEqual([elsewhere.id, later.id]);
  });

  it('waits for nobody who stands still in the middle of a transaction', async () => {
    const seat = { id: 'held', owner: 'one' };
    const [standsStill, goesOn] = [new EventEmitter(), new EventEmitter()];
    const stands = once(standsStill, 'now');
    const standing = serially(one, async (transaction) => {
      await transaction.insertInto('seat').values(seat).execute();
      standsStill.emit('now');
      await once(goesOn, 'now');
      await transaction.updateTable('seat').set({ owner: 'both' }).where('id', '=', seat.id).execute();
    }).catch((error: unknown) => error);
    await stands;
    await serially(other, async (transaction) => {
      // Should it have to wait for longer it fails, and this test with it.
      await sql`SET LOCAL lock_timeout = '10s'`.execute(transaction);
      await transaction
        .insertInto('seat')
        .values({ ...seat, owner: 'other' })
        .execute();
    }).finally(() => goesOn.emit('now'));
    expect(storeOutage(await standing)).toMatchObject({ code: 'store-unavailable' });
    expect(await one.selectFrom('seat').select('owner').where('id', '=', seat.id).execute()).toEqual([{ owner: 'other' }]);
  }, 20_000);
});
