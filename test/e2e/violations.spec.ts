import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const program = join(__dirname, '../../apps/cli/bin/agency.js');
const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB" } }
select: { policy: lowest-cost, proposals: 1 }
negotiate: { reply_by: 3 s, accept: best }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 1 }
guarantees:
  - { term: cpu_utilisation, of: web, at_least: 1 %, at_most: 90 %, over: 1 h }
  - { term: availability, of: web, at_least: 90 %, over: 10 s, penalty: { amount: 5 USD, per: violation } }
reactions: [{ on: resource.down, do: replace }]
`;

/** s */
function lasted({ attributes }: Entity, until: 'updated' | 'closed'): number {
  const [opened, ended] = ['opened', until].map((which) => Date.parse(String(attributes[`agency.violation.${which}`])));
  return (ended! - opened!) / 1_000;
}

/** What a client can read of a breach, while it lasts and after, over the built processes. */
describe('a violation', () => {
  let agency: AgencyProcess;
  let client: Client;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds: ['linode'] });
    client = new Client(agency.url);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const found = async (check: (violation: Entity) => void = () => undefined): Promise<Entity> =>
    await eventually(async () => {
      const [violation] = await client.list('/violation/');
      expect(violation).toBeDefined();
      check(violation!);
      return violation!;
    });
  const asText = async (id: string): Promise<string> => {
    const { data, status } = await client.request('GET', `/violation/${id}`, undefined, { accept: 'text/occi' });
    expect({ data, status }).toMatchObject({ status: 200 });
    return String((await client.request('GET', `/violation/${id}`, undefined, { accept: 'text/plain' })).data);
  };
  const headersOf = async (id: string): Promise<string> =>
    String((await client.request('GET', `/violation/${id}`, undefined, { accept: 'text/occi' })).headers['x-occi-attribute']);
  const explained = async (id: string): Promise<string> =>
    (await promisify(execFile)(process.execPath, [program, 'explain', id, '--url', agency.url])).stdout;

  it('says in every rendering what was promised, how bad it is and how often, while it lasts and when it is over', async () => {
    const cfp = await client.submit(call);
    await client.cfpReaches(cfp, 'fulfilled');
    const agreement = await client.agreementOf(cfp);
    await eventually(async () => {
      const { attributes } = await client.get(`/agreement/${agreement.id}`);
      expect(attributes['agency.agreement.terms']).toMatchObject([
        { term: 'cpu_utilisation', wanted: 90, side: 'at_most' },
        { term: 'availability', wanted: 90, side: 'at_least', state: 'fulfilled' },
      ]);
      expect(attributes['availability.term.desc']).toBe('availability of each web: at least 90 %');
      expect(attributes['cpu_utilisation.term.desc']).toBe('cpu utilisation of each web: at most 90 %');
    });
    const [compute] = await client.computesOf(cfp);
    await new TestbedControl(agency.testbedUrl).die(String(compute!.attributes['agency.address']));

    const open = await found();
    expect(open.attributes).toMatchObject({
      'agency.violation.agreement': agreement.id,
      'agency.violation.guarantee': 1,
      'agency.violation.term': 'availability',
      'agency.violation.of': compute!.id,
      'agency.violation.wanted': 90,
      'agency.violation.unit': '%',
      'agency.violation.duration': lasted(open, 'updated'),
    });
    expect(open.attributes['agency.violation.closed']).toBeUndefined();
    expect(open.attributes['agency.violation.worst']).toBeLessThan(90);
    expect(open.attributes['agency.violation.count']).toBeGreaterThan(0);
    const rendered = `agency.violation.worst=${String(open.attributes['agency.violation.worst'])}`;
    expect(await asText(open.id)).toContain(`X-OCCI-Attribute: ${rendered}\n`);
    expect(await headersOf(open.id)).toContain(rendered);
    expect(await explained(agreement.id)).toMatch(
      /availability of shop-web\S*: violated, ≥ 90 % is promised, .* a breach costs 5 USD for each violation.*\n {4}violated since \S+, it goes on: at worst [\d.]+ % of ≥ 90 %, \d+ measurements? against it; penalty [\d.]+ USD for/,
    );

    const closed = await found(({ attributes }) => {
      expect(attributes['agency.violation.closed']).toEqual(expect.any(String));
    });
    const { attributes } = closed;
    expect(attributes['agency.violation.duration']).toBe(lasted(closed, 'closed'));
    expect(attributes['agency.violation.updated']).toBe(attributes['agency.violation.closed']);
    expect(attributes['agency.violation.worst']).toBeLessThanOrEqual(Number(open.attributes['agency.violation.worst']));
    expect(attributes['agency.violation.count']).toBeGreaterThanOrEqual(Number(open.attributes['agency.violation.count']));
    const text = await asText(closed.id);
    for (const name of ['opened', 'closed', 'updated', 'unit', 'penalty'])
      expect(text).toContain(`X-OCCI-Attribute: agency.violation.${name}="${String(attributes[`agency.violation.${name}`])}"\n`);
    for (const name of ['wanted', 'measured', 'worst', 'count', 'duration', 'guarantee'])
      expect(await headersOf(closed.id)).toContain(`agency.violation.${name}=${String(attributes[`agency.violation.${name}`])}`);
    const story = await explained(cfp);
    expect(story).toMatch(/How its promises were kept:\n(?: .*\n)* {2}cpu_utilisation of .*: undefined, ≤ 90 % is promised/);
    expect(story).toMatch(/violated from \S+ to \S+ \([\d.]+ s\): at worst/);
  }, 60_000);
});
