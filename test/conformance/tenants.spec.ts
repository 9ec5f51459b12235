import { type Kind, standardRegistry } from '@cloud-agency/occi';
import axios, { type AxiosResponse } from 'axios';
import { AgencyProcess } from '../harness/agency-process.js';
import { eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

/** The built Agency with two tenants: `a` has something of every kind, `b` tries every verb on it. */
let agency: AgencyProcess;
const tokens = { a: 'token-of-the-tenant-a', b: 'token-of-the-tenant-b' };
const operator = 'token-of-the-operator';

beforeAll(async () => {
  const environment = {
    AGENCY_AUTH: 'token',
    AGENCY_TOKENS: `a:${tokens.a},b:${tokens.b}`,
    AGENCY_RATE_LIMIT: '1000',
    AGENCY_METRICS_TOKEN: operator,
  };
  agency = await AgencyProcess.start({ clouds: ['aws', 'linode'], environment });
}, 60_000);
afterAll(async () => {
  await agency.stopAndForget();
});

type As = keyof typeof tokens | undefined;
async function send(
  as: As,
  method: string,
  path: string,
  data?: string,
  headers: Record<string, string> = {},
): Promise<AxiosResponse<string>> {
  return await axios.request<string>({
    method,
    url: new URL(path, agency.url).href,
    headers: {
      Accept: 'text/plain',
      ...(data === undefined ? {} : { 'Content-Type': 'text/plain' }),
      ...(as ? { Authorization: `Bearer ${tokens[as]}` } : {}),
      ...headers,
    },
    ...(data === undefined ? {} : { data }),
    validateStatus: () => true,
    responseType: 'text',
    transformResponse: (body: unknown) => body,
  });
}
const paths = async (as: As, collection: string) =>
  (await send(as, 'GET', collection, undefined, { Accept: 'text/uri-list' })).data
    .split('\n')
    .filter(Boolean)
    .map((uri) => new URL(uri).pathname);

const agencyScheme = 'http://schemas.cloud-agency.dev/occi/agency#';
const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const monitoring = 'http://schemas.ogf.org/occi/monitoring#';
const kindLine = (term: string, scheme: string): string => `Category: ${term}; scheme="${scheme}"; class="kind"\n`;
const attribute = (name: string, value: string | number): string => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}\n`;
const linkTo = (path: string, kind: string): string =>
  `Link: <${path}>; rel="${infrastructure}${path.split('/')[1] ?? ''}"; category="${infrastructure}${kind}"\n`;

const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: mine
resources: { web: { kind: compute, require: { cores: ">= 1" } } }
negotiate: { reply_by: 5 s, accept: best }
`;
const watched = `${call}probes: [{ of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }]
guarantees: [{ term: availability, of: web, at_least: 99 %, over: 20 s }]
`;
const yaml = { 'Content-Type': 'application/yaml' };
const webhook = kindLine('webhook', agencyScheme) + attribute('agency.webhook.url', 'http://hooks.invalid/h');
const policy =
  kindLine('policy', agencyScheme) +
  attribute('agency.policy.name', 'own') +
  attribute('agency.policy.document', JSON.stringify({ policy: 'lowest-cost' }));
const storage = kindLine('storage', infrastructure) + attribute('occi.storage.size', 1);
const network = kindLine('network', infrastructure);
const compute = kindLine('compute', infrastructure);
const sensor =
  kindLine('sensor', monitoring) +
  ['period=1', 'timestart=0', 'timestop=0'].map((given) => `X-OCCI-Attribute: occi.sensor.${given}\n`).join('');
const upMetric = 'http://schemas.cloud-agency.dev/occi/metric#up';
const collector = (source: string, target: string): string =>
  `${kindLine('collector', monitoring)}Category: up; scheme="${upMetric.replace('#up', '#')}"; class="mixin"\n` +
  attribute('occi.core.source', source) +
  attribute('occi.core.target', target) +
  attribute('occi.collector.period', 1);
const tag = 'Category: mine; scheme="http://example.org/a#"; class="mixin"; location="/mine/"';

