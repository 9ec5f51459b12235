import { AgencyError } from '@cloud-agency/errors';
import { connect } from 'node:net';
import { openFront } from '../../src/front/open-front.js';
import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

const get = (path: string, headers: Record<string, string> = {}) => world.http.get<string>(path, { headers });
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  world.http.post<string>(path, body, { headers });
const json = { Accept: 'application/json' };
const base = () => world.front.url.slice(0, -1);
const categoryOf = (term: string, scheme: string) => `Category: ${term}; scheme="${scheme}"; class="action"`;
const proposalScheme = 'http://schemas.cloud-agency.dev/occi/agency/proposal/action#';
const stopScheme = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';

describe('the query interface', () => {
  it.each(['/-/', '/.well-known/org/ogf/occi/-/'])(
    'lists every category at %s, entity, resource and link first',
    async (path) => {
      const { status, data, headers } = await get(path);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(
        data
          .split('\n')
          .slice(0, 3)
          .map((line) => line.split(';')[0]),
      ).toEqual(['Category: entity', 'Category: resource', 'Category: link']);
      expect(data.endsWith('"\n')).toBe(true);
    },
  );

  it('answers in JSON and in headers', async () => {
    const inJson = JSON.parse((await get('/-/', json)).data) as Record<string, unknown[]>;
    expect(Object.keys(inJson)).toEqual(['kinds', 'mixins', 'actions']);
    const inHeaders = await get('/-/', {
      Accept: 'text/occi',
      Category: 'compute; scheme="http://schemas.ogf.org/occi/infrastructure#"',
    });
    expect(inHeaders.data).toBe('OK\n');
    expect(inHeaders.headers['content-type']).toBe('text/occi');
    expect(inHeaders.headers.category).toContain('compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"');
  });

  it('shows exactly the categories that the request names', async () => {
    const filter = {
      Category:
        'compute; scheme="http://schemas.ogf.org/occi/infrastructure#", small; scheme="http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#"',
    };
    expect((await get('/-/', filter)).data.split('\n').map((line) => line.split(';')[0])).toEqual([
      'Category: compute',
      'Category: small',
      '',
    ]);
    const unknown = await get('/-/', { Category: 'computer; scheme="http://schemas.ogf.org/occi/infrastructure#"' });
    expect(unknown.status).toBe(404);
    expect(unknown.data).toContain('Did you mean http://schemas.ogf.org/occi/infrastructure#compute?');
  });

  it('is no list of URIs', async () => {
    expect((await get('/-/', { Accept: 'text/uri-list' })).status).toBe(400);
  });
});

