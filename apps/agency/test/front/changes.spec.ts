import { openWorld, type World } from './world.js';

let world: World;
/** A front of their own for the tests of one description. */
function inOneWorld(): void {
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    await world.front.close();
  });
}

type Headers = Record<string, string>;
const send = (method: string, url: string, data?: string, headers: Headers = {}) =>
  world.http.request<string>({ method, url, headers, ...(data === undefined ? {} : { data }) });
const base = () => world.front.url.slice(0, -1);
const text = { 'Content-Type': 'text/plain' };
const json = { 'Content-Type': 'application/occi+json', Accept: 'application/occi+json' };
const agency = 'http://schemas.cloud-agency.dev/occi/agency#';
const webhook = `Category: webhook; scheme="${agency}"; class="kind"\nX-OCCI-Attribute: agency.webhook.url="http://127.0.0.1:9/h"\n`;
const compute = 'http://schemas.ogf.org/occi/infrastructure#compute';

describe('a new entity', () => {
  inOneWorld();

  it('is created in text, at the collection of its kind and at /', async () => {
    for (const path of ['/webhook/', '/']) {
      const { status, data, headers } = await send(
        'POST',
        path,
        `${webhook}X-OCCI-Attribute: agency.webhook.events="sla.*, cfp.*"\nX-OCCI-Attribute: occi.core.title="mine"`,
        text,
      );
      expect([status, headers['content-type']]).toEqual([201, 'text/plain; charset=utf-8']);
      expect(headers.location).toMatch(new RegExp(`^${base()}/webhook/w\\d$`));
      expect(data).toContain('X-OCCI-Attribute: agency.webhook.events="sla.*, cfp.*"\n');
      expect((await send('GET', headers.location as string)).data).toContain('occi.core.title="mine"');
    }
  });

  it('is created in headers and in JSON, alone or in a collection of one', async () => {
    const inHeaders = {
      'Content-Type': 'text/occi',
      Category: `webhook; scheme="${agency}"`,
      'X-OCCI-Attribute': 'agency.webhook.url="http://127.0.0.1:9/h"',
    };
    expect((await send('POST', '/webhook/', undefined, inHeaders)).status).toBe(201);
    const whole = {
      kind: `${agency}webhook`,
      id: 'ignored',
      summary: 'why',
      attributes: { 'agency.webhook.url': 'http://127.0.0.1:9/h', 'agency.webhook.events': ['sla.*'] },
    };
    expect(JSON.parse((await send('POST', '/webhook/', JSON.stringify(whole), json)).data)).toMatchObject({
      summary: 'why',
      attributes: { 'agency.webhook.events': ['sla.*'] },
    });
    expect((await send('POST', '/webhook/', JSON.stringify({ resources: [whole] }), json)).status).toBe(201);
    expect((await send('POST', '/webhook/', JSON.stringify({ resources: [whole, whole] }), json)).status).toBe(400);
  });

  it('is answered at once for whoever does not want to wait', async () => {
    const { status, headers } = await send('POST', '/webhook/', webhook, { ...text, Prefer: 'respond-async, wait=10' });
    expect([status, headers.location, headers['preference-applied']]).toEqual([
      202,
      expect.stringContaining('/webhook/w'),
      'respond-async',
    ]);
  });

  it.each([
    ['/webhook/', '', 400, 'names no kind'],
    ['/webhook/', webhook.split('\n')[0] ?? '', 400, 'agency.webhook.url is required.'],
    ['/webhook/', `${webhook}X-OCCI-Attribute: agency.webhook.state="active"`, 403, 'is set by the Agency alone'],
    ['/webhook/', `${webhook}X-OCCI-Attribute: agency.webhook.uri="x"`, 400, 'did you mean agency.webhook.url?'],
    ['/webhook/', `${webhook}Category: os_tpl; scheme="http://schemas.ogf.org/occi/infrastructure#"`, 403, 'does not apply'],
    ['/webhook/', `${webhook}Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"`, 400, 'names 2'],
    ['/compute/', webhook, 400, 'this is one of'],
    ['/', 'Category: violation; scheme="http://schemas.cloud-agency.dev/occi/agency#"', 400, 'cannot be created by a client'],
    ['/violation/', webhook, 405, 'Allowed: GET, HEAD, OPTIONS'],
  ])('is refused: POST %s %j', async (path, body, status, message) => {
    const before = await uris('/webhook/');
    const answer = await send('POST', path, body, text);
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
    expect(await uris('/webhook/')).toEqual(before);
  });
});

