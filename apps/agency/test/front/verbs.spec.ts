/** OCCI.md 2.1 to 2.5, cell by cell and sentence by sentence. */
import { AgencyError } from '@cloud-agency/errors';
import type { AxiosResponse } from 'axios';
import { answerIn, exchange } from './raw.js';
import { RecordingSource } from './recording-source.js';
import { openWorld, type World } from './world.js';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const actions = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const server = 'cloud-agency/1.2.3 OCCI/1.2 OCCI/1.1 OCCI-CRTP/1.1';
const machine = `Category: compute; scheme="${infrastructure}"; class="kind"\n`;
const stop = `Category: stop; scheme="${actions}"; class="action"\n`;
const tagLine = 'Category: mine; scheme="http://example.org/t#"; class="mixin"';
const plain = { 'Content-Type': 'text/plain' };
const json = { Accept: 'application/occi+json' };
const uriList = { Accept: 'text/uri-list' };
type Headers = Record<string, string>;

let world: World;
let computes: RecordingSource;
const send = (method: string, url: string, data?: string, headers: Headers = {}): Promise<AxiosResponse<string>> =>
  world.http.request<string>({
    method,
    url,
    headers: { ...(data === undefined ? {} : plain), ...headers },
    ...(data === undefined ? {} : { data }),
  });
const base = (): string => world.front.url.slice(0, -1);
const paths = async (url: string, headers: Headers = {}): Promise<string[]> =>
  (await send('GET', url, undefined, { ...uriList, ...headers })).data
    .split('\n')
    .filter(Boolean)
    .map((uri) => uri.slice(base().length));
const created = async (more = ''): Promise<string> =>
  String((await send('POST', '/compute/', machine + more)).headers.location).slice(base().length);
const located = (...all: string[]): string => all.map((path) => `X-OCCI-Location: ${base()}${path}\n`).join('');

beforeEach(async () => {
  computes = new RecordingSource(`${infrastructure}compute`, [`${actions}stop`]);
  const others = ['network', 'storage', 'networkinterface'].map((term) => new RecordingSource(infrastructure + term));
  world = await openWorld({ sources: [computes, ...others] });
});
afterEach(async () => {
  await world.front.close();
});

describe('2.2, an entity', () => {
  it('GET: 200', async () => {
    const { status, data } = await send('GET', await created());
    expect([status, data]).toEqual([200, expect.stringContaining(machine)]);
  });

  it('POST: 200 and its rendering, without a Category and for the kind it is', async () => {
    const path = await created('X-OCCI-Attribute: occi.compute.cores=1');
    const { status, data } = await send('POST', path, 'X-OCCI-Attribute: occi.compute.hostname="a"');
    expect([status, data]).toEqual([200, expect.stringMatching(/occi\.compute\.cores=1\n.*occi\.compute\.hostname="a"/s)]);
    expect((await send('POST', path, `Category: network; scheme="${infrastructure}"`)).status).toBe(403);
    expect((await send('POST', '/compute/none', 'X-OCCI-Attribute: occi.compute.cores=1')).status).toBe(404);
  });

  it('POST ?action=term: 200; unknown to its categories 404; another Category than the term 400', async () => {
    const path = await created();
    expect((await send('POST', `${path}?action=stop`, `${stop}X-OCCI-Attribute: method="graceful"`)).status).toBe(200);
    expect(computes.calls).toEqual([{ id: '1', action: 'stop', attributes: { method: 'graceful' } }]);
    const inJson = { 'Content-Type': 'application/occi+json', ...json };
    const call = JSON.stringify({ action: `${actions}stop`, attributes: { method: 'poweroff' } });
    expect((await send('POST', `${path}?action=stop`, call, inJson)).status).toBe(200);
    expect((await send('POST', `${path}?action=fly`)).status).toBe(404);
    expect((await send('POST', `${path}?action=start`, stop)).status).toBe(400);
    expect((await send('POST', `${path}?action=stop`, machine)).status).toBe(400);
    expect(computes.calls).toHaveLength(2);
  });

  it('PUT: 200 and its rendering, without what is missing; 400 at a path of the client’s', async () => {
    const path = await created('X-OCCI-Attribute: occi.compute.cores=1, occi.core.title="old"');
    const { status, data } = await send('PUT', path, `${machine}X-OCCI-Attribute: occi.compute.hostname="a"`);
    expect([status, data]).toEqual([200, expect.stringContaining('occi.compute.hostname="a"')]);
    expect(data).not.toMatch(/cores|title/);
    expect((await send('PUT', '/compute/mine', machine)).status).toBe(400);
  });

  it('PUT: tolerates links and unchanged immutable attributes; a changed one is 403, a missing required one 400', async () => {
    const userData =
      'Category: user_data; scheme="http://schemas.ogf.org/occi/infrastructure/compute#"\nX-OCCI-Attribute: occi.compute.userdata=';
    const path = await created(`${userData}"x"`);
    const link = `\nLink: </agreement/1>; rel="http://schemas.ogf.org/occi/sla#agreement"; self="/agreement_link/1"; category="http://schemas.ogf.org/occi/sla#agreement_link"`;
    expect((await send('PUT', path, `${machine}${userData}"x"${link}`)).status).toBe(200);
    expect(computes.replacements).toEqual([expect.objectContaining({ attributes: {}, links: [] })]);
    const again = await created(`${userData}"x"`);
    expect((await send('PUT', again, `${machine}${userData}"y"`)).status).toBe(403);
    const disk = `Category: storage; scheme="${infrastructure}"\n`;
    const { headers } = await send('POST', '/storage/', `${disk}X-OCCI-Attribute: occi.storage.size=1`);
    expect((await send('PUT', String(headers.location), disk)).status).toBe(400);
  });

  it('DELETE: 200, and 404 from then on', async () => {
    const path = await created();
    expect((await send('DELETE', path)).status).toBe(200);
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) expect((await send(method, path)).status).toBe(404);
  });
});

