import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

/** Seconds count here for what months count for elsewhere. */
const configuration = `accounts: []
rates: {}
testbed: on
monitoring: { statistics: { every: 1 s, enough: 6 s, machines: 3 } }
`;

const call = (name: string): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources:
  web:
    kind: compute
    count: 3
    require: { cores: ">= 2", memory: ">= 4 GiB", architecture: x64, image: debian-12, region: { continent: [EU] } }
select:
  policy: weighted
  objectives: [{ maximise: availability, weight: 6 }, { minimise: cost, weight: 1 }]
negotiate: { reply_by: 3 s, accept: best }
probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }]
`;

/** Three machines with agents, and then one of a size that is known to compute so much. */
const measuring = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: measuring
resources:
  web: { kind: compute, count: 3, require: { cores: ">= 2", region: { vendor: [linode] } }, agent: { every: 1 s } }
negotiate: { reply_by: 3 s, accept: best }
`;
const demanding = (least: number): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: demanding
resources:
  web: { kind: compute, require: { performance: ">= ${least}" } }
select: { objectives: [{ maximise: performance }] }
negotiate: { reply_by: 3 s, accept: best }
`;

interface Shown {
  readonly statistics: readonly {
    readonly vendor: string;
    readonly region: string;
    readonly size: string;
    readonly provisioning: { readonly orders: number; readonly success: number; readonly median: number };
    readonly availability: { readonly observed: number | null; readonly machines: number };
    readonly performance: { readonly observed: number | null; readonly machines: number };
  }[];
}

/** What the Agency learns from what it measures, over the built Agency. */
describe('what was observed', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;
  let directory: string;
  let dead: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'agency-statistics-'));
    const file = join(directory, 'agency.yaml');
    await writeFile(file, configuration);
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode'], environment: { AGENCY_CONFIG: file } });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await rm(directory, { recursive: true, force: true });
  });

  const json = async <T>(path: string): Promise<T> => {
    const { status, data } = await client.request('GET', path, undefined, { accept: 'application/json' });
    expect([status, data]).toEqual([200, data]);
    return data as T;
  };
  const placeOf = ({ attributes }: Entity): string =>
    `${String(attributes['agency.vendor'])} ${String(attributes['agency.region'])}`;

  it('makes a vendor whose machines were down lose a later call, which says why', async () => {
    const first = await client.submit(call('before'));
    await client.cfpReaches(first, 'fulfilled');
    const computes = await client.computesOf(first);
    dead = computes[0]?.id ?? '';
    const [place = ''] = computes.map(placeOf);
    expect(computes.map(placeOf)).toEqual([place, place, place]);
    const [vendor, region] = place.split(' ');
    const seen = async () => (await json<Shown>(`/statistics/?vendor=${String(vendor)}&region=${String(region)}`)).statistics[0];
    await eventually(async () => {
      expect((await seen())?.availability.machines).toBe(3);
    });
    for (const { attributes } of computes.slice(0, 2)) await testbed.die(String(attributes['agency.address']));
    await eventually(async () => {
      expect((await seen())?.availability.observed).toBeLessThan(0.9);
    });
    expect((await seen())?.provisioning).toMatchObject({ orders: 3, success: 1, median: expect.any(Number) as number });

    const later = await eventually(async () => {
      const id = await client.submit(call('after'));
      await client.cfpReaches(id, 'fulfilled');
      const { notes } = await json<{ readonly notes: readonly string[] }>(`/cfp/${id}/explanation`);
      expect(notes.join('\n')).toContain(`${place}, on-demand: availability observed`);
      return { id, notes };
    });
    expect((await client.computesOf(later.id)).map(placeOf)).not.toContain(place);
    expect(later.notes.find((note) => note.startsWith(place))).toMatch(
      /observed [\d.]+ % over [\d.]+ h of 3 machines, 0 min ago; declared 99\.\d+ %; [\d.]+ % counts\.$/,
    );
  }, 60_000);

  it('shows what became of a machine, second by second', async () => {
    const from = new Date(Date.now() - 600_000).toISOString();
    const path = `/history/?resource=/compute/${dead}&metric=up&step=1%20s&from=${from}`;
    const { series } = await json<{
      readonly series: readonly { readonly source: string; readonly points: readonly object[] }[];
    }>(path);
    expect(series.map(({ source }) => source)).toEqual(['probe']);
    expect(series[0]?.points[0]).toMatchObject({ mean: 1, failures: 0 });
    expect(series[0]?.points.at(-1)).toMatchObject({ mean: 0 });
    const table = await client.request('GET', path, undefined, { accept: 'text/csv' });
    expect(String(table.data)).toMatch(/^source,from,count,failures,mean,min,max,p50,p95,p99\r\nprobe,/);
    expect((await client.request('GET', '/history/?resource=nothing&metric=up')).status).toBe(406);
    expect((await client.request('GET', '/history/?resource=nothing&metric=up', undefined, { accept: '*/*' })).status).toBe(404);
  });

  it('buys by the computing power that machines measured, and asks for no more than was seen', async () => {
    await client.cfpReaches(await client.submit(demanding(1)), 'refused');
    const first = await client.submit(measuring);
    await client.cfpReaches(first, 'fulfilled');
    const { size, performance } = await eventually(async () => {
      const { statistics } = await json<Shown>('/statistics/?vendor=linode');
      const measured = statistics.find(({ performance }) => performance.machines === 3);
      expect(measured).toBeDefined();
      return measured!;
    });
    const observed = performance.observed!;
    expect(observed).toBeGreaterThan(2 * 20_000);
    const later = await eventually(async () => {
      const id = await client.submit(demanding(observed));
      await client.cfpReaches(id, 'fulfilled', 'refused');
      expect(await client.cfpState(id)).toBe('fulfilled');
      return id;
    });
    const { notes } = await json<{ readonly notes: readonly string[] }>(`/cfp/${later}/explanation`);
    expect(notes).toContain(`linode ${size}: performance ${observed} observed on 3 machines, 0 min ago.`);
    await client.cfpReaches(await client.submit(demanding(observed + 1)), 'refused');
  }, 60_000);
});