const uris = async (path: string) =>
  (await send('GET', path, undefined, { Accept: 'text/uri-list' })).data.split('\n').filter(Boolean);

describe('an update', () => {
  inOneWorld();

  it('sets title and summary of whatever there is', async () => {
    const { status, data } = await send(
      'POST',
      '/compute/c1',
      'X-OCCI-Attribute: occi.core.title="web", occi.core.summary="front end"',
      text,
    );
    expect(status).toBe(200);
    expect(data).toContain('X-OCCI-Attribute: occi.core.title="web"\nX-OCCI-Attribute: occi.core.summary="front end"\n');
    expect((await send('GET', '/compute/', undefined, { 'X-OCCI-Attribute': 'occi.core.title="web"' })).data).toContain(
      '/compute/c1\n',
    );
  });

  it('sets what the source can change, and leaves the rest', async () => {
    await send('POST', '/webhook/', webhook, text);
    const { data } = await send('POST', '/webhook/w1', JSON.stringify({ attributes: { 'agency.webhook.events': ['a'] } }), json);
    expect(JSON.parse(data)).toMatchObject({
      attributes: { 'agency.webhook.url': 'http://127.0.0.1:9/h', 'agency.webhook.events': ['a'] },
    });
  });

  it.each([
    ['X-OCCI-Attribute: occi.compute.state="inactive"', 403, 'is set by the Agency alone'],
    ['X-OCCI-Attribute: occi.compute.cores="many"', 400, 'must be of type number'],
    ['X-OCCI-Attribute: occi.compute.cores=3', 400, 'occi.compute.cores cannot be changed'],
    ['Category: network; scheme="http://schemas.ogf.org/occi/infrastructure#"', 403, 'never changes'],
    [
      'Link: </network/1>; rel="http://schemas.ogf.org/occi/infrastructure#network"',
      400,
      'a link to /network/1 cannot be changed',
    ],
  ])('is refused: %j', async (body, status, message) => {
    const answer = await send('POST', '/compute/c1', body, text);
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
  });
});

describe('a replacement', () => {
  inOneWorld();

  it.each(['text/plain', 'application/occi+json'])('by what GET gave in %s changes nothing', async (type) => {
    await send('POST', '/compute/c1', 'X-OCCI-Attribute: occi.core.title="web"', text);
    const before = await send('GET', '/compute/c1', undefined, { Accept: type });
    const { status, data } = await send('PUT', '/compute/c1', before.data, { 'Content-Type': type, Accept: type });
    expect([status, data]).toEqual([200, before.data]);
  });

  it('drops what is missing', async () => {
    await send(
      'POST',
      '/webhook/',
      `${webhook}X-OCCI-Attribute: agency.webhook.events="a"\nX-OCCI-Attribute: occi.core.title="mine"`,
      text,
    );
    const { data } = await send('PUT', '/webhook/w1', webhook, text);
    expect(data).not.toMatch(/events|title/);
  });

  it('needs an entity, and the whole of it', async () => {
    expect((await send('PUT', '/webhook/mine', webhook, text)).status).toBe(400);
    expect((await send('PUT', '/compute/c1', 'X-OCCI-Attribute: occi.core.title="web"', text)).status).toBe(400);
  });
});