describe('2.2, the collection of a kind', () => {
  it('GET: 200, filtered and paged', async () => {
    const all = [await created(), await created('X-OCCI-Attribute: occi.compute.cores=2'), await created()];
    expect(await paths('/compute/')).toEqual(all);
    expect(await paths('/compute/', { 'X-OCCI-Attribute': 'occi.compute.cores=2' })).toEqual([all[1]]);
    expect(await paths('/compute/', { Category: `network; scheme="${infrastructure}"` })).toEqual([]);
    expect(
      await paths('/', { Category: `compute; scheme="${infrastructure}"`, 'X-OCCI-Attribute': 'occi.compute.cores=3' }),
    ).toEqual([]);
    expect(await paths('/compute/?page=2&number=2')).toEqual([all[2]]);
    expect(await paths('/compute/?number=2')).toEqual(all.slice(0, 2));
    for (const path of ['/compute/', '/', '/compute/?page=1']) expect((await send('GET', path)).status).toBe(200);
    const past = await send('GET', '/compute/?page=9', undefined, json);
    expect([past.status, past.data]).toEqual([200, '{"resources":[]}\n']);
    expect((await send('GET', '/compute/?number=1001')).status).toBe(413);
    for (const query of ['page=0', 'page=-1', 'number=0', 'page=x', 'page=1.5', 'number='])
      expect([query, (await send('GET', `/compute/?${query}`)).status]).toEqual([query, 400]);
  });

  it('POST: 201 with the Location of the resource, its links with it; the client’s id is ignored', async () => {
    const link = `Link: <${base()}/network/1>; rel="${infrastructure}network"; category="${infrastructure}networkinterface"`;
    const { status, headers, data } = await send('POST', '/compute/', `${machine}X-OCCI-Attribute: occi.core.id="mine"\n${link}`);
    expect([status, headers.location]).toEqual([201, `${base()}/compute/1`]);
    expect(data).toContain('occi.core.id="1"');
    expect(computes.drafts[0]?.links).toMatchObject([{ target: '/network/1' }]);
    const end = `Category: networkinterface; scheme="${infrastructure}"\nX-OCCI-Attribute: occi.core.source="${base().toUpperCase().replace('HTTP', 'http')}/compute/1"\nX-OCCI-Attribute: occi.core.target="${base()}/network/1";`;
    expect((await send('POST', '/networkinterface/', end)).data).toContain('occi.core.source="/compute/1"\n');
  });

  it('POST: needs exactly one kind, and one that belongs there', async () => {
    expect((await send('POST', '/compute/', 'X-OCCI-Attribute: occi.compute.cores=1')).status).toBe(400);
    expect((await send('POST', '/compute/', `${machine}Category: network; scheme="${infrastructure}"`)).status).toBe(400);
    expect((await send('POST', '/network/', machine)).status).toBe(400);
    expect(computes.drafts).toEqual([]);
  });

  it('POST ?action=term: 200, on all members', async () => {
    await created();
    await created();
    expect((await send('POST', '/compute/?action=stop', stop)).status).toBe(200);
    expect(computes.calls.map(({ id }) => id)).toEqual(['1', '2']);
    expect((await send('POST', '/compute/?action=start')).status).toBe(409);
    expect(computes.calls).toHaveLength(2);
  });

  it('PUT: 405', async () => {
    const { status, headers } = await send('PUT', '/compute/', machine);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS']);
  });

  it('DELETE: 200, and all its instances are gone, no others', async () => {
    await created();
    await send('POST', '/network/', `Category: network; scheme="${infrastructure}"`);
    expect((await send('DELETE', '/compute/')).status).toBe(200);
    expect(await paths('/')).toEqual(['/network/1']);
  });
});

