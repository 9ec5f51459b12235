import { closeBus, connectBus, consume, ensureStreams, type StoredMessage, StoredPublisher, subjects } from '@cloud-agency/bus';
import { startEmbeddedServer } from '@cloud-agency/bus';
import { systemClock } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, holds, insertRows, type MessagingTables, openDatabase, post, Relay, release, takeOnce } from '../src/index.js';
import { databases, oneSession, type TestDatabase } from './databases.js';

interface Tables extends MessagingTables {
  job: { id: string; lease_owner: string | null; lease_until: number | null; epoch: number };
}

const migrations = {
  '0001-jobs': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('job')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('lease_owner', 'text')
        .addColumn('lease_until', 'bigint')
        .addColumn('epoch', 'integer', (column) => column.notNull())
        .execute();
    },
  },
};

const counter = () => {
  let last = 0;
  return { next: () => `id-${String(++last)}` };
};

describe.each(Object.entries(databases))('a store on %s', (name, open) => {
  let test: TestDatabase;
  let tables: Kysely<Tables>;
  const source = { ids: counter(), clock: { now: () => Date.UTC(2030, 0, 1) } };
  const cancel = (placement: string) => ({ performative: 'cancel' as const, receiver: 'alpha', placement, message: '' });
  const send = (conversation: string, subject: string, placement: string): Promise<StoredMessage> =>
    tables
      .transaction()
      .execute((transaction) =>
        post(transaction, source, { conversation, sender: 'agency', subject, content: cancel(placement) }),
      );

  beforeAll(async () => {
    test = await open();
    tables = await openDatabase<Tables>(test.place, migrations);
  });
  afterAll(async () => {
    await tables.destroy();
    await test.end();
  });

  it('inserts rows by the dozen, each value in its column', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => {
      const row = {
        id: `many-${String(index).padStart(3, '0')}`,
        lease_owner: index % 3 === 0 ? null : `owner ${String(index)}`,
      };
      return index % 2 === 0 ? { ...row, lease_until: index, epoch: 7 } : { epoch: 7, lease_until: null, ...row };
    });
    await tables.transaction().execute((transaction) => insertRows(transaction, 'job', rows));
    const there = await tables.selectFrom('job').selectAll().where('epoch', '=', 7).orderBy('id').execute();
    expect(there).toEqual(rows);
    await tables.deleteFrom('job').where('epoch', '=', 7).execute();
  });

  it('opens again with its rows and without migrating twice', async () => {
    await tables.insertInto('job').values({ id: 'kept', lease_owner: null, lease_until: null, epoch: 0 }).execute();
    await tables.destroy();
    tables = await openDatabase<Tables>(test.place, migrations);
    expect(await tables.selectFrom('job').select('id').where('id', '=', 'kept').execute()).toEqual([{ id: 'kept' }]);
  });

  if (name !== oneSession) {
    it('keeps each app’s tables in a schema of its own', async () => {
      await tables.insertInto('job').values({ id: 'ours', lease_owner: null, lease_until: null, epoch: 0 }).execute();
      const other = await openDatabase<Tables>({ ...test.place, schema: `${test.place.schema}_beside` }, migrations);
      expect(await other.selectFrom('job').selectAll().execute()).toEqual([]);
      await other.destroy();
    });
  }

  it('numbers messages by conversation and names the one before on the same subject', async () => {
    const first = await send('numbered', 'to.a', 'p1');
    const second = await send('numbered', 'to.b', 'p2');
    const third = await send('numbered', 'to.a', 'p3');
    expect([first, second, third].map(({ sequence, previous }) => [sequence, previous])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
  });

  it('sends nothing when the work that caused a message fails', async () => {
    const work = tables.transaction().execute(async (transaction) => {
      await post(transaction, source, { conversation: 'undone', sender: 'agency', subject: 'to.a', content: cancel('p') });
      throw new Error('the work failed');
    });
    await expect(work).rejects.toThrow('the work failed');
    expect(await tables.selectFrom('outbox').selectAll().where('conversation', '=', 'undone').execute()).toEqual([]);
  });

  it('lets a message take effect once, and one after a gap only when the gap is filled', async () => {
    const first = await send('gap', 'to.c', 'p1');
    const second = await send('gap', 'to.c', 'p2');
    const taken: string[] = [];
    const take = (message: StoredMessage) =>
      takeOnce(tables, 'receiver', message, 'to.c', () => {
        taken.push(message.id);
        return Promise.resolve();
      });
    expect(await take(second)).toBe('early');
    expect(await take(first)).toBe('done');
    expect(await take(first)).toBe('done');
    expect(await take(second)).toBe('done');
    expect(taken).toEqual([first.id, second.id]);
  });

  it('does not note a message as taken when its effect fails', async () => {
    const message = await send('failing', 'to.d', 'p1');
    await expect(takeOnce(tables, 'receiver', message, 'to.d', () => Promise.reject(new Error('no effect')))).rejects.toThrow(
      'no effect',
    );
    let effects = 0;
    await takeOnce(tables, 'receiver', message, 'to.d', () => {
      effects += 1;
      return Promise.resolve();
    });
    expect(effects).toBe(1);
  });

  it('gives a row to one owner at a time, and to another when the lease ran out', async () => {
    await tables.insertInto('job').values({ id: 'leased', lease_owner: null, lease_until: null, epoch: 0 }).execute();
    const at = (now: number, owner: string) => claim(tables, 'job', 'leased', { owner, now, forMs: 1_000 });
    const first = await at(0, 'one');
    expect(first).toBeDefined();
    expect(await at(500, 'two')).toBeUndefined();
    const second = await at(1_500, 'two');
    expect(second).toBeDefined();
    expect(await holds(tables, 'job', first!)).toBe(false);
    expect(await holds(tables, 'job', second!)).toBe(true);
    await release(tables, 'job', second!);
    expect(await at(1_600, 'one')).toBeDefined();
  });
});

