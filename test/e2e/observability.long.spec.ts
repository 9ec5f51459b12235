import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RemoteReceiver } from '../../apps/agency/test/telemetry/remote-receiver.js';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { expositionProblems } from '../harness/exposition-check.js';
import { TestbedControl } from '../harness/testbed.js';

const call = `
apiVersion: cloud-agency/v1
kind: CallForProposals
name: watched
resources: { web: { kind: compute, count: 1, require: { cores: ">= 1" } } }
negotiate: { accept: best }
probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, failures: 1 }]
`;
const objectives = `
- apiVersion: openslo/v1
  kind: SLO
  metadata: { name: up, annotations: { cloud-agency.dev/penalty: "{ amount: 5 USD, per: violation }" } }
  spec:
    service: web
    indicator:
      metadata: { name: up }
      spec: { thresholdMetric: { metricSource: { type: CloudAgency, spec: { metric: up } } } }
    timeWindow: [{ duration: 1m, isRolling: true }]
    budgetingMethod: RatioTimeslices
    objectives: [{ op: gte, value: 1, target: 0.999, timeSliceWindow: 1m }]
- apiVersion: openslo/v1
  kind: SLO
  metadata: { name: fast }
  spec:
    service: web
    indicator:
      metadata: { name: response-time }
      spec: { thresholdMetric: { metricSource: { type: CloudAgency, spec: { metric: response_time } } } }
    timeWindow: [{ duration: 1h, isRolling: true }]
    budgetingMethod: Occurrences
    objectives: [{ op: lte, value: 500, target: 0.95 }]
`;

const labelled = 'cluster';
let directory: string;
let receiver: RemoteReceiver;
let agency: AgencyProcess;
let client: Client;
let agreement: Entity;
let compute: Entity;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agency-observed-'));
  receiver = await RemoteReceiver.start();
  const config = join(directory, 'agency.yaml');
  const remote = `{ url: "${receiver.url}", every: 1 s, labels: { ${labelled}: here }, headers: { X-Scope-OrgID: { env: RECEIVER_TENANT } } }`;
  await writeFile(config, `testbed: on\nmonitoring: { remote_write: ${remote} }\n`);
  agency = await AgencyProcess.start({ clouds: ['linode'], environment: { AGENCY_CONFIG: config, RECEIVER_TENANT: 'us' } });
  client = new Client(agency.url);
  const cfp = await client.submit(`${call}---\n${objectives}`);
  await client.cfpReaches(cfp, 'fulfilled');
  agreement = await client.agreementOf(cfp);
  [compute] = (await client.computesOf(cfp)) as [Entity];
});

afterAll(async () => {
  await agency.stopAndForget();
  await receiver.stop();
  await rm(directory, { recursive: true, force: true });
});

const text = async (path: string, accept: string): Promise<string> => {
  const { status, data } = await client.request('GET', path, undefined, { accept });
  expect([status, typeof data]).toEqual([200, 'string']);
  return data as string;
};
/** axios reads JSON whatever it is asked for. */
const json = async (path: string): Promise<Record<string, unknown>> =>
  (await client.request('GET', path, undefined, { accept: 'application/json' })).data as Record<string, unknown>;

it('objectives of OpenSLO are what the agreement promises, and it tells them so', async () => {
  const written = await text(`/agreement/${agreement.id}`, 'application/openslo+yaml');
  expect(written).toContain('cloud-agency.dev/penalty');
  expect(written.match(/^kind: SLO$/gm)).toHaveLength(2);
  expect(await text(`/cfp/${String(agreement.attributes['agency.agreement.cfp'])}`, 'application/openslo+yaml')).toBe(written);
  const again = await client.submit(`${call}---\n${written}`);
  expect(await text(`/cfp/${again}`, 'application/openslo+yaml')).toBe(written);
  await client.request('DELETE', `/cfp/${again}`);
});

it('says at which line an objective is wrong', async () => {
  const body = `${call}---\n${objectives.replace('Occurrences', 'Occurences')}`;
  const { status, data } = await client.request('POST', '/cfp/', body, {
    'content-type': 'application/yaml',
    accept: 'application/json',
  });
  const line = body.split('\n').findIndex((written) => written.includes('Occurences')) + 1;
  expect([status, (data as { problems: { line: number }[] }).problems[0]?.line]).toEqual([400, line]);
});

