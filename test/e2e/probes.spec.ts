import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const ogf = 'http://schemas.ogf.org/occi/monitoring#';
const metric = 'http://schemas.cloud-agency.dev/occi/metric#';
const asJson = { 'content-type': 'application/occi+json' };

/** A machine that has to answer in several ways before it counts, and counts as down when one of them fails. */
const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: probed
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB", region: { region: [eu-west-3] } } }
select: { policy: lowest-cost, proposals: 1 }
negotiate: { reply_by: 3 s, accept: best }
probes:
  - of: web
    http:
      url: "http://{address}:8080/health"
      headers: { Accept: application/json }
      status: [200, 204]
      body: { contains: instance, matches: '"status":\\s*"ok"', json: { path: $.cloud, equals: aws } }
    every: 500 ms
    timeout: 400 ms
  - { of: web, tcp: 8080, every: 500 ms, timeout: 400 ms }
guarantees:
  - { term: availability, of: web, at_least: 99 %, over: 10 s }
reactions: [{ on: resource.down, do: notify }]
`;

interface Measurement {
  readonly metric: string;
  readonly value: number | null;
  readonly detail: string;
}

/** What is asked of machines from outside, and what is known of them without asking, over the built processes. */
describe('probes', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;
  let compute: string;
  let address: string;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds: ['aws'] });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  it('verify a machine by all that is expected of it, and go on to watch it', async () => {
    const cfp = await client.submit(call);
    await client.cfpReaches(cfp, 'fulfilled');
    const [found] = await client.computesOf(cfp);
    compute = `/compute/${found!.id.split('/').at(-1) ?? ''}`;
    address = String(found!.attributes['agency.address']);
    const { id } = await client.agreementOf(cfp);
    await eventually(async () => {
      const { attributes } = await client.get(`/agreement/${id}`);
      expect(attributes['agency.agreement.terms']).toMatchObject([{ state: 'fulfilled' }]);
    });
    const written = await client.request('GET', `/cfp/${cfp}`, undefined, { accept: 'application/wsag+xml' });
    expect(String(written.data)).toContain('<cfp:path>$.cloud</cfp:path>');
  }, 40_000);

  it('have figures of what the machine costs, and of where it stands, beside them', async () => {
    const create = async (path: string, body: object): Promise<string> => {
      const answer = await client.request('POST', path, JSON.stringify(body), asJson);
      expect([answer.status, answer.data]).toEqual([201, answer.data]);
      return new URL(String(answer.headers.location)).pathname;
    };
    const times = { 'occi.sensor.period': 1, 'occi.sensor.timestart': 0, 'occi.sensor.timestop': 0 };
    const sensor = await create('/sensor/', { kind: `${ogf}sensor`, attributes: times });
    for (const term of ['price', 'carbon', 'icmp', 'certificate_days'])
      await create('/collector/', {
        kind: `${ogf}collector`,
        mixins: [`${metric}${term}`],
        source: { location: compute },
        target: { location: sensor },
        attributes: { 'occi.collector.period': 0.2 },
      });
    const measured = async (): Promise<Readonly<Record<string, Measurement>>> => {
      const all = (await client.get(sensor)).attributes['agency.sensor.measurements'] as readonly Measurement[];
      return Object.fromEntries(all.map((one) => [one.metric, one]));
    };
    const { attributes } = await client.get(compute);
    await eventually(async () => {
      const found = await measured();
      expect(found).toMatchObject({
        price: { value: attributes['agency.price'], unit: 'USD/h' },
        carbon: { value: expect.any(Number) as number, unit: 'g/kWh' },
        certificate_days: { value: null, detail: expect.stringContaining('ECONNREFUSED') as string },
      });
      expect(Object.keys(found)).toContain('icmp');
    });
  }, 40_000);

  it('prove what they found when the machine fails them', async () => {
    await testbed.die(address);
    await eventually(async () => {
      const [violation] = await client.list('/violation/');
      const samples = violation?.attributes['agency.violation.samples'] as readonly { readonly detail: string }[];
      expect(samples.at(-1)?.detail).toContain('ECONNREFUSED');
    });
  }, 40_000);
});