describe('2.2, the collection of a mixin', () => {
  beforeEach(async () => {
    expect((await send('POST', '/-/', `${tagLine}; location="/my/favourites/"`)).status).toBe(200);
  });

  it('GET: 200; POST associates; PUT replaces the membership; DELETE disassociates the listed, or all; the entities stay', async () => {
    const [a, b, c] = [await created(), await created(), await created()];
    expect(await paths('/my/favourites/')).toEqual([]);
    expect((await send('POST', '/my/favourites/', located(a, b))).status).toBe(200);
    expect(await paths('/my/favourites/')).toEqual([a, b]);
    expect((await send('PUT', '/my/favourites/', located(b, c))).status).toBe(200);
    expect(await paths('/my/favourites/')).toEqual([b, c]);
    expect((await send('DELETE', '/my/favourites/', located(b))).status).toBe(200);
    expect(await paths('/my/favourites/')).toEqual([c]);
    expect((await send('GET', c)).data).toContain(tagLine);
    expect((await send('DELETE', '/my/favourites/')).status).toBe(200);
    expect(await paths('/my/favourites/')).toEqual([]);
    expect(await paths('/compute/')).toEqual([a, b, c]);
  });

  it.each(['text/occi', 'text/uri-list', 'application/occi+json'])('takes its members as %s', async (type) => {
    const path = await created();
    const uri = base() + path;
    const body =
      type === 'text/uri-list' ? `${uri}\n` : JSON.stringify({ resources: [{ kind: `${infrastructure}compute`, id: '1' }] });
    const inHeaders = type === 'text/occi' ? { 'X-OCCI-Location': uri } : {};
    expect(
      (await send('POST', '/my/favourites/', type === 'text/occi' ? '' : body, { 'Content-Type': type, ...inHeaders })).status,
    ).toBe(200);
    expect(await paths('/my/favourites/')).toEqual([path]);
  });

  it('POST ?action=term: 200, on all that have it', async () => {
    const path = await created();
    await created();
    await send('POST', '/my/favourites/', located(path));
    expect((await send('POST', '/my/favourites/?action=stop', stop)).status).toBe(200);
    expect(computes.calls.map(({ id }) => id)).toEqual(['1']);
  });

  it('is changed whole or not at all; a mixin that does not apply is 403', async () => {
    const path = await created();
    expect((await send('POST', '/my/favourites/', located(path, '/compute/none'))).status).toBe(404);
    expect(await paths('/my/favourites/')).toEqual([]);
    const { headers } = await send('POST', '/network/', `Category: network; scheme="${infrastructure}"`);
    const network = String(headers.location).slice(base().length);
    const both = await send('POST', '/resource_tpl/small/', located(path, network));
    expect([both.status, computes.changes]).toEqual([403, []]);
    expect((await send('POST', '/resource_tpl/small/', located(path))).status).toBe(200);
    expect(await paths('/resource_tpl/small/')).toEqual([path]);
    const small = 'Category: small; scheme="http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#"';
    expect((await send('POST', '/', `Category: network; scheme="${infrastructure}"\n${small}`)).status).toBe(403);
    expect((await send('POST', network, small)).status).toBe(403);
    expect((await send('POST', '/user_data/', located(path))).status).toBe(400);
  });
});