describe('a listing', () => {
  it('is one location a line', async () => {
    const { status, data } = await get('/compute/');
    expect(status).toBe(200);
    expect(data).toBe(['c1', 'c2', 'c3', 'c4', 'c5'].map((id) => `X-OCCI-Location: ${base()}/compute/${id}\n`).join(''));
  });

  it('is whole in JSON, and plain URIs as a URI list', async () => {
    const { resources } = JSON.parse((await get('/compute/', { Accept: 'application/occi+json' })).data) as {
      resources: { id: string }[];
    };
    expect(resources.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    expect((await get('/compute/', { Accept: 'text/uri-list' })).data).toContain(`${base()}/compute/c1\n`);
  });

  it('comes in pages, and no more is read than a page', async () => {
    expect((await get('/compute/?page=2&number=2', { Accept: 'text/uri-list' })).data).toBe(
      `${base()}/compute/c3\n${base()}/compute/c4\n`,
    );
    expect(world.computes.asked.at(-1)?.page).toEqual({ number: 2, size: 2 });
    const past = await get('/compute/?page=9&number=2');
    expect([past.status, past.data]).toEqual([200, '']);
  });

  it('of everything goes through the kinds in order, in pages too', async () => {
    const all = (await get('/', { Accept: 'text/uri-list' })).data.trim().split('\n');
    expect(all.map((url) => url.slice(base().length).split('/')[1])).toEqual([
      ...Array<string>(5).fill('compute'),
      'cfp',
      ...Array<string>(4).fill('proposal'),
    ]);
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) => (await get(`/?page=${page}&number=3`, { Accept: 'text/uri-list' })).data),
    );
    expect(pages.join('').trim().split('\n')).toEqual(all);
  });

  it.each([
    ['/compute/?page=0', 400, "'page' must be a whole number from 1; it is '0'."],
    ['/compute/?number=x', 400, "'number' must be a whole number from 1"],
    ['/compute/?page=1&number=1001', 413, 'more than a page can hold: 1000'],
  ])('refuses %s', async (path, status, message) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.data).toContain(message);
  });

  it('is narrowed by attributes and categories, before it is paged', async () => {
    const gcp = await get('/compute/?page=1&number=2', { Accept: 'text/uri-list', 'X-OCCI-Attribute': 'agency.vendor="gcp"' });
    expect(gcp.data).toBe(`${base()}/compute/c5\n`);
    const computes = await get('/', {
      Accept: 'text/uri-list',
      Category: 'compute; scheme="http://schemas.ogf.org/occi/infrastructure#"',
      'X-OCCI-Attribute': 'occi.compute.cores=2, agency.vendor="aws"',
    });
    expect(computes.data.trim().split('\n')).toHaveLength(4);
    expect((await get('/compute/', { 'X-OCCI-Attribute': 'constructor="x"' })).data).toBe('');
  });

  it('of a mixin holds what has it; of a kind that nothing provides, nothing; of an abstract kind, its descendants', async () => {
    const mixed = JSON.parse((await get('/brokered/', json)).data) as { resources: unknown[]; links: unknown[] };
    expect([mixed.resources.length, mixed.links.length]).toEqual([5, 0]);
    expect(JSON.parse((await get('/storage/', json)).data)).toEqual({ resources: [] });
    expect(JSON.parse((await get('/storagelink/', json)).data)).toEqual({ links: [] });
    expect((JSON.parse((await get('/resource/', json)).data) as { resources: unknown[] }).resources).toHaveLength(10);
  });

  it('at / is a page for a browser', async () => {
    const { data, headers } = await get('/', { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(data).toContain('<a href="/cfp/">/cfp/</a>');
  });
});

describe('an entity', () => {
  it('is shown in text with its links and actions', async () => {
    const { status, data } = await get('/compute/c1');
    expect(status).toBe(200);
    expect(data).toContain('Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"\n');
    expect(data).toContain(`Link: </compute/c1?action=stop>; rel="${stopScheme}stop"\n`);
    expect(data).toContain('X-OCCI-Attribute: occi.core.id="c1"\n');
  });

  it.each([
    ['text/occi+plain', 'text/occi+plain; charset=utf-8'],
    ['application/occi+json', 'application/occi+json'],
    ['text/*', 'text/plain; charset=utf-8'],
    ['text/plain;q=0.5, application/json', 'application/json'],
    ['application/json;q=0, text/plain', 'text/plain; charset=utf-8'],
    ['image/png, */*;q=0.1', 'text/plain; charset=utf-8'],
    ['*/*, text/*;q=0.1', 'application/occi+json'],
    ['*/*, text/plain;q=0', 'text/occi+plain; charset=utf-8'],
  ])('asked for as %s comes as %s', async (accept, type) => {
    expect((await get('/compute/c1', { Accept: accept })).headers['content-type']).toBe(type);
  });

  it('travels in headers, whatever its alphabet', async () => {
    const { data, headers } = await get('/cfp/shop', { Accept: 'text/occi' });
    expect(data).toBe('OK\n');
    expect(Buffer.from(headers['x-occi-attribute'] as string, 'latin1').toString('utf8')).toContain(
      'occi.core.title="shop – “ü”"',
    );
  });

  it('shows its objects at paths of their own', async () => {
    expect((await get('/cfp/shop')).data).toContain('X-OCCI-Attribute: agency.cfp.explanation="/cfp/shop/explanation"\n');
    const { data, headers } = await get('/cfp/shop/explanation');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(data)).toEqual({ why: ['cheapest'] });
    expect(JSON.parse((await get('/cfp/shop/document')).data)).toEqual({ name: 'shop' });
    expect(JSON.parse((await get('/proposal/p1/explanation')).data)).toEqual({ rank: 1 });
    expect((await get('/cfp/shop/state')).status).toBe(404);
    expect((await get('/cfp/shop/explanation', { Accept: 'text/plain' })).data).toBe('{\n  "why": [\n    "cheapest"\n  ]\n}\n');
  });

  it('has a HEAD wherever it has a GET, and OPTIONS with Allow', async () => {
    const head = await world.http.head<string>('/compute/c1');
    expect([head.status, head.data]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
    const allow = async (path: string) => (await world.http.options<string>(path)).headers.allow as unknown;
    expect(await allow('/compute/c1')).toBe('GET, HEAD, POST, PUT, DELETE, OPTIONS');
    expect(await allow('/proposal/p1')).toBe('GET, HEAD, POST, PUT, OPTIONS');
    expect(await allow('/cfp/')).toBe('GET, HEAD, POST, DELETE, OPTIONS');
    expect(await allow('/')).toBe('GET, HEAD, POST, OPTIONS');
  });

  it('is deleted with a word in text, and gone afterwards', async () => {
    const deleted = await world.http.delete<string>('/compute/c4');
    expect([deleted.status, deleted.data]).toEqual([200, 'OK\n']);
    expect((await get('/compute/c4')).status).toBe(404);
    expect((await world.http.delete<string>('/compute/c4')).status).toBe(404);
  });
});