/** Kinds of which everybody sees the same. */
const forAll = ['vendor'];
/** Every other kind that the Agency provides: one that is new must be among what the first tenant has. */
const provided = async (): Promise<Kind[]> => {
  const bound = standardRegistry([]).kinds.filter(({ location, term }) => location !== undefined && !forAll.includes(term));
  const allowed = await Promise.all(bound.map(({ location }) => send('a', 'OPTIONS', `${location ?? ''}none`)));
  return bound.filter((_, index) => String(allowed[index]?.headers.allow).includes('PUT'));
};
const created = async (path: string, body: string, headers: Record<string, string> = {}): Promise<string> => {
  const { status, headers: answered, data } = await send('a', 'POST', path, body, headers);
  expect([status, data]).toEqual([201, data]);
  return new URL(String(answered.location)).pathname;
};

it('nobody comes in without a token, and is told how', async () => {
  for (const path of ['/', '/-/', '/compute/', '/cfp/', '/events', '/metrics', '/nowhere']) {
    const { status, headers } = await send(undefined, 'GET', path);
    expect([path, status, headers['www-authenticate']]).toEqual([path, 401, 'Bearer realm="Cloud Agency"']);
  }
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs'])
    expect((await send(undefined, 'GET', path)).status).toBe(200);
});

it('metrics are of all tenants, and so the operator has them alone', async () => {
  expect((await send('a', 'GET', '/metrics')).status).toBe(401);
  const { status, data } = await send(undefined, 'GET', '/metrics', undefined, { Authorization: `Bearer ${operator}` });
  expect([status, data.includes('agency_http_request_seconds')]).toEqual([200, true]);
  expect((await send(undefined, 'GET', '/compute/', undefined, { Authorization: `Bearer ${operator}` })).status).toBe(401);
});

