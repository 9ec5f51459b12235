import { closeBus, connectBus, consume, ensureStreams, type StoredMessage, StoredPublisher, subjects } from '@cloud-agency/bus';
import { startEmbeddedServer } from '@cloud-agency/bus';
import { systemClock } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  claim,
  faultOf,
  forgetMessages,
  holds,
  insertRows,
  type MessagingTables,
  openDatabase,
  post,
  Relay,
  release,
  takeOnce,
} from '../src/index.js';
import { messaging } from '../src/outbox.js';
import { pendingOf } from '../src/pending.js';
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

const now = Date.UTC(2030, 0, 1);
const day = 24 * 3_600_000;
const taking = (consumer: string, subject: string, when = now) => ({ consumer, subject, now: when });

describe.each(Object.entries(databases))('a store on %s', (name, open) => {
  let test: TestDatabase;
  let tables: Kysely<Tables>;
  const source = { ids: counter(), clock: { now: () => now } };
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
    const begin = first.sequence;
    expect([first, second, third].map(({ sequence, previous }) => [sequence, previous])).toEqual([
      [begin, 0],
      [begin + 1, 0],
      [begin + 2, begin],
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
      takeOnce(tables, taking('receiver', 'to.c'), message, () => {
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
    await expect(
      takeOnce(tables, taking('receiver', 'to.d'), message, () => Promise.reject(new Error('no effect'))),
    ).rejects.toThrow('no effect');
    let effects = 0;
    await takeOnce(tables, taking('receiver', 'to.d'), message, () => {
      effects += 1;
      return Promise.resolve();
    });
    expect(effects).toBe(1);
  });

  it('forgets which messages were taken a week ago, and none of them takes effect again, whenever it comes', async () => {
    const first = await send('old', 'to.e', 'p1');
    const second = await send('old', 'to.e', 'p2');
    const taken: string[] = [];
    const take = (message: StoredMessage, when: number) =>
      takeOnce(tables, taking('forgetful', 'to.e', when), message, () => {
        taken.push(message.id);
        return Promise.resolve();
      });
    await take(first, now);
    await take(second, now + 8 * day);
    await forgetMessages(tables, now + 8 * day);
    const noted = await tables.selectFrom('inbox').select('message').where('consumer', '=', 'forgetful').execute();
    expect(noted).toEqual([{ message: second.id }]);
    // A sender that was away for a year, and has no receipt, sends it again.
    for (const when of [now + 8 * day, now + 365 * day]) expect(await take(first, when)).toBe('done');
    await forgetMessages(tables, now + 365 * day);
    expect(await take(second, now + 365 * day)).toBe('done');
    expect(taken).toEqual([first.id, second.id]);
    // One whose store was lost numbers anew; what it sends is new.
    const anew = { ...first, id: 'anew', sentAt: new Date(now + 365 * day).toISOString() };
    await take(anew, now + 365 * day);
    await take(anew, now + 365 * day);
    expect(taken).toEqual([first.id, second.id, 'anew']);
  });

  it('forgets a great many in portions', async () => {
    const rows = Array.from({ length: 1_700 }, (_, index) => ({ consumer: 'busy', message: String(index), at: now }));
    await tables.insertInto('inbox').values(rows).execute();
    await forgetMessages(tables, now + 8 * day);
    expect(await tables.selectFrom('inbox').select('message').where('consumer', '=', 'busy').execute()).toEqual([]);
  });

  it('forgets how far conversations of old had come, the sender first, and goes on with them all the same', async () => {
    const say = (when: number) =>
      tables.transaction().execute((transaction) => {
        const letter = { conversation: 'quiet', sender: 'agency', subject: 'to.g', content: cancel('p') };
        return post(transaction, { ...source, clock: { now: () => when } }, letter);
      });
    const taken: string[] = [];
    const take = (message: StoredMessage, when: number) =>
      takeOnce(tables, taking('quiet', 'to.g', when), message, () => {
        taken.push(message.id);
        return Promise.resolve();
      });
    const settle = (): Promise<unknown> => tables.deleteFrom('outbox').where('conversation', '=', 'quiet').execute();
    const positions = async (table: 'inbox_position' | 'outbox_position'): Promise<number> =>
      (await tables.selectFrom(table).select('sequence').where('conversation', '=', 'quiet').execute()).length;
    const sent: StoredMessage[] = [];
    for (let count = 0; count < 3; count += 1) sent.push(await say(now));
    for (const message of sent) await take(message, now);
    // Something of it still waits for its receipt.
    await forgetMessages(tables, now + 120 * day);
    expect(await positions('outbox_position')).toBe(2);
    await settle();
    await forgetMessages(tables, now + 120 * day);
    expect([await positions('outbox_position'), await positions('inbox_position')]).toEqual([0, 1]);
    const [fourth, fifth] = [await say(now + 120 * day), await say(now + 120 * day)];
    expect(await take(fifth, now + 120 * day)).toBe('early');
    await take(fourth, now + 120 * day);
    await take(fifth, now + 120 * day);
    await take(fourth, now + 120 * day);
    await settle();
    await forgetMessages(tables, now + 1_400 * day);
    expect([await positions('outbox_position'), await positions('inbox_position')]).toEqual([0, 0]);
    // Of what nobody remembers nobody can tell whether it was taken.
    expect(await take(fifth, now + 1_400 * day)).toBe('done');
    const last = await say(now + 1_400 * day);
    expect(await take(last, now + 1_400 * day)).toBe('done');
    expect(taken).toEqual([...sent, fourth, fifth, last].map(({ id }) => id));
  });

  it('sends again what has no receipt, less and less often, as a stream keeps every copy for a day', async () => {
    await tables.deleteFrom('outbox').execute();
    const message = await send('unheard', 'to.f', 'p1');
    const pending = pendingOf(messaging(tables));
    const sent: number[] = [];
    for (let when = now; when < now + 600_000; when += 1_000) {
      const { rows } = await pending.next(when);
      expect(rows.every(({ id }) => id === message.id)).toBe(true);
      if (rows.length === 0) continue;
      sent.push((when - now) / 1_000);
      await pending.sent([message.id], when);
    }
    expect(sent).toEqual([0, 11, 32, 73, 154, 315, 476]);
    await tables.deleteFrom('outbox').execute();
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
        takeOnce(tables, taking('alpha', subject, Date.now()), message, () => {
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

  it.each([true, false])('is found when it is opened, and a sound one is opened (a page is spoilt: %p)', async (spoilt) => {
    const directory = await mkdtemp(join(tmpdir(), 'agency-damaged-'));
    const file = join(directory, 'worn.db');
    const tables = await openDatabase<Tables>({ schema: 'worn', directory }, migrations);
    const rows = Array.from({ length: 2_000 }, (_, index) => ({
      id: `job-${String(index)}`,
      lease_owner: 'x'.repeat(100),
      epoch: 1,
    }));
    await tables.transaction().execute((transaction) => insertRows(transaction, 'job', rows));
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(tables);
    await tables.destroy();
    const { size } = await stat(file);
    if (spoilt) await spoil(file, 4_096 * Math.floor(size / 8_192));
    const opened = openDatabase<Tables>({ schema: 'worn', directory }, migrations);
    if (spoilt) await expect(opened).rejects.toMatchObject({ code: 'data-directory-damaged' });
    else await (await opened).destroy();
    expect(faultOf(file) === undefined).toBe(!spoilt);
    await rm(directory, { recursive: true, force: true });
  });
});

async function spoil(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, at);
  await handle.close();
}