describe('an action', () => {
  it('is called in text', async () => {
    const { status, data } = await post('/proposal/p1?action=accept', categoryOf('accept', proposalScheme), {
      'Content-Type': 'text/plain',
    });
    expect(status).toBe(200);
    expect(data).toContain('agency.proposal.state="accepted"');
    expect(data).not.toContain('?action=');
    expect((await post('/proposal/p1?action=accept', '', {})).status).toBe(409);
  });

  it('is called in JSON, in headers, and by the query alone', async () => {
    const body = JSON.stringify({ action: `${proposalScheme}accept`, attributes: {} });
    expect((await post('/proposal/p2?action=accept', body, { 'Content-Type': 'application/occi+json', ...json })).status).toBe(
      200,
    );
    const headers = { 'Content-Type': 'text/occi', Category: `reject; scheme="${proposalScheme}"; class="action"` };
    expect((await post('/proposal/p3?action=reject', '', headers)).data).toContain('rejected');
    expect((await post('/proposal/p4?action=reject', '')).status).toBe(200);
  });

  it('gets its attributes checked', async () => {
    const call = (attribute: string) =>
      post('/compute/c1?action=stop', `${categoryOf('stop', stopScheme)}\nX-OCCI-Attribute: ${attribute}\n`, {
        'Content-Type': 'text/plain,text/occi',
      });
    expect((await call('method="graceful"')).status).toBe(200);
    expect(world.computes.calls.at(-1)).toEqual({ action: 'stop', attributes: { method: 'graceful' } });
    const refused = await call('method="rudely"');
    expect(refused.status).toBe(400);
    expect(refused.data).toContain('method must be of type string and match ^(graceful|acpioff|poweroff)$.');
  });

  it.each([
    ['/compute/c1?action=fly', '', {}, 404, "The action 'fly' of /compute/c1 does not exist. It has now: stop."],
    ['/compute/none?action=stop', '', {}, 404, '/compute/none does not exist. GET /compute/ lists what there is.'],
    ['/compute/c1?action=stop', categoryOf('start', stopScheme), { 'Content-Type': 'text/plain' }, 400, 'but the request names'],
    ['/compute/c1?action=stop', 'nonsense', { 'Content-Type': 'text/plain' }, 400, 'Line 1 must begin with'],
    ['/compute/c1?action=stop', '{', { 'Content-Type': 'application/json' }, 400, 'The body is not JSON'],
    ['/compute/c1?action=stop', 'x', { 'Content-Type': 'image/png' }, 406, 'An action cannot be read from image/png'],
    [
      '/compute/c1',
      'X-OCCI-Attribute: occi.compute.cores=4',
      { 'Content-Type': 'text/plain' },
      400,
      'occi.compute.cores cannot be changed',
    ],
  ])('is refused: POST %s %j', async (path, body, headers, status, message) => {
    const answer = await post(path, body, headers);
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
  });
});

