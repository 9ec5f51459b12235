/** Two processes of the agency on one PostgreSQL. */
import { closeBus, connectBus, ensureStreams, startEmbeddedServer, StoredPublisher } from '@cloud-agency/bus';
import { createLog, randomIds, readSettings, systemClock } from '@cloud-agency/runtime';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AgencyStore } from '../../src/store/agency-store.js';
import { EventFeed } from '../../src/store/event-feed.js';

const server = process.env.TEST_DATABASE_URL;

(server === undefined ? describe.skip : describe)('two processes on one store', () => {
  const database = `agency_${String(process.pid)}`;
  let stores: readonly [AgencyStore, AgencyStore];
  let end: () => Promise<void>;

  const admin = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };

  beforeAll(async () => {
    await admin(`CREATE DATABASE ${database}`);
    const url = new URL(server ?? '');
    url.pathname = `/${database}`;
    const directory = await mkdtemp(join(tmpdir(), 'agency-two-'));
    const bus = await startEmbeddedServer({ directory, token: 'two' });
    const connection = await connectBus(bus, 'two');
    await ensureStreams(connection);
    const settings = readSettings({ DATABASE_URL: url.href, AGENCY_DATA: directory }, { accounts: [], rates: {} });
    const context = { settings, clock: systemClock, ids: randomIds, log: createLog('two', 'silent') };
    const open = () => AgencyStore.open(context, connection, new StoredPublisher(connection));
    stores = await Promise.all([open(), open()]);
    end = async () => {
      await Promise.all(stores.map((store) => store.close()));
      await closeBus(connection);
      await bus.stop();
      await rm(directory, { recursive: true, force: true });
      await admin(`DROP DATABASE ${database} WITH (FORCE)`);
    };
  }, 30_000);
  afterAll(async () => {
    await end();
  });

  const event = (cfp: string) => ({
    type: 'cfp.open' as const,
    tenant: 'a',
    subject: `/cfp/${cfp}`,
    cfp,
    message: `Call ${cfp} is open.`,
    data: {},
  });

  it('an event that is committed late is not missed by who follows them', async () => {
    const [one, other] = stores;
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    let begun: () => void = () => undefined;
    const recorded = new Promise<void>((resolve) => (begun = resolve));
    const slow = one.work(async (work) => {
      await work.record(event('slow'));
      begun();
      await gate;
    });
    await recorded;
    await other.work((work) => work.record(event('quick')));
    const following = new AbortController();
    const all = { tenant: 'a', cfp: null, agreement: null, resource: null, types: null };
    const seen: (string | null)[] = [];
    for await (const { cfp } of new EventFeed(other).since(0, all, following.signal)) {
      seen.push(cfp);
      goOn();
      if (seen.length === 2) following.abort();
    }
    await slow;
    expect(seen).toEqual(['quick', 'slow']);
  });
});
