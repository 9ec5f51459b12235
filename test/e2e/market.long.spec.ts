import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

/** What is bought on which market, and how much a tenant may have, with the built Agency and a cloud that has a spot market. */
describe('markets and quotas', () => {
  let configuration: string;
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;

  beforeAll(async () => {
    configuration = await mkdtemp(join(tmpdir(), 'agency-config-'));
    const file = join(configuration, 'agency.yaml');
    await writeFile(file, 'testbed: on\nquotas: { default: { machines: 4 } }\n');
    agency = await AgencyProcess.start({ clouds: ['aws'], environment: { AGENCY_CONFIG: file } });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await rm(configuration, { recursive: true });
  });

  const call = (name: string, count: number, market: string, accept = 'best', more = ''): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web:
    kind: compute
    count: ${String(count)}
    require: { cores: ">= 2", memory: ">= 4 GiB", architecture: x64, image: debian-12, market: ${market}, region: { continent: [EU] } }
select: { policy: lowest-cost }
negotiate: { reply_by: 3 s, accept: ${accept} }
${more}`;
  /** An id without its path. */
  const plain = (id = ''): string => id.split('/').at(-1) ?? '';
  const endAll = async (): Promise<void> => {
    for (const { id } of await client.list('/agreement/')) await client.request('DELETE', `/agreement/${plain(id)}`);
  };
  /** Calls until the machines that make way are gone, so that the quota leaves enough. */
  const retried = async (document: string): Promise<string> =>
    await eventually(async () => {
      const id = await client.submit(document);
      const { attributes } = await client.cfpReaches(id, 'fulfilled', 'refused');
      expect(attributes['agency.cfp.state']).toBe('fulfilled');
      return id;
    });
  const marketsOf = async (name: string): Promise<readonly string[]> =>
    (await testbed.machines())
      .filter((machine) => machine.name.startsWith(name))
      .map(({ market }) => market)
      .sort();

  it('buys one machine on demand and two on the spot market, which run as such', async () => {
    const mixed = await client.submit(call('mixed', 3, '{ on_demand_at_least: 1 }'));
    await client.cfpReaches(mixed, 'fulfilled');
    expect(await marketsOf('mixed')).toEqual(['on-demand', 'spot', 'spot']);
    const taken = (await testbed.machines()).find(({ name, market }) => name.startsWith('mixed') && market === 'spot');
    if (!taken) throw new Error('no spot machine');
    await testbed.interrupt(taken.id, 60_000);
    await eventually(async () => {
      const mine = (await client.list('/compute/')).filter(({ attributes }) =>
        String(attributes['occi.compute.hostname']).startsWith('mixed'),
      );
      const messages = mine.map(({ attributes }) => String(attributes['occi.compute.state.message']));
      const ending = messages.filter((message) => message.startsWith('The vendor will take it back'));
      expect(ending).toHaveLength(1);
    }, 30_000);
  }, 60_000);

  it('refuses what the quota of the tenant does not leave, and says so; what it leaves can be had', async () => {
    const tooMany = await client.submit(call('too-many', 2, 'any'));
    const refused = await client.cfpReaches(tooMany, 'refused');
    expect(String(refused.attributes['agency.cfp.state.message'])).toMatch(/quota/i);
    const [one, two] = await Promise.all([
      client.submit(call('one', 1, 'spot', 'manual')),
      client.submit(call('two', 1, 'spot', 'manual')),
    ]);
    const proposals = await Promise.all(
      [one, two].map(async (id) => {
        await client.cfpReaches(id, 'proposed');
        return (await client.proposalsOf(id))[0]?.id ?? '';
      }),
    );
    const [first, second] = proposals;
    await client.act(`/proposal/${plain(first)}`, 'accept');
    await client.cfpReaches(one, 'fulfilled');
    expect(await marketsOf('one')).toEqual(['spot']);
    const late = await client.request('POST', `/proposal/${plain(second)}?action=accept`);
    expect(late.status).toBe(409);
    expect(JSON.stringify(late.data)).toMatch(/quota of .* leaves 0 machines/);
  }, 60_000);

  it('lets a dead machine go first where only the quota forbids its replacement', async () => {
    const watched = `probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }]
reactions: [{ on: resource.down, do: replace }]
`;
    await endAll();
    const full = await retried(call('full', 4, 'spot', 'best', watched));
    const [victim, ...others] = await client.computesOf(full);
    const before = String(victim?.attributes['agency.address']);
    await testbed.die(before);
    await eventually(async () => {
      const { attributes } = await client.get(`/compute/${plain(victim?.id)}`);
      expect(attributes['occi.compute.state']).toBe('active');
      expect(attributes['agency.placement']).not.toBe(victim?.attributes['agency.placement']);
      expect(await testbed.machines()).toHaveLength(1 + others.length);
    });
    expect(new Set(await marketsOf('full'))).toEqual(new Set(['spot']));
  }, 90_000);

  it('gives the quota back with the machines', async () => {
    await endAll();
    const again = await retried(call('again', 4, 'any'));
    expect(await client.computesOf(again)).toHaveLength(4);
    expect(await marketsOf('again')).toHaveLength(4);
  }, 60_000);
});