describe('a call for proposals', () => {
  const yaml = '# ours\napiVersion: cloud-agency/v1\nname: ü\n';

  it.each([
    ['application/yaml', yaml],
    ['text/yaml; charset=utf-8', yaml],
    ['application/x-yaml', yaml],
    ['text/plain', yaml],
    ['application/json', '{"apiVersion": "cloud-agency/v1"}'],
    ['application/vnd.cloud-agency.cfp+json', '{"apiVersion": "cloud-agency/v1"}'],
  ])('is taken as %s, word for word', async (type, document) => {
    const { status, data, headers } = await post('/cfp/', document, { 'Content-Type': type });
    expect(status).toBe(201);
    expect(world.submitted.at(-1)).toBe(document);
    expect(headers.location).toBe(`${base()}/cfp/n${world.submitted.length}`);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(data).toContain('X-OCCI-Attribute: agency.cfp.webhook_secrets="http://127.0.0.1:9/h whsec_x"\n');
  });

  it('is answered in the rendering asked for, its secrets once', async () => {
    const { data, headers } = await post('/cfp/', yaml, { 'Content-Type': 'application/yaml', Accept: 'application/occi+json' });
    expect(headers['content-type']).toBe('application/occi+json');
    expect(JSON.parse(data)).toMatchObject({
      attributes: { 'agency.cfp.state': 'proposed', 'agency.cfp.webhook_secrets': ['http://127.0.0.1:9/h whsec_x'] },
    });
    expect((await get(headers.location as string)).data).not.toContain('whsec');
  });

  it.each([
    ['application/x-www-form-urlencoded', yaml, 406, 'An entity cannot be read from application/x-www-form-urlencoded'],
    ['application/yaml', ' ', 400, 'The body is empty'],
    ['application/yaml', 'wrong', 400, 'line 1, column 1: wrong'],
  ])('as %s %j is refused', async (type, document, status, message) => {
    const before = world.submitted.length;
    const answer = await post('/cfp/', document, { 'Content-Type': type });
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
    expect(world.submitted).toHaveLength(before);
  });

  it('that is not UTF-8 or too large is refused', async () => {
    expect((await post('/cfp/', Buffer.from([0x61, 0xff]), { 'Content-Type': 'application/yaml' })).data).toContain(
      'The body is not UTF-8.',
    );
    const large = await post('/cfp/', 'a'.repeat(1024 * 1024 + 1), { 'Content-Type': 'application/yaml' });
    expect([large.status, large.data]).toEqual([413, 'Too large (too-large): The body is larger than 1 MiB.\n']);
  });
});

