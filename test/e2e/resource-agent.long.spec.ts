import axios from 'axios';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const ogf = 'http://schemas.ogf.org/occi/monitoring#';
const ours = 'http://schemas.cloud-agency.dev/occi/';
const run = promisify(execFile);

/** Where user data comes as a template's context, properties of an appliance, meta or metadata of a machine. */
const carriers = ['cloudsigma', 'opennebula', 'softlayer', 'vcloud'];
/** Its machines' agents are stand-ins at linode; opennebulaocci keeps user data where its operator sees it, so that a real machine can be played. */
const clouds = ['linode', 'opennebulaocci', ...carriers];
const call = (openmetrics: string): string => `
apiVersion: cloud-agency/v1
kind: CallForProposals
name: told
resources:
  web: { kind: compute, require: { region: { vendor: [linode] } }, agent: { every: 1 s } }
  real:
    kind: compute
    require: { region: { vendor: [opennebulaocci] } }
    agent: { every: 1 s, metrics: [cpu_utilisation, memory_utilisation, computing_power], openmetrics: "${openmetrics}" }
${carriers.map((vendor) => `  ${vendor}: { kind: compute, require: { region: { vendor: [${vendor}] } }, agent: { every: 1 s } }`).join('\n')}
guarantees: [{ term: cpu_utilisation, of: web, by: resource, at_most: 70 %, over: 10 s, least: 2 }]
probes: [{ of: web, http: 'http://{address}:8080/health', every: 1 s }]
negotiate: { accept: best, reply_by: 5 s }
`;