describe('2.2, / and other unbound paths', () => {
  it('GET / is everything, POST creates by Category, and nothing else is done there', async () => {
    const { status, headers } = await send('POST', '/', machine);
    expect([status, headers.location, headers['content-type']]).toEqual([
      201,
      `${base()}/compute/1`,
      'text/plain; charset=utf-8',
    ]);
    expect(await paths('/')).toEqual(['/compute/1']);
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const refused = await send(method, '/');
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    }
    expect(await paths('/')).toEqual(['/compute/1']);
  });

  it('GET of another is everything below it; what nothing lies below is 404', async () => {
    const [a] = [await created(), await created()];
    await send('POST', '/-/', `${tagLine}; location="/my/favourites/"`);
    await send('POST', '/my/favourites/', located(a));
    expect(await paths('/my/')).toEqual([a]);
    expect(await paths('/my/?page=2')).toEqual([]);
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await send(method, '/my/')).status).toBe(405);
    for (const path of ['/yours/', '/my', '/my/favour/']) expect((await send('GET', path)).status).toBe(404);
  });
});

describe('2.2, Prefer: respond-async', () => {
  it('gets 202 and a Location', async () => {
    const prefer = { Prefer: 'respond-async' };
    const create = await send('POST', '/compute/', machine, prefer);
    const update = await send('POST', '/compute/1', 'X-OCCI-Attribute: occi.compute.cores=1', prefer);
    const act = await send('POST', '/compute/1?action=stop', stop, prefer);
    for (const { status, headers } of [create, update, act])
      expect([status, headers.location]).toEqual([202, `${base()}/compute/1`]);
  });
});

describe('2.1, the query interface', () => {
  const wellKnown = '/.well-known/org/ogf/occi/-/';

  it('is the same at both paths, in every rendering that has room for it', async () => {
    for (const type of ['text/plain', 'text/occi+plain', 'application/occi+json', 'application/json']) {
      const [here, there] = await Promise.all(['/-/', wellKnown].map((path) => send('GET', path, undefined, { Accept: type })));
      expect([here?.status, here?.data]).toEqual([200, there?.data]);
    }
  });

  it('is filtered by Category, whatever the Accept', async () => {
    const wanted = {
      Category: `network; scheme="${infrastructure}", up; scheme="http://schemas.ogf.org/occi/infrastructure/network/action#"`,
    };
    const text = (await send('GET', '/-/', undefined, wanted)).data;
    expect(text.match(/^Category: \w+/gm)).toEqual(['Category: network', 'Category: up']);
    const inJson = JSON.parse((await send('GET', wellKnown, undefined, { ...wanted, ...json })).data) as Record<
      string,
      { term: string }[]
    >;
    expect(Object.entries(inJson).map(([name, all]) => [name, all.map(({ term }) => term)])).toEqual([
      ['kinds', ['network']],
      ['mixins', []],
      ['actions', ['up']],
    ]);
    const inHeaders = (await send('GET', '/-/', undefined, { ...wanted, Accept: 'text/occi' })).headers;
    expect(String(inHeaders.category).match(/class="\w+"/g)).toEqual(['class="kind"', 'class="action"']);
  });

  it('takes and gives up mixins of the client’s', async () => {
    const add = (line: string) => send('POST', '/-/', line).then(({ status }) => status);
    expect(await add(tagLine)).toBe(400);
    expect(await add(`${tagLine}; rel="http://nobody.example/#knows"; location="/mine/"`)).toBe(200);
    expect(await add(`${tagLine}; location="/other/"`)).toBe(409);
    expect(await add('Category: other; scheme="http://example.org/t#"; class="mixin"; location="/mine/"')).toBe(409);
    expect(await add('Category: m; scheme="http://schemas.ogf.org/occi/x#"; class="mixin"; location="/m/"')).toBe(403);
    const path = await created(tagLine);
    expect((await send('GET', path)).data).toContain(tagLine);
    expect((await send('DELETE', '/-/', tagLine)).status).toBe(200);
    expect((await send('GET', path)).data).not.toContain('mine');
    expect((await send('GET', '/mine/')).status).toBe(404);
    expect((await send('DELETE', '/-/', tagLine)).status).toBe(404);
    expect((await send('DELETE', '/-/', `Category: os_tpl; scheme="${infrastructure}"`)).status).toBe(403);
  });

  it('PUT: 405', async () => {
    for (const path of ['/-/', wellKnown]) {
      const { status, headers } = await send('PUT', path, `${tagLine}; location="/mine/"`);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS']);
    }
  });
});

