/** Two processes of the agency on one PostgreSQL. */
import { closeBus, connectBus, ensureStreams, startEmbeddedServer, StoredPublisher } from '@cloud-agency/bus';
import { createLog, randomIds, readSettings, systemClock } from '@cloud-agency/runtime';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencyStore } from '../../src/store/agency-store.js';
import { EventFeed } from '../../src/store/event-feed.js';
import { describeOnServer, serverDatabase } from '../../../../libs/store/test/server-database.js';

describeOnServer('two processes on one store', () => {
  let database: Awaited<ReturnType<typeof serverDatabase>>;
  let stores: readonly [AgencyStore, AgencyStore];
  let end: () => Promise<void>;

  beforeAll(async () => {
    database = await serverDatabase('agency');
    const directory = await mkdtemp(join(tmpdir(), 'agency-two-'));
    const bus = await startEmbeddedServer({ directory, token: 'two' });
    const connection = await connectBus(bus, 'two');
    await ensureStreams(connection);
    const settings = readSettings({ DATABASE_URL: database.url, AGENCY_DATA: directory }, { accounts: [], rates: {} });
    const context = { settings, clock: systemClock, ids: randomIds, log: createLog('two', 'silent') };
    const open = () => AgencyStore.open(context, connection, new StoredPublisher(connection));
    stores = await Promise.all([open(), open()]);
    end = async () => {
      await Promise.all(stores.map((store) => store.close()));
      await closeBus(connection);
      await bus.stop();
      await rm(directory, { recursive: true, force: true });
      await database.end();
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