/** The agents of machines, from the order of these to their end, over the built Agency; one of them is the agent itself, run by a shell. */
describe('the agent of a resource', () => {
  let agency: AgencyProcess;
  let client: Client;
  let control: TestbedControl;
  let application: Server;
  let cfp: string;
  let web: Entity;
  let real: Entity;
  let userData: string;
  const homes: string[] = [];

  const addressOf = ({ attributes }: Entity): string =>
    String(attributes['agency.compute.address'] ?? attributes['agency.address']);

  /** Boots a machine with what its vendor was given for it, in a home of its own, at an address. */
  const boot = async (script: string, address: string, home = mkdtempSync(join(tmpdir(), 'agency-agent-'))): Promise<string> => {
    homes.push(home);
    await run('sh', ['-c', script], {
      env: { ...process.env, CLOUD_AGENCY_HOME: home, CLOUD_AGENCY_CURL: `--interface ${address}` },
    });
    return home;
  };
  const logOf = (home: string): string =>
    existsSync(join(home, 'agent.log')) ? readFileSync(join(home, 'agent.log'), 'utf8') : '';
  const halt = (home: string): void => {
    const [, pid] = (existsSync(join(home, 'agent.pid')) ? readFileSync(join(home, 'agent.pid'), 'utf8') : '').trim().split(' ');
    try {
      if (pid) process.kill(Number(pid));
    } catch {
      // It has ended by itself.
    }
  };
  const refusals = async (): Promise<readonly string[]> =>
    (await eventsOf('resource.agent_refused')).map(({ data }) => String(data.reason));
  const eventsOf = async (type: string): Promise<readonly { data: Record<string, unknown> }[]> => {
    const { stdout } = await run('sh', ['-c', `curl -sN --max-time 1 -H 'Last-Event-ID: 0' '${agency.url}events' || true`]);
    const all = stdout.split('\n').filter((line) => line.startsWith('data: '));
    return all
      .map((line) => JSON.parse(line.slice(6)) as { type: string; data: Record<string, unknown> })
      .filter((one) => one.type === type);
  };
  const collecting = async (compute: string, names: readonly string[]): Promise<string> => {
    const json = { 'content-type': 'application/occi+json' };
    const made = await client.request(
      'POST',
      '/sensor/',
      JSON.stringify({
        kind: `${ogf}sensor`,
        attributes: { 'occi.sensor.period': 1, 'occi.sensor.timestart': 0, 'occi.sensor.timestop': 0 },
      }),
      json,
    );
    const sensor = new URL(String(made.headers.location)).pathname;
    for (const name of names)
      await client.request(
        'POST',
        '/collector/',
        JSON.stringify({
          kind: `${ogf}collector`,
          mixins: [`${ours}metric#pushed`],
          source: { location: compute },
          target: { location: sensor },
          attributes: { 'occi.collector.period': 0.2, 'agency.metric.name': name },
        }),
        json,
      );
    return sensor;
  };
  const shown = async (sensor: string): Promise<readonly { value: number | null; detail: string }[]> =>
    (await client.get(sensor)).attributes['agency.sensor.measurements'] as never;

  beforeAll(async () => {
    application = createServer((_request, response) => {
      response.end('# TYPE orders counter\norders_total{kind="new"} 3\norders_total{kind="old"} 4\nqueue_length 17\n');
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    agency = await AgencyProcess.start({ clouds, environment: { AGENCY_AGENT_CERTIFICATE: '6 s' } });
    client = new Client(agency.url);
    control = new TestbedControl(agency.testbedUrl);
    cfp = await client.submit(call(`http://127.0.0.1:${String((application.address() as AddressInfo).port)}/metrics`));
    await client.cfpReaches(cfp, 'fulfilled');
    const computes = await client.computesOf(cfp);
    web = computes.find(({ title }) => title?.includes('web'))!;
    real = computes.find(({ title }) => title?.includes('real'))!;
    const given = (await control.machines()).find(({ cloud }) => cloud === 'opennebulaocci')?.tags.USERDATA ?? '';
    userData = Buffer.from(given, 'base64').toString();
  }, 90_000);
  afterAll(async () => {
    for (const home of homes) halt(home);
    application.close();
    await agency.stopAndForget();
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  });

  it('of a simulated machine enrols by itself; what it tells is shown by a sensor, and breaks a promise', async () => {
    await control.burden(addressOf(web), 80);
    const sensor = await collecting(`/compute/${web.id.split('/').at(-1) ?? ''}`, ['cpu_utilisation']);
    await eventually(async () => {
      expect(await shown(sensor)).toEqual([expect.objectContaining({ value: 0.8, unit: '1' })]);
      expect(await eventsOf('sla.violated')).toEqual([
        expect.objectContaining({ data: expect.objectContaining({ term: 'cpu_utilisation' }) as object }),
      ]);
    });
  });

  it.each(carriers)('enrols at %s too, however the vendor takes user data', async (vendor) => {
    await eventually(async () => {
      const enrolled = (await eventsOf('resource.agent_enrolled')) as readonly { message?: string }[];
      expect(enrolled.map(({ message }) => message)).toContainEqual(expect.stringContaining(`told-${vendor}-1 has enrolled`));
    });
  });

  it('is not needed by an application, which tells by OTLP of the compute that it names', async () => {
    const compute = web.id.split('/').at(-1) ?? '';
    const sensor = await collecting(`/compute/${compute}`, ['queue.length']);
    const send = (resource: string, point: object) =>
      axios.post<unknown>(
        `${agency.url}v1/metrics`,
        gzipSync(
          JSON.stringify({
            resourceMetrics: [
              {
                resource: { attributes: [{ key: 'agency.resource', value: { stringValue: resource } }] },
                scopeMetrics: [{ metrics: [{ name: 'queue.length', gauge: { dataPoints: [point] } }] }],
              },
            ],
          }),
        ),
        { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, validateStatus: () => true },
      );
    await eventually(async () => {
      const { status, data } = await send(compute, { timeUnixNano: `${String(Date.now())}000000`, asInt: '12' });
      expect([status, data]).toEqual([200, {}]);
      expect(await shown(sensor)).toEqual([expect.objectContaining({ value: 12 })]);
    });
    const partial = await send(compute, { timeUnixNano: '1' });
    expect([partial.status, partial.data]).toEqual([
      200,
      { partialSuccess: { rejectedDataPoints: '1', errorMessage: expect.stringContaining('no value') as string } },
    ]);
    const unknown = await send('nobody', { asInt: '12' });
    expect([unknown.status, unknown.data]).toEqual([404, { code: 5, message: expect.stringContaining('nobody') as string }]);
  });

  it('is let in at no other address, for no other placement, with no token but its own', async () => {
    const elsewhere = await boot(userData, '127.0.0.1');
    const other = await boot(userData.replace(/placement='[^']*'/, "placement='another'"), addressOf(real));
    const guessed = await boot(userData.replace(/token='[^']*'/, `token='cat_${'x'.repeat(43)}'`), addressOf(real));
    await eventually(async () => {
      expect(logOf(elsewhere)).toContain('another address');
      expect(logOf(other)).toContain('another placement');
      expect(logOf(guessed)).toContain('no machine this token');
      expect(await refusals()).toEqual(expect.arrayContaining(['address', 'placement']));
    });
    for (const home of [elsewhere, other, guessed]) expect(existsSync(join(home, 'certificate.pem'))).toBe(false);
  });

  describe('run by a shell', () => {
    let home: string;
    const certificate = (): string => readFileSync(join(home, 'certificate.pem'), 'utf8');

    it('enrols, and sends what it reads of the machine and of its application', async () => {
      home = await boot(userData, addressOf(real));
      const sensor = await collecting(`/compute/${real.id.split('/').at(-1) ?? ''}`, [
        'cpu_utilisation',
        'memory_utilisation',
        'queue_length',
      ]);
      await eventually(async () => {
        const measured = await shown(sensor);
        expect(measured).toHaveLength(3);
        for (const { value } of measured) expect(value).not.toBeNull();
        expect(measured.map(({ value }) => value)).toContain(17);
      });
      const { data } = await client.request('GET', '/statistics/?vendor=softlayer', undefined, { accept: 'application/json' });
      const [measured] = (data as { statistics: readonly { performance: { observed: number; machines: number } }[] }).statistics;
      expect(measured?.performance).toEqual({ observed: expect.any(Number) as number, machines: 1 });
      expect(measured?.performance.observed).toBeGreaterThan(100);
      expect(
        execFileSync('stat', ['-c', '%a', join(home, 'key.pem')])
          .toString()
          .trim(),
      ).toBe('600');
    });

    it('renews its certificate before that ends', async () => {
      const first = certificate();
      await eventually(async () => {
        expect(certificate()).not.toBe(first);
        await Promise.resolve();
      });
    });

    it('has used its token up: another key is not certified by it', async () => {
      const thief = await boot(userData, addressOf(real));
      await eventually(async () => {
        expect(logOf(thief)).toContain('used already');
        expect(await refusals()).toContain('token-used');
      });
    });

    it('enrols again by the same key when the Agency died before its certificate had come', async () => {
      halt(home);
      await agency.kill();
      rmSync(join(home, 'certificate.pem'));
      agency = await AgencyProcess.start({
        ...{ clouds, directory: agency.directory, port: agency.port },
        environment: { AGENCY_AGENT_CERTIFICATE: '6 s' },
      });
      await boot(userData, addressOf(real), home);
      await eventually(async () => {
        expect(certificate()).toContain('BEGIN CERTIFICATE');
        await Promise.resolve();
      });
    });

    it('is heard no more once its machine is given back', async () => {
      const agreement = await client.agreementOf(cfp);
      const response = await client.request('DELETE', `/agreement/${agreement.id.split('/').at(-1) ?? ''}`);
      expect(response.status).toBeLessThan(300);
      await eventually(async () => {
        expect(logOf(home)).toContain('any more');
        await Promise.resolve();
      });
    });
  });
});