describe('an error', () => {
  it('is a problem of RFC 9457 for JSON clients, with every detail', async () => {
    const { status, data, headers } = await post('/cfp/', 'wrong', { 'Content-Type': 'application/yaml', ...json });
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(data)).toEqual({
      type: 'urn:cloud-agency:problem:invalid-document',
      title: 'Invalid document',
      status: 400,
      detail: 'line 1, column 1: wrong',
      code: 'invalid-document',
      problems: [{ path: 'wrong', line: 1, column: 1 }],
    });
  });

  it('that nobody foresaw tells a reference and nothing else', async () => {
    const { status, data } = await get('/compute/broken');
    expect(status).toBe(500);
    expect(data).toContain('under ref-1');
    expect(data).not.toContain('secret detail');
  });

  it.each([
    ['GET', '/compute', 404, 'Did you mean /compute/?'],
    ['GET', '/computr/', 404, 'Did you mean /compute/?'],
    ['GET', '/compute/c1/', 404, 'does not exist'],
    ['GET', '/compute/c1/a/b', 404, 'does not exist'],
    ['GET', '/compute/%ff', 400, 'not a valid url component'],
    ['GET', '/compute/%zz', 400, 'cannot be read'],
    ['DELETE', '/', 405, 'DELETE is not allowed on /. Allowed: GET, HEAD, POST, OPTIONS.'],
    ['PUT', '/-/', 405, 'Allowed: GET, HEAD, POST, DELETE, OPTIONS.'],
    ['PATCH', '/compute/c1', 405, 'Allowed: GET, HEAD, POST, PUT, DELETE, OPTIONS.'],
    ['PROPFIND', '/compute/', 405, 'Allowed: GET, HEAD, POST, DELETE, OPTIONS.'],
    ['POST', '/healthz', 405, 'Allowed: GET, HEAD, OPTIONS.'],
  ])('%s %s is %i', async (method, url, status, message) => {
    const answer = await world.http.request<string>({ method, url });
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
    expect(answer.headers.server).toBe('cloud-agency/1.2.3 OCCI/1.2 OCCI/1.1 OCCI-CRTP/1.1');
    if (status === 405) expect(answer.headers.allow).toContain('GET');
  });

  it('406 names what is served', async () => {
    const { status, data } = await get('/compute/c1', { Accept: 'image/png' });
    expect([status, data]).toEqual([406, expect.stringContaining('application/occi+json')]);
    expect((await get('/compute/c1', { Accept: 'text/uri-list' })).status).toBe(400);
  });
});

describe('the HTTP server', () => {
  it('names the versions it speaks, and refuses a client that speaks only a higher one', async () => {
    expect((await get('/compute/c1')).headers.server).toBe('cloud-agency/1.2.3 OCCI/1.2 OCCI/1.1 OCCI-CRTP/1.1');
    const versions = async (agent: string) => (await get('/-/', { 'User-Agent': agent })).status;
    expect(await versions('rOCCI/4.3 OCCI/1.1')).toBe(200);
    expect(await versions('client OCCI/1.2 OCCI/2.0')).toBe(200);
    expect(await versions('client OCCI/1.3')).toBe(501);
    expect(await versions('client OCCI/2')).toBe(501);
  });

  it('takes 60 KiB of headers, and says so when there are more', async () => {
    const attribute = (length: number) => ({ 'X-OCCI-Attribute': `a.b="${'x'.repeat(length)}"` });
    expect((await get('/compute/', attribute(60_000))).status).toBe(200);
    const tooMany = await get('/compute/', attribute(70_000));
    expect([tooMany.status, tooMany.data]).toEqual([431, 'The headers are larger than 64 KiB; send a body instead.\n']);
  });

  it('answers what is not HTTP', async () => {
    const { port } = new URL(world.front.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('hello\r\n\r\n'));
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      socket.on('close', () => {
        resolve(Buffer.concat(chunks).toString());
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nServer: cloud-agency/);
  });

  it('says when its port is taken', async () => {
    const { port } = new URL(world.front.url);
    const other = await openWorld();
    await other.front.close();
    const opening = openFront({ ...other.ports, host: '127.0.0.1', port: Number(port) });
    await expect(opening).rejects.toThrow(AgencyError);
    await expect(opening).rejects.toMatchObject({ code: 'port-in-use' });
  });

  it('is healthy at once, ready when its parts are, and measured', async () => {
    expect((await get('/healthz')).data).toBe('{"status":"ok"}\n');
    const waiting = await get('/readyz');
    expect([waiting.status, waiting.data]).toEqual([503, '{"ready":false,"parts":{"bus":"connected"}}\n']);
    world.ready = true;
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/metrics')).headers['content-type']).toContain('text/plain; version=0.0.4');
  });
});
