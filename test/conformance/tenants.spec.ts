import axios, { type AxiosResponse } from 'axios';
import { AgencyProcess } from '../harness/agency-process.js';
import { eventually } from '../harness/client.js';

/** The built Agency with two tenants: `a` has something of every kind, `b` tries every verb on it. */
let agency: AgencyProcess;
const tokens = { a: 'token-of-the-tenant-a', b: 'token-of-the-tenant-b' };

beforeAll(async () => {
  const environment = { AGENCY_AUTH: 'token', AGENCY_TOKENS: `a:${tokens.a},b:${tokens.b}`, AGENCY_RATE_LIMIT: '1000' };
  agency = await AgencyProcess.start({ clouds: ['linode', 'vultr'], environment });
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

const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: mine
resources: { web: { kind: compute, require: { cores: ">= 1" } } }
negotiate: { reply_by: 5 s, accept: best }
`;
const webhook = `Category: webhook; scheme="http://schemas.cloud-agency.dev/occi/agency#"; class="kind"\nX-OCCI-Attribute: agency.webhook.url="http://127.0.0.1:9/h"\n`;
const tag = 'Category: mine; scheme="http://example.org/a#"; class="mixin"; location="/mine/"';
const kinds = ['cfp', 'proposal', 'agreement', 'compute', 'webhook', 'agreement_link', 'proposal_link'];

it('nobody comes in without a token, and is told how', async () => {
  for (const path of ['/', '/-/', '/compute/', '/cfp/', '/events', '/metrics', '/nowhere']) {
    const { status, headers } = await send(undefined, 'GET', path);
    expect([path, status, headers['www-authenticate']]).toEqual([path, 401, 'Bearer realm="Cloud Agency"']);
  }
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs'])
    expect((await send(undefined, 'GET', path)).status).toBe(200);
});

describe('what a tenant has', () => {
  let own: string[];

  beforeAll(async () => {
    expect((await send('a', 'POST', '/cfp/', call, { 'Content-Type': 'application/yaml' })).status).toBe(201);
    expect((await send('a', 'POST', '/webhook/', webhook)).status).toBe(201);
    await eventually(async () => {
      const all = await Promise.all(kinds.map(async (kind) => [kind, (await paths('a', `/${kind}/`)).length] as const));
      expect(all.filter(([, count]) => count === 0)).toEqual([]);
      expect((await send('a', 'GET', '/cfp/')).data).toContain('/cfp/');
    });
    own = (await Promise.all(kinds.map((kind) => paths('a', `/${kind}/`)))).flat();
    expect((await send('a', 'POST', '/-/', tag)).status).toBe(200);
    expect((await send('a', 'POST', '/mine/', own.map((path) => `X-OCCI-Location: ${path}`).join('\n'))).status).toBe(200);
  }, 60_000);

  it('is its own to see: a link leads to what it says', async () => {
    for (const path of own) expect([path, (await send('a', 'GET', path)).status]).toEqual([path, 200]);
    expect(await paths('a', '/mine/')).toHaveLength(own.length);
  });

  it('is not there for another, by no verb', async () => {
    for (const path of own) {
      const attempts: [string, string, string?][] = [
        ['GET', path],
        ['HEAD', path],
        ['GET', `${path}/explanation`],
        ['DELETE', path],
        ['POST', path, 'X-OCCI-Attribute: occi.core.title="stolen"'],
        ['POST', `${path}?action=terminate`],
        ['POST', `${path}?action=accept`],
        ['POST', `${path}?action=stop`],
        ['PUT', path, webhook],
      ];
      for (const [method, url, body] of attempts) {
        const { status } = await send('b', method, url, body);
        // PUT would create at a client's path: 400. What no client can delete is 405 for everybody.
        const wanted = method === 'PUT' ? [400] : method === 'DELETE' ? [404, 405] : [404];
        expect([method, url, wanted.includes(status) || status]).toEqual([method, url, true]);
      }
    }
  });

  it('is in none of its collections, and goes with none of them', async () => {
    for (const kind of kinds) {
      expect([kind, await paths('b', `/${kind}/`)]).toEqual([kind, []]);
      expect([200, 405]).toContain((await send('b', 'DELETE', `/${kind}/`)).status);
    }
    expect((await paths('b', '/')).filter((path) => !path.startsWith('/vendor/'))).toEqual([]);
    expect(await paths('b', '/brokered/')).toEqual([]);
    expect((await send('b', 'POST', '/proposal/?action=accept')).status).toBe(200);
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
    expect((await send('b', 'POST', '/cfp/', call, { 'Content-Type': 'application/yaml' })).status).toBe(201);
    const [theirs = ''] = await paths('b', '/cfp/');
    const heard = await heardUntil('b', `"subject":"${theirs}"`);
    for (const path of own) expect(heard).not.toContain(`"${path}"`);
    expect(await heardUntil('a', `"subject":"${own[0] ?? ''}"`)).toContain('event: ');
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