describe('2.3, an error', () => {
  const provoked: readonly [number, string, string, string | undefined, Headers?][] = [
    [400, 'POST', '/compute/', 'nonsense'],
    [403, 'POST', '/compute/', `${machine}X-OCCI-Attribute: occi.compute.state="active"`],
    [404, 'GET', '/compute/none', undefined],
    [404, 'POST', '/compute/', 'Category: a; scheme="http://b#"'],
    [405, 'PATCH', '/compute/', undefined],
    [406, 'POST', '/compute/', 'x', { 'Content-Type': 'image/png' }],
    [412, 'POST', '/compute/1', 'X-OCCI-Attribute: occi.compute.cores=1', { 'If-Match': '"old"' }],
    [413, 'GET', '/compute/?number=5000', undefined],
    [501, 'GET', '/', undefined, { 'User-Agent': 'x OCCI/1.3' }],
  ];

  it.each(provoked)(
    '%i: %s %s is a line for text clients and a problem for JSON clients, by name',
    async (...[status, method, path, body, headers]) => {
      await created();
      const text = await send(method, path, body, { ...headers, Accept: 'text/plain' });
      expect([text.status, text.headers['content-type'], text.headers.server]).toEqual([
        status,
        'text/plain; charset=utf-8',
        server,
      ]);
      const inJson = await send(method, path, body, { ...headers, ...json });
      expect([inJson.status, inJson.headers['content-type'], inJson.headers.server]).toEqual([
        status,
        'application/problem+json',
        server,
      ]);
      const problem = JSON.parse(inJson.data) as { status: number; detail: string; title: string; code: string };
      expect(problem.status).toBe(status);
      expect(text.data).toBe(`${problem.title} (${problem.code}): ${problem.detail}\n`);
    },
  );

  it('405 says what is allowed, on every sort of path', async () => {
    const path = await created();
    for (const target of ['/', '/-/', '/compute/', '/brokered/', path, '/healthz', '/events', '/openapi.json']) {
      const { status, headers } = await send('PATCH', target);
      const options = await send('OPTIONS', target);
      expect([target, status, headers.allow]).toEqual([target, 405, options.headers.allow]);
      expect(options.status).toBe(200);
    }
  });

  it('401 says how to sign in', async () => {
    const admit = (): never => {
      throw new AgencyError('unauthorized', { message: 'Send a token.', challenge: 'Bearer realm="Cloud Agency"' });
    };
    const closed = await openWorld({ admission: { admit, admitOperator: admit } });
    const { status, headers } = await closed.http.get('/compute/');
    expect([status, headers['www-authenticate'], headers.server]).toEqual([401, 'Bearer realm="Cloud Agency"', server]);
    await closed.front.close();
  });
});

