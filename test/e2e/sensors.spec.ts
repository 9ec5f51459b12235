import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const ogf = 'http://schemas.ogf.org/occi/monitoring#';
const ours = 'http://schemas.cloud-agency.dev/occi/';
const computeText = 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"';
const clouds = ['aws', 'rackspace'];
const tokens = { a: 'the-token-of-tenant-a', b: 'the-token-of-tenant-b' };
const environment = { AGENCY_AUTH: 'token', AGENCY_TOKENS: `a:${tokens.a},b:${tokens.b}` };
const asText = { 'content-type': 'text/plain', accept: 'text/plain' };
const asJson = { 'content-type': 'application/occi+json' };

interface Measurement {
  readonly metric: string;
  readonly value: number | null;
  readonly at: string;
  readonly detail: string;
}
interface Shown {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly kind: string }[];
}

/** What an OCCI client sees of its sensors, from its order of a compute to its deletion, over the built Agency. */
describe('sensors', () => {
  let agency: AgencyProcess;
  let compute: string;
  let sensor: string;
  let collectors: readonly string[];
  let up: string;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds, environment });
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const ask = async (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
    tenant: keyof typeof tokens = 'a',
  ): Promise<{ readonly status: number; readonly data: unknown; readonly headers: Readonly<Record<string, unknown>> }> =>
    await new Client(agency.url).request(method, path, body, { authorization: `Bearer ${tokens[tenant]}`, ...headers });
  const create = async (path: string, body: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await ask('POST', path, body, headers);
    expect([answer.status, answer.data]).toEqual([201, answer.data]);
    return new URL(String(answer.headers.location)).pathname;
  };
  const get = async (path: string): Promise<Shown> => {
    const { status, data } = await ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${String(status)}: ${JSON.stringify(data)}`);
    return data as Shown;
  };
  const measurements = async (): Promise<readonly Measurement[]> =>
    (await get(sensor)).attributes['agency.sensor.measurements'] as readonly Measurement[];
  const byMetric = (all: readonly Measurement[]) => Object.fromEntries(all.map((one) => [one.metric, one]));
  const measuredAfter = async (since: number): Promise<readonly Measurement[]> =>
    await eventually(async () => {
      const all = await measurements();
      expect(all).toHaveLength(3);
      expect(all.every(({ at }) => Date.parse(at) > since)).toBe(true);
      return all;
    });
  const computeState = async () => (await get(compute)).attributes['occi.compute.state'];

  it('are created before the compute runs, and measure it once it does', async () => {
    sensor = await create(
      '/sensor/',
      [
        `Category: sensor; scheme="${ogf}"; class="kind"`,
        `Category: mean; scheme="${ours}aggregator#"; class="mixin"`,
        `Category: latest; scheme="${ours}publisher#"; class="mixin"`,
        'X-OCCI-Attribute: occi.sensor.period=1',
        'X-OCCI-Attribute: occi.sensor.timestart=0',
        'X-OCCI-Attribute: occi.sensor.timestop=0',
      ].join('\n'),
      asText,
    );
    const link = (term: string, more = '') =>
      `Link: <${agency.url.replace(/\/$/, '')}${sensor}>; rel="${ogf}sensor"; category="${ogf}collector ${ours}metric#${term}"; occi.collector.period=0.2${more}`;
    compute = await create('/compute/', `${computeText}\n${link('up')}`, asText);
    const badly = `${computeText}\n${link('up', '; agency.metric.http="http://somewhere.example/"')}`;
    expect((await ask('POST', '/compute/', badly, asText)).status).toBe(400);
    const byItself = await create(
      '/collector/',
      JSON.stringify({
        kind: `${ogf}collector`,
        mixins: [`${ours}metric#response_time`],
        source: { location: compute },
        target: { location: sensor },
        attributes: { 'occi.collector.period': 0.2 },
      }),
      asJson,
    );
    expect((await ask('POST', compute, link('reachable', '; agency.metric.port=8080'), asText)).status).toBe(200);
    const listed = (await ask('GET', '/collector/')).data as { links: readonly { id: string; mixins: readonly string[] }[] };
    expect(listed.links).toHaveLength(3);
    collectors = listed.links.map(({ id }) => `/collector/${id.split('/').at(-1) ?? ''}`);
    expect(collectors).toContain(byItself);
    up = collectors[listed.links.findIndex(({ mixins }) => mixins.includes(`${ours}metric#up`))]!;
    await eventually(async () => {
      expect(await computeState()).toBe('active');
    });

    const found = byMetric(await measuredAfter(0));
    expect(found).toMatchObject({
      response_time: { value: expect.any(Number) as number, unit: 'ms', detail: 'HTTP 200' },
      up: { value: 1, unit: '1' },
      reachable: { value: 1, unit: '1', detail: 'port 8080 is open' },
    });
    await eventually(async () => {
      const { attributes } = await get(sensor);
      expect(attributes['agency.sensor.state']).toBe('measuring');
      expect(attributes['agency.sensor.values']).toEqual(
        expect.arrayContaining([expect.objectContaining({ metric: 'up', aggregator: 'mean', value: 1 })]),
      );
      expect((attributes['agency.sensor.published'] as readonly unknown[]).length).toBeGreaterThan(0);
    });
    expect((await get(up)).attributes).toMatchObject({
      'agency.measurement.value': 1,
      'agency.measurement.unit': '1',
    });
    expect((await ask('GET', up, undefined, { accept: 'text/plain' })).data).toContain(
      'X-OCCI-Attribute: agency.measurement.value=1\n',
    );
    const links = ((await get(compute)).links ?? []).map(({ kind }) => kind);
    expect(links.filter((kind) => kind === `${ogf}collector`)).toHaveLength(3);
  }, 90_000);

  it('are a tenant’s own', async () => {
    for (const path of [sensor, ...collectors])
      for (const method of ['GET', 'POST', 'DELETE'])
        expect((await ask(method, path, method === 'POST' ? '{"attributes":{}}' : undefined, asJson, 'b')).status).toBe(404);
    for (const collection of ['/sensor/', '/collector/'])
      expect(JSON.stringify((await ask('GET', collection, undefined, {}, 'b')).data)).not.toContain(sensor);
    const stolen = JSON.stringify({
      kind: `${ogf}collector`,
      mixins: [`${ours}metric#up`],
      source: { location: compute },
      target: { location: sensor },
      attributes: { 'occi.collector.period': 1 },
    });
    expect((await ask('POST', '/collector/', stolen, asJson, 'b')).status).toBe(404);
  });

  it('go on after a kill -9', async () => {
    const published = async () => (await get(sensor)).attributes['agency.sensor.published'] as readonly { from: string }[];
    // What was measured in the last second is not on disk yet.
    const before = await eventually(async () => {
      const old = (await published()).filter(({ from }) => Date.parse(from) < Date.now() - 2_500).at(-1);
      expect(old).toBeDefined();
      return old!;
    });
    await agency.kill();
    agency = await AgencyProcess.start({ clouds, environment, directory: agency.directory, port: agency.port });
    const again = Date.now();
    await eventually(async () => {
      expect((await published()).map(({ from }) => from)).toContain(before.from);
    });
    expect(byMetric(await measuredAfter(again))).toMatchObject({ up: { value: 1 } });
  }, 60_000);

  it('tell that a machine is down, and not that one is which was stopped', async () => {
    expect((await ask('POST', `${compute}?action=stop`)).status).toBe(200);
    await eventually(async () => {
      expect(await computeState()).toBe('inactive');
      expect(await measurements()).toEqual([]);
    });
    expect((await ask('POST', `${compute}?action=start`)).status).toBe(200);
    const started = byMetric(await measuredAfter(Date.now()));
    expect(started).toMatchObject({ up: { value: 1 }, reachable: { value: 1 } });
    const means = (await get(sensor)).attributes['agency.sensor.published'] as readonly { metric: string; value: number }[];
    expect(means.filter(({ metric }) => metric === 'up').map(({ value }) => value)).not.toContain(0);

    await new TestbedControl(agency.testbedUrl).die(String((await get(compute)).attributes['agency.address']));
    await eventually(async () => {
      expect(byMetric(await measurements())).toMatchObject({ up: { value: 0 }, response_time: { value: null } });
    });
  }, 90_000);

  it('lose their collectors with the compute, and go when they are deleted', async () => {
    expect((await ask('DELETE', compute)).status).toBe(200);
    for (const collector of collectors) expect((await ask('GET', collector)).status).toBe(404);
    await eventually(async () => {
      expect((await get(sensor)).attributes).toMatchObject({
        'agency.sensor.state': 'waiting',
        'agency.sensor.measurements': [],
      });
    });
    expect((await ask('DELETE', sensor)).status).toBe(200);
    expect((await ask('GET', sensor)).status).toBe(404);
  }, 60_000);
});