describe('the relay', () => {
  it('carries messages in order to a consumer over JetStream, and forgets them on its receipt', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'agency-relay-'));
    const server = await startEmbeddedServer({ directory, token: 'relay-test' });
    const connection = await connectBus(server, 'relay-test');
    await ensureStreams(connection);
    const tables = await openDatabase<MessagingTables>({ schema: 'relay', directory }, {});
    const errors: unknown[] = [];
    const relay = new Relay(tables, {
      connection,
      publisher: new StoredPublisher(connection),
      clock: systemClock,
      onError: (error) => errors.push(error),
    });
    const received: string[] = [];
    const subject = subjects.command('alpha');
    const end = await consume(connection, {
      stream: 'commands',
      subject,
      durable: 'alpha',
      handle: (message) =>
        takeOnce(tables, 'alpha', message, subject, () => {
          if (message.performative === 'cancel') received.push(message.placement);
          return Promise.resolve();
        }),
      onError: (error) => errors.push(error),
    });
    const source = { ids: counter(), clock: systemClock };
    const wanted = Array.from({ length: 50 }, (_, index) => `p${String(index)}`);
    await tables.transaction().execute(async (transaction) => {
      for (const placement of wanted) {
        await post(transaction, source, {
          conversation: 'c',
          sender: 'agency',
          subject,
          content: { performative: 'cancel', receiver: 'alpha', placement, message: '' },
        });
      }
    });
    relay.wake();
    const left = async (): Promise<number> => (await tables.selectFrom('outbox').select('id').execute()).length;
    while ((await left()) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(received).toEqual(wanted);
    expect(errors).toEqual([]);
    await end();
    await relay.stop();
    await tables.destroy();
    await closeBus(connection);
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
});

describe('a damaged file', () => {
  it('is told as such, and left as it is', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'agency-damaged-'));
    await writeFile(join(directory, 'broken.db'), 'this is no database, and long enough to be looked at as one'.repeat(100));
    await expect(openDatabase({ schema: 'broken', directory }, {})).rejects.toMatchObject({ code: 'data-directory-damaged' });
    await rm(directory, { recursive: true, force: true });
  });
});