it('a violation is in the metrics, at the receiver and in the report of the month', async () => {
  const address = String(compute.attributes['agency.address']);
  await new TestbedControl(agency.testbedUrl).die(address);
  await eventually(async () => {
    const metrics = await text('/metrics', '*/*');
    const series = metrics.split('\n').filter((line) => line.includes(agreement.id));
    expect(series.find((line) => line.startsWith('agency_guarantee_violated') && line.includes('availability'))).toMatch(/ 1$/);
    expect(series.find((line) => line.startsWith('agency_guarantee_at_risk') && line.includes('availability'))).toMatch(/ 0$/);
    expect(series.find((line) => line.startsWith('agency_compute_up'))).toMatch(/ 0$/);
    expect(metrics).toMatch(/^agency_violations\{state="open"\} 1$/m);
  });
  await eventually(async () => {
    const told = receiver
      .taken()
      .filter(({ labels }) => labels.__name__ === 'agency_guarantee_violated' && labels.term === 'availability');
    expect(told.at(-1)).toMatchObject({
      value: 1,
      labels: { tenant: 'default', name: 'watched', of: 'web', compute: compute.id, [labelled]: 'here' },
    });
    await Promise.resolve();
  });
  expect(receiver.requests[0]?.headers).toMatchObject({ 'x-scope-orgid': 'us', 'x-prometheus-remote-write-version': '0.1.0' });
  await eventually(async () => {
    const report = await json(`/agreement/${agreement.id}/report`);
    expect(report).toMatchObject({
      ...{ name: 'watched', complete: false, settled: false },
      violations: { total: 1, items: [{ term: 'availability', resource: compute.id, closed: null, wanted: 99.9 }] },
      ledger: { items: [{ kind: 'penalty', state: 'running' }] },
      machines: { items: [{ resource: compute.id, days: [{ probes: expect.any(Number) as number }] }] },
    });
    const [first] = report.guarantees as Record<string, unknown>[];
    expect(first).toMatchObject({ state: 'violated', violations: 1 });
    expect(Number(first?.measured)).toBeLessThan(100);
  });
});

it('the report is a page, and tables for a spreadsheet; what is no month is refused', async () => {
  const path = `/agreement/${agreement.id}/report`;
  const month = new Date().toISOString().slice(0, 7);
  expect(await text(`${path}?month=${month}`, 'text/html')).toContain('watched: SLA report, ');
  expect(await text(`${path}?table=violations`, 'text/csv')).toMatch(/^id,guarantee,term,.*\r\n.*availability,web/);
  expect((await client.request('GET', `${path}?month=2026-13`)).status).toBe(400);
  expect((await client.request('GET', `${path}?month=1999-01`)).status).toBe(404);
  expect((await client.request('GET', '/agreement/none/report')).status).toBe(404);
});

/** Labels that hold what somebody chose, and what is bounded otherwise: figures of guarantees and machines, of which a scrape tells 2,000 at most. */
const ofClients = /^agency_(guarantee|compute|sensor)_/;

it('metrics are right in form, and have as many series as there are kinds of things, not things', async () => {
  const metrics = await text('/metrics', '*/*');
  expect(expositionProblems(metrics)).toEqual([]);
  const labels = metrics.split('\n').filter((line) => !line.startsWith('#') && !ofClients.test(line));
  for (const id of [agreement.id, compute.id]) expect(labels.filter((line) => line.includes(id))).toEqual([]);
  const names = labels.map((line) => /^\w*/.exec(line)?.[0] ?? '');
  for (const name of new Set(names)) expect([name, names.filter((one) => one === name).length < 300]).toEqual([name, true]);
});

it('every query of the dashboard and of the alerts asks for a metric that there is', async () => {
  const file = async (name: string): Promise<string> => await readFile(join(__dirname, '../../deploy/grafana', name), 'utf8');
  interface Panel {
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }
  const { panels } = JSON.parse(await file('cloud-agency.json')) as { readonly panels: readonly Panel[] };
  const { groups } = parse(await file('cloud-agency-alerts.yaml')) as { groups: { rules: { expr: string }[] }[] };
  const known = new Set([...(await text('/metrics', '*/*')).matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(namesOf));
  for (const { type, targets = [] } of panels) expect([type, targets.length > 0]).toEqual([type, type !== 'row']);
  const asking = [...panels.flatMap(({ targets = [] }) => targets), ...groups.flatMap(({ rules }) => rules)];
  for (const { expr } of asking) {
    const asked = expr.match(/\b(agency|nodejs|process)_[a-z0-9_]+/g) ?? [];
    expect([expr, asked.length > 0 && asked.every((name) => known.has(name))]).toEqual([expr, true]);
  }
});

function namesOf([, name = '', type = '']: RegExpMatchArray): readonly string[] {
  return type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
}

it('an agreement that ends is told of no more, and its series are marked as ended', async () => {
  await client.act(`/agreement/${agreement.id}`, 'terminate');
  await eventually(async () => {
    const last = receiver
      .taken()
      .filter(({ labels }) => labels.agreement === agreement.id && labels.__name__ === 'agency_guarantee_wanted');
    expect(last.at(-1)?.value).toBeNaN();
    expect(await text('/metrics', '*/*')).not.toContain(agreement.id);
  });
});