describe('2.4 and 2.5, every answer', () => {
  it('names the versions spoken: also one without a body, and one to what is no request', async () => {
    const path = await created();
    const { etag } = (await send('GET', path)).headers;
    const unchanged = await send('GET', path, undefined, { 'If-None-Match': String(etag) });
    expect([unchanged.status, unchanged.headers.server, unchanged.headers.etag]).toEqual([304, server, etag]);
    const host = `Host: ${new URL(world.front.url).host}\r\n`;
    const odd: readonly [number, string][] = [
      [400, 'hello\r\n\r\n'],
      [400, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
      [400, `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      [400, `GET /compute/%zz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
      [405, `CONNECT elsewhere:80 HTTP/1.1\r\n${host}\r\n`],
      [417, `POST / HTTP/1.1\r\n${host}Expect: wonders\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`],
      [431, `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(70_000)}\r\n\r\n`],
      [200, `OPTIONS * HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
      [200, 'GET /compute/ HTTP/1.1\r\nHost: ]\r\nConnection: close\r\n\r\n'],
      [200, `GET http://agency.example/compute/ HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
    ];
    for (const [status, bytes] of odd) {
      const answer = answerIn(await exchange(world.front.url, bytes));
      expect([bytes.slice(0, 60), answer.status, answer.headers.server]).toEqual([bytes.slice(0, 60), status, [server]]);
      expect(answer.headers['content-type']).toBeDefined();
      expect(answer.reason).not.toBe('');
      // What is no name of a host goes into no location.
      if (bytes.includes('Host: ]')) expect(answer.body).toContain(`X-OCCI-Location: ${world.front.url}compute/1\n`);
      if (bytes.includes('agency.example')) expect(answer.body).toContain('X-OCCI-Location: http://agency.example/compute/1\n');
    }
  });

  it.each([
    ['client', 200],
    ['client OCCI/1.1', 200],
    ['client OCCI/1.2', 200],
    ['client OCCI/1.3', 501],
    ['client OCCI/2.0', 501],
  ])('to %s is %i', async (agent, status) => {
    for (const path of ['/', '/-/', '/compute/', '/nowhere']) {
      const answer = await send('GET', path, undefined, { 'User-Agent': agent });
      expect(answer.status).toBe(path === '/nowhere' && status === 200 ? 404 : status);
    }
  });

  const utf8 = '; charset=utf-8';
  it.each([
    [undefined, `text/plain${utf8}`],
    ['*/*', `text/plain${utf8}`],
    ['text/plain', `text/plain${utf8}`],
    ['text/occi+plain', `text/occi+plain${utf8}`],
    ['text/occi', 'text/occi'],
    ['application/occi+json', 'application/occi+json'],
    ['application/json', 'application/json'],
    ['application/*', 'application/occi+json'],
    ['text/html, */*;q=0.1', `text/plain${utf8}`],
    ['TEXT/OCCI', 'text/occi'],
    ['image/png', 406],
    ['text/uri-list', 'listing'],
  ])('to Accept: %s is %s', async (accept, wanted) => {
    const path = await created();
    const get = (url: string) => send('GET', url, undefined, accept === undefined ? {} : { Accept: accept });
    // As headers, all the categories are more than axios would take.
    for (const url of wanted === 'text/occi' ? [path, '/compute/'] : [path, '/-/', '/compute/', '/brokered/']) {
      const { status, headers, data } = await get(url);
      const isListing = url.length > 3 && url.endsWith('/');
      if (wanted === 406) expect(status).toBe(406);
      else if (wanted === 'listing') expect([url, status]).toEqual([url, isListing ? 200 : 400]);
      else expect([url, status, headers['content-type']]).toEqual([url, 200, wanted]);
      if (wanted === 'text/occi') expect(data).toBe('OK\n');
    }
  });

  it('holds all the categories, also in headers', async () => {
    const host = `Host: ${new URL(world.front.url).host}\r\n`;
    const bytes = `GET /-/ HTTP/1.1\r\n${host}Accept: text/occi\r\nConnection: close\r\n\r\n`;
    const { status, headers, body } = answerIn(await exchange(world.front.url, bytes));
    expect([status, headers['content-type'], body]).toEqual([200, ['text/occi'], 'OK\n']);
    const inBody = (await send('GET', '/-/')).data.match(/^Category: /gm)?.length;
    expect(headers.category?.join(', ').match(/class="/g)).toHaveLength(inBody ?? 0);
  });

  it('is a page for a browser that looks at /', async () => {
    expect((await send('GET', '/', undefined, { Accept: 'text/html' })).headers['content-type']).toBe(`text/html${utf8}`);
  });

  it('has a HEAD wherever there is a GET, alike but for the body, and OPTIONS', async () => {
    const path = await created();
    for (const url of [
      '/',
      '/-/',
      '/.well-known/org/ogf/occi/-/',
      '/compute/',
      '/brokered/',
      path,
      '/healthz',
      '/openapi.json',
      '/docs',
    ]) {
      const [get, head] = [await send('GET', url), await send('HEAD', url)];
      const of = ({ status, headers }: AxiosResponse): unknown[] => [
        url,
        status,
        headers['content-type'],
        headers.etag,
        headers['content-length'],
      ];
      expect(of(head)).toEqual(of(get));
      expect(head.data).toBe('');
      const options = await send('OPTIONS', url);
      expect([options.status, options.headers.allow]).toEqual([
        200,
        expect.stringMatching(/^GET, HEAD(, POST)?(, PUT)?(, DELETE)?, OPTIONS$/),
      ]);
    }
    for (const method of ['HEAD', 'OPTIONS']) expect((await send(method, '/nowhere')).status).toBe(404);
  });
});

describe('a conditional request', () => {
  it('reads what has changed, and changes only what has not', async () => {
    const path = await created();
    const tag = String((await send('GET', path)).headers.etag);
    const change = (headers: Headers) =>
      send('POST', path, 'X-OCCI-Attribute: occi.compute.cores=4', headers).then(({ status }) => status);
    const read = (value: string) => send('GET', path, undefined, { 'If-None-Match': value }).then(({ status }) => status);
    expect([await read(tag), await read('*'), await read(`"a", ${tag}`), await read('"a"'), await read(`W/${tag}`)]).toEqual([
      304, 304, 304, 200, 304,
    ]);
    expect(await change({ 'If-Match': '"a"' })).toBe(412);
    expect(await change({ 'If-None-Match': '*' })).toBe(412);
    expect(await change({ 'If-Match': `"a", ${tag}` })).toBe(200);
    expect(await read(tag)).toBe(200);
    expect(await change({ 'If-Match': tag })).toBe(412);
    expect(await change({ 'If-Match': '*' })).toBe(200);
    expect((await send('HEAD', path, undefined, { 'If-None-Match': '*' })).status).toBe(304);
    for (const [method, url, body] of [
      ['DELETE', path],
      ['PUT', path, machine],
      ['POST', `${path}?action=stop`, stop],
    ] as const)
      expect((await send(method, url, body, { 'If-Match': tag })).status).toBe(412);
  });
});

describe('3, what real clients need of the protocol', () => {
  it('rule 5: Location and X-OCCI-Location are absolute, links relative', async () => {
    const path = await created();
    expect((await send('GET', '/compute/')).data).toBe(`X-OCCI-Location: ${base()}${path}\n`);
    expect((await send('GET', path)).data).toContain(`Link: <${path}?action=stop>; `);
  });

  it('rule 6: a POST on / and on the kind’s location create alike, in the type that was asked for', async () => {
    for (const url of ['/', '/compute/'])
      for (const type of ['text/occi', 'application/occi+json', 'text/occi+plain']) {
        const { status, headers } = await send('POST', url, machine, { Accept: type });
        expect([status, headers.location, headers['content-type']]).toEqual([
          201,
          expect.stringContaining(`${base()}/compute/`),
          expect.stringContaining(type),
        ]);
      }
  });

  it('rule 7: deletes, associations and actions answer 200 with a body, by the standard phrases', async () => {
    const path = await created();
    await send('POST', '/-/', `${tagLine}; location="/mine/"`);
    const answers = [
      await send('POST', `${path}?action=stop`, stop),
      await send('POST', '/compute/?action=stop', stop),
      await send('POST', '/mine/', located(path)),
      await send('PUT', '/mine/', located(path)),
      await send('DELETE', '/mine/', located(path)),
      await send('DELETE', '/-/', tagLine),
      await send('DELETE', path),
      await send('DELETE', '/compute/'),
    ];
    for (const { status, statusText, data } of answers) {
      expect([status, statusText]).toEqual([200, 'OK']);
      expect(data.length).toBeGreaterThan(0);
    }
    expect((await send('POST', '/', machine)).statusText).toBe('Created');
    expect((await send('GET', path)).statusText).toBe('Not Found');
  });

  it('rule 10: names in lower case, where the setting asks for them', async () => {
    const lower = await openWorld({ lowerCaseNames: true });
    const { data } = await lower.http.get<string>('/-/');
    expect(data).toContain('occi.agreement.agreedat{immutable}');
    expect(data).not.toContain('agreedAt');
    expect((await lower.http.get<string>('/-/', { headers: json })).data).toContain('agreedAt');
    await lower.front.close();
  });

  it('rule 11: a connection stays open for further requests, also several sent at once', async () => {
    const host = `Host: ${new URL(world.front.url).host}\r\n`;
    const text = await exchange(
      world.front.url,
      `GET /healthz HTTP/1.1\r\n${host}\r\nHEAD /compute/ HTTP/1.1\r\n${host}\r\nGET /nowhere HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
  });
});
