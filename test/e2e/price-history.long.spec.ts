import {
  closeBus,
  connectBus,
  decoded,
  type EmbeddedServer,
  type PricesMessage,
  startEmbeddedServer,
  subjects,
} from '@cloud-agency/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Member } from '../distributed/cluster.js';
import { freePort } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

/** The built Agency as processes of their own, of which the one that keeps the history is away while prices change. */
describe('the history of prices', () => {
  let directory: string;
  let server: EmbeddedServer;
  let bus: NatsConnection;
  let client: Client;
  let control: TestbedControl;
  let agency: Member;
  const members: Member[] = [];
  /** What went over the bus, whoever was there to take it. */
  const told: PricesMessage[] = [];

  const begin = async (app: string, environment: Readonly<Record<string, string>>): Promise<Member> => {
    const data = join(directory, app);
    mkdirSync(data);
    const member = new Member(app, { AGENCY_DATA: data, NATS_URL: server.url, NATS_TOKEN: server.token, ...environment });
    members.push(member);
    await member.start();
    return member;
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'agency-prices-'));
    server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'prices' });
    bus = await connectBus(server, 'test');
    bus.subscribe(subjects.prices, {
      callback: (_, { data }) => {
        told.push(decoded(data) as PricesMessage);
      },
    });
    const [port, testbedPort] = [await freePort(), await freePort()];
    const config = join(directory, 'agency.yaml');
    writeFileSync(config, `testbed: http://127.0.0.1:${String(testbedPort)}\n`);
    await begin('testbed', { TESTBED_PORT: String(testbedPort), TESTBED_CLOUDS: 'linode', TESTBED_LIFELINE: '1' });
    agency = await begin('agency', { AGENCY_PORT: String(port) });
    const agents = await begin('vendor-agents', { AGENCY_CONFIG: config });
    client = new Client(`http://127.0.0.1:${String(port)}/`);
    control = new TestbedControl(`http://127.0.0.1:${String(testbedPort)}`);
    // Else what changes is the first that is seen.
    await eventually(() => {
      expect(agents.said.join('\n')).toContain('Started');
      return Promise.resolve();
    });
  }, 60_000);
  afterAll(async () => {
    for (const member of members.reverse()) await member.stop();
    await closeBus(bus);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('has what changed while nobody was there to write it down', async () => {
    await agency.kill();
    await control.reprice({ cloud: 'linode', instance_type: 'g6-standard-2', region: 'eu-west', price: 0.5 });
    await eventually(() => {
      expect(told).not.toEqual([]);
      return Promise.resolve();
    });
    await agency.start();
    await eventually(async () => {
      const { data } = await client.request('GET', '/statistics/prices/', undefined, { accept: 'application/json' });
      expect((data as { readonly prices: readonly object[] }).prices).toEqual([
        expect.objectContaining({ vendor: 'linode', region: 'eu-west', size: 'g6-standard-2', price: 0.5, at: told[0]?.at }),
      ]);
    });
  }, 90_000);
});