describe('what a tenant has', () => {
  let kinds: Kind[];
  let own: string[];
  /** Of the template that it saved of a machine. */
  let template: { readonly term: string; readonly scheme: string; readonly location: string };

  beforeAll(async () => {
    kinds = await provided();
    await created('/cfp/', watched, yaml);
    await created('/webhook/', webhook);
    await created('/policy/', policy);
    const links = [
      linkTo(await created('/storage/', storage), 'storagelink'),
      linkTo(await created('/network/', network), 'networkinterface'),
    ];
    const machine = await created('/compute/', compute + links.join(''), { Prefer: 'wait=30' });
    await eventually(async () => {
      expect((await send('a', 'GET', machine)).data).toContain('occi.compute.state="active"');
    });
    await created('/collector/', collector(machine, await created('/sensor/', sensor)));
    template = await savedFrom(machine);
    await askForBetter();
    await breachTheGuarantee();
    await eventually(async () => {
      const all = await Promise.all(kinds.map(async ({ term }) => [term, (await paths('a', `/${term}/`)).length] as const));
      expect(all.filter(([, count]) => count === 0)).toEqual([]);
    });
    own = (await Promise.all(kinds.map(({ term }) => paths('a', `/${term}/`)))).flat();
    expect((await send('a', 'POST', '/-/', tag)).status).toBe(200);
    expect((await send('a', 'POST', '/mine/', own.map((path) => `X-OCCI-Location: ${path}`).join('\n'))).status).toBe(200);
  }, 120_000);

  async function savedFrom(machine: string): Promise<typeof template> {
    const save = `Category: save; scheme="${infrastructure.replace('#', '/compute/action#')}"; class="action"\n`;
    const { status, data } = await send('a', 'POST', `${machine}?action=save`, save + attribute('name', 'golden'));
    const [, term = '', scheme = ''] = /^Category: (golden\S*); scheme="([^"]+)"; class="mixin"/.exec(data) ?? [];
    expect([status, data, term]).toEqual([200, data, expect.stringMatching(/^golden/)]);
    return { term, scheme, location: /location="([^"]+)"/.exec(data)?.[1] ?? '' };
  }

  async function askForBetter(): Promise<void> {
    await eventually(async () => {
      const [agreement = ''] = await paths('a', '/agreement/');
      expect((await send('a', 'POST', `${agreement}?action=renegotiate`)).status).toBe(200);
    });
  }

  /** The machine of the call dies once its guarantee is being watched. */
  async function breachTheGuarantee(): Promise<void> {
    const address = await eventually(async () => {
      const { data } = await send('a', 'GET', '/compute/', undefined, { Accept: 'application/occi+json' });
      const { resources } = JSON.parse(data) as { resources: { attributes: Record<string, unknown> }[] };
      const web = resources.find(({ attributes }) => attributes['agency.item'] === 'web' && attributes['agency.address']);
      const { data: agreements } = await send('a', 'GET', '/agreement/', undefined, { Accept: 'application/occi+json' });
      expect(agreements).toMatch(/"state":"fulfilled"/);
      return String(web?.attributes['agency.address']);
    });
    await new TestbedControl(agency.testbedUrl).die(address);
  }

  it('is of every kind that there is', () => {
    expect(kinds.map(({ term }) => term)).toEqual(
      expect.arrayContaining([
        ...['compute', 'storage', 'network', 'storagelink', 'networkinterface', 'agreement', 'agreement_link'],
        ...['sensor', 'collector', 'cfp', 'proposal', 'policy', 'webhook', 'violation', 'message'],
        ...['proposal_link', 'violation_link', 'message_link', 'renegotiation', 'renegotiation_link'],
      ]),
    );
  });

  it('is its own to see: a link leads to what it says', async () => {
    for (const path of own) expect([path, (await send('a', 'GET', path)).status]).toEqual([path, 200]);
    expect(await paths('a', '/mine/')).toHaveLength(own.length);
  });

  it('is not there for another, by no verb', async () => {
    for (const path of own) {
      const kind = kinds.find(({ location }) => path.startsWith(location ?? '-'));
      const parts = Object.keys(kind?.attributes ?? {}).map((name) => name.split('.').at(-1) ?? '');
      const attempts: [string, string, string?][] = [
        ['GET', path],
        ['HEAD', path],
        ...parts.map((part): [string, string] => ['GET', `${path}/${part}`]),
        ['POST', path, 'X-OCCI-Attribute: occi.core.title="stolen"'],
        ...(kind?.actions ?? []).flatMap((id): [string, string, string?][] => {
          const [scheme = '', term = ''] = id.split(/(?<=#)/);
          const action = `${path}?action=${term}`;
          return [
            ['POST', action],
            ['POST', action, `Category: ${term}; scheme="${scheme}"; class="action"`],
          ];
        }),
        ['PUT', path, webhook],
        ['DELETE', path],
      ];
      for (const [method, url, body] of attempts) {
        const { status } = await send('b', method, url, body);
        // PUT would create at a client's path: 400. What no client can delete is 405 for everybody.
        const wanted = method === 'PUT' ? [400] : method === 'DELETE' ? [404, 405] : [404];
        expect([method, url, wanted.includes(status) || status]).toEqual([method, url, true]);
      }
    }
  });

  it('is nothing that another can refer to: it is as if it were not there', async () => {
    const [machine = '', disk = '', net = '', probe = ''] = ['compute', 'storage', 'network', 'sensor'].map((term) =>
      own.find((path) => path.startsWith(`/${term}/`)),
    );
    const link = (term: string, source: string, target: string): string =>
      kindLine(term, infrastructure) + attribute('occi.core.source', source) + attribute('occi.core.target', target);
    const attempts = (at: (path: string) => string): [string, string, Record<string, string>?][] => [
      ['/compute/', compute + linkTo(at(disk), 'storagelink')],
      ['/compute/', compute + linkTo(at(net), 'networkinterface')],
      ['/storagelink/', link('storagelink', at(machine), at(disk))],
      ['/networkinterface/', link('networkinterface', at(machine), at(net))],
      ['/collector/', collector(at(machine), at(probe))],
      [
        '/compute/',
        `${compute}Link: <${at(probe)}>; rel="${monitoring}sensor"; category="${monitoring}collector ${upMetric}"; occi.collector.period=1\n`,
      ],
    ];
    const nowhere = (path: string): string => path.replace(/[^/]+$/, 'none');
    for (const [index, [path, body]] of attempts((one) => one).entries()) {
      const { status, data } = await send('b', 'POST', path, body);
      const of = await send('b', 'POST', path, attempts(nowhere)[index]?.[1]);
      expect([body, status]).toEqual([body, of.status]);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(data.replaceAll(/[\w-]{20,}/g, 'none')).toBe(of.data);
    }
    const { term, scheme, location } = template;
    for (const path of ['/-/', location]) expect((await send('a', 'GET', path)).status).toBe(200);
    expect((await send('a', 'GET', '/-/')).data).toContain(scheme);
    expect((await send('b', 'GET', '/-/')).data).not.toContain(term);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) expect((await send('b', method, location)).status).toBe(404);
    const bySaved = `Category: ${term}; scheme="${scheme}"; class="mixin"\n`;
    expect((await send('b', 'POST', '/compute/', compute + bySaved)).status).toBe(404);
    expect((await send('b', 'DELETE', '/-/', bySaved)).status).toBe(404);
    const byPolicy = `${call}select: { policy: own }\n`;
    expect((await send('b', 'POST', '/cfp/', byPolicy, yaml)).status).toBe(400);
    expect((await send('b', 'GET', '/cfp/', undefined, { Accept: 'text/uri-list' })).data).toBe('');
  });

  it('is in none of its collections, and goes with none of them', async () => {
    for (const { term, actions } of kinds) {
      expect([term, await paths('b', `/${term}/`)]).toEqual([term, []]);
      for (const id of actions) {
        const { status } = await send('b', 'POST', `/${term}/?action=${id.split('#').at(-1) ?? ''}`);
        expect([id, [200, 405].includes(status) || status]).toEqual([id, true]);
      }
      expect([200, 405]).toContain((await send('b', 'DELETE', `/${term}/`)).status);
    }
    expect((await paths('b', '/')).filter((path) => !path.startsWith('/vendor/'))).toEqual([]);
    expect(await paths('b', '/brokered/')).toEqual([]);
    for (const path of own) expect([path, (await send('a', 'GET', path)).status]).toEqual([path, 200]);
  });

  it('stays out of reach of another’s tags, which may be called the same', async () => {
    expect((await send('b', 'GET', '/-/')).data).not.toContain('mine');
    expect((await send('b', 'GET', '/mine/')).status).toBe(404);
    expect((await send('b', 'DELETE', '/-/', tag)).status).toBe(404);
    expect((await send('b', 'POST', '/-/', tag)).status).toBe(200);
    expect((await send('b', 'POST', '/mine/', `X-OCCI-Location: ${own[0] ?? ''}`)).status).toBe(404);
    expect(await paths('b', '/mine/')).toEqual([]);
    expect((await send('b', 'DELETE', '/-/', tag)).status).toBe(200);
    expect(await paths('a', '/mine/')).toHaveLength(own.length);
  });

  it('is not told to another as an event', async () => {
    expect((await send('b', 'POST', '/cfp/', call, yaml)).status).toBe(201);
    const [theirs = ''] = await paths('b', '/cfp/');
    const mine = own.find((path) => path.startsWith('/cfp/')) ?? '';
    const heard = await heardUntil('b', `"subject":"${theirs}"`);
    for (const path of own) expect(heard).not.toContain(`"${path}"`);
    expect(await heardUntil('a', `"subject":"${mine}"`)).toContain('event: ');
  });
});

/** All that a tenant is told from the first event on, until the words come. */
async function heardUntil(as: 'a' | 'b', words: string): Promise<string> {
  const gone = new AbortController();
  const { data } = await axios.get<AsyncIterable<Buffer>>(new URL('/events', agency.url).href, {
    headers: { Authorization: `Bearer ${tokens[as]}`, 'Last-Event-ID': '0' },
    responseType: 'stream',
    signal: gone.signal,
  });
  let text = '';
  for await (const chunk of data) {
    text += chunk.toString();
    if (text.includes(words)) break;
  }
  gone.abort();
  return text;
}