describe('a collection', () => {
  inOneWorld();

  const stop = 'Category: stop; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"';

  it('acts as one', async () => {
    expect((await send('POST', '/compute/?action=stop', `${stop}\nX-OCCI-Attribute: method="graceful"`, text)).status).toBe(200);
    expect(world.computes.calls).toEqual(Array(5).fill({ action: 'stop', attributes: { method: 'graceful' } }));
    expect((await send('POST', '/brokered/?action=stop', stop, text)).status).toBe(200);
    expect(world.computes.calls).toHaveLength(10);
  });

  it('does not begin what not all can do', async () => {
    world.computes.put({ ...(await world.computes.get('c3'))!, actions: [] });
    const answer = await send('POST', '/compute/?action=stop', stop, text);
    expect([answer.status, answer.data]).toEqual([409, expect.stringContaining('/compute/c3 cannot')]);
    expect((await send('POST', '/compute/?action=fly')).status).toBe(404);
    expect(world.computes.calls).toHaveLength(10);
  });

  it('is deleted whole, or what its filters leave; never everything', async () => {
    expect((await send('DELETE', '/compute/', undefined, { 'X-OCCI-Attribute': 'agency.vendor="gcp"' })).status).toBe(200);
    expect(await uris('/compute/')).toHaveLength(4);
    expect((await send('DELETE', '/compute/?page=1')).status).toBe(400);
    expect((await send('DELETE', '/compute/')).status).toBe(200);
    expect(await uris('/compute/')).toEqual([]);
    for (const path of ['/', '/resource/', '/proposal/']) expect((await send('DELETE', path)).status).toBe(405);
    expect(await uris('/cfp/')).toHaveLength(1);
  });
});

describe('a conditional request', () => {
  inOneWorld();

  const etag = async (accept = 'text/plain') =>
    (await send('GET', '/compute/c1', undefined, { Accept: accept })).headers.etag as string;

  it('is spared what has not changed, in each rendering', async () => {
    const [inText, inJson] = [await etag(), await etag('application/occi+json')];
    expect(inText).not.toBe(inJson);
    const again = await send('GET', '/compute/c1', undefined, { 'If-None-Match': `"x", ${inText}` });
    expect([again.status, again.data, again.headers.etag]).toEqual([304, '', inText]);
    expect((await send('GET', '/compute/c1', undefined, { 'If-None-Match': inJson })).status).toBe(200);
    const query = await send('GET', '/-/');
    expect((await send('GET', '/-/', undefined, { 'If-None-Match': query.headers.etag as string })).status).toBe(304);
  });

  it('changes nothing that others have changed', async () => {
    const before = await etag('application/occi+json');
    const title = (name: string) =>
      send('POST', '/compute/c1', `X-OCCI-Attribute: occi.core.title="${name}"`, { ...text, 'If-Match': before });
    expect((await title('mine')).status).toBe(200);
    expect((await title('theirs')).status).toBe(412);
    expect((await send('DELETE', '/compute/c1', undefined, { 'If-Match': before })).status).toBe(412);
    expect((await send('POST', '/compute/c1?action=stop', undefined, { 'If-Match': before })).status).toBe(412);
    expect(
      (await send('PUT', '/compute/c1', `Category: compute; scheme="${compute.slice(0, -7)}"`, { ...text, 'If-None-Match': '*' }))
        .status,
    ).toBe(412);
    expect((await send('GET', '/compute/c1')).data).toContain('occi.core.title="mine"');
    expect((await send('DELETE', '/compute/c1', undefined, { 'If-Match': '*' })).status).toBe(200);
  });
});

describe('HEAD and OPTIONS', () => {
  inOneWorld();

  it.each(['/', '/-/', '/compute/', '/compute/c1', '/brokered/', '/cfp/shop/explanation', '/healthz', '/metrics', '/events'])(
    'work on %s',
    async (path) => {
      const head = await send('HEAD', path);
      expect([head.status, head.data]).toEqual([200, '']);
      const options = await send('OPTIONS', path);
      expect([options.status, options.headers.allow]).toEqual([200, expect.stringMatching(/^GET, HEAD.*OPTIONS$/)]);
    },
  );
});
