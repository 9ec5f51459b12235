import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

type Headers = Record<string, string>;
const send = (method: string, url: string, data?: string, headers: Headers = {}) =>
  world.http.request<string>({ method, url, headers, ...(data === undefined ? {} : { data }) });
const base = () => world.front.url.slice(0, -1);
const uris = async (path: string) =>
  (await send('GET', path, undefined, { Accept: 'text/uri-list' })).data
    .split('\n')
    .filter(Boolean)
    .map((uri) => uri.slice(base().length));
const scheme = 'http://example.org/tags#';
const category = (term: string, rest = `; location="/${term}/"`) => `Category: ${term}; scheme="${scheme}"; class="mixin"${rest}`;
const locations = (...paths: string[]) => paths.map((path) => `X-OCCI-Location: ${base()}${path}`).join('\n');
const text = { 'Content-Type': 'text/plain' };

/** A tag of its own for each test. */
let count = 0;
async function newTag(): Promise<string> {
  count += 1;
  const term = `tag${String(count)}`;
  expect((await send('POST', '/-/', category(term), text)).status).toBe(200);
  return term;
}

describe('a mixin of a client’s own', () => {
  it('is added in text, shows in the query interface, and goes again', async () => {
    const shown = `Category: favourite; scheme="${scheme}"; class="mixin"; title="My favourite"; location="/my/favourites/"\n`;
    const added = await send('POST', '/-/', category('favourite', '; title="My favourite"; location="/my/favourites/"'), text);
    expect([added.status, added.data]).toEqual([200, shown]);
    expect((await send('GET', '/-/')).data).toContain(shown);
    expect((await send('DELETE', '/-/', category('favourite', ''), text)).status).toBe(200);
    expect((await send('GET', '/-/')).data).not.toContain('favourite');
    expect((await send('GET', '/my/favourites/')).status).toBe(404);
  });

  it('is added in headers and in JSON, with a location in full', async () => {
    const header = {
      'Content-Type': 'text/occi',
      Category: `h; scheme="${scheme}"; class="mixin"; rel="http://unknown.example/#thing"; location="${base()}/h/"`,
    };
    expect((await send('POST', '/-/', undefined, header)).status).toBe(200);
    const mixins = [
      { term: 'j', scheme, location: '/j/' },
      { term: 'k', scheme, title: 'K', location: '/k/', attributes: {} },
    ];
    expect(
      (
        await send('POST', '/.well-known/org/ogf/occi/-/', JSON.stringify({ mixins }), {
          'Content-Type': 'application/occi+json',
        })
      ).status,
    ).toBe(200);
    const filter = { Category: ['h', 'j', 'k'].map((term) => `${term}; scheme="${scheme}"`).join(', ') };
    expect((await send('GET', '/-/', undefined, filter)).data.match(/location="[^"]*"/g)).toEqual([
      'location="/h/"',
      'location="/j/"',
      'location="/k/"',
    ]);
  });

  it.each([
    ['', 400, 'No mixin is described'],
    [category('t', ''), 400, 'has no location'],
    [category('t', '; location="t"'), 400, 'is no location'],
    [category('t', '; location="/a/../b/"'), 400, 'is no location'],
    [category('t', '; location="http://elsewhere.example/t/"'), 400, 'is no location'],
    [category('t', '; location="/t/"; attributes="a.b"'), 400, 'is a tag without any'],
    [category('t', '; location="/events/"'), 403, 'is reserved'],
    [category('t', '; location="/docs/t/"'), 403, 'is reserved'],
    [category('t', '; location="/compute/t/"'), 409, 'lies among the entities of /compute/'],
    [category('t', '; location="/compute/"'), 409, '/compute/ exists already'],
    [`${category('t')}\n${category('t', '; location="/other/"')}`, 409, 'exists already'],
    [
      'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="mixin"; location="/c/"',
      403,
      'are reserved',
    ],
    ['Category: t; scheme="x"; class="mixin"; location="/t/"', 400, 'is no scheme'],
    [`Category: t; scheme="${scheme}"; class="kind"; location="/t/"`, 400, 'only mixins can be added'],
  ])('is refused as %j', async (body, status, message) => {
    const answer = await send('POST', '/-/', body, text);
    expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
    expect((await send('GET', '/t/')).status).toBe(404);
  });

  it('is added once, also when two ask at the same time, and the Agency’s own stay', async () => {
    const answers = await Promise.all([1, 2].map(() => send('POST', '/-/', category('twice'), text)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const own = 'Category: os_tpl; scheme="http://schemas.ogf.org/occi/infrastructure#"';
    expect((await send('DELETE', '/-/', own, text)).status).toBe(403);
    expect((await send('DELETE', '/-/', category('nobody'), text)).status).toBe(404);
    expect((await send('DELETE', '/-/')).status).toBe(400);
  });
});

describe('the collection of a tag', () => {
  it('holds what is associated with it, which shows it', async () => {
    const tag = await newTag();
    expect((await send('POST', `/${tag}/`, locations('/compute/c1', '/cfp/shop'), text)).status).toBe(200);
    expect((await send('POST', `/${tag}/`, `${base()}/compute/c2\n`, { 'Content-Type': 'text/uri-list' })).status).toBe(200);
    expect(await uris(`/${tag}/`)).toEqual(['/cfp/shop', '/compute/c1', '/compute/c2']);
    expect(await uris(`/${tag}/?page=2&number=2`)).toEqual(['/compute/c2']);
    expect((await send('GET', '/compute/c1')).data).toContain(`Category: ${tag}; scheme="${scheme}"; class="mixin"\n`);
    expect((await send('GET', '/compute/', undefined, { Category: `${tag}; scheme="${scheme}"` })).data).toBe(
      `${locations('/compute/c1', '/compute/c2')}\n`,
    );
  });

  it('is replaced, as GET shows it in JSON, and emptied one by one or whole', async () => {
    const tag = await newTag();
    await send('POST', `/${tag}/`, locations('/compute/c1', '/compute/c2'), text);
    const three = (await send('GET', '/compute/?page=1&number=3', undefined, { Accept: 'application/occi+json' })).data;
    expect((await send('PUT', `/${tag}/`, three, { 'Content-Type': 'application/occi+json' })).status).toBe(200);
    expect(await uris(`/${tag}/`)).toEqual(['/compute/c1', '/compute/c2', '/compute/c3']);
    expect((await send('DELETE', `/${tag}/`, locations('/compute/c2'), text)).status).toBe(200);
    expect(await uris(`/${tag}/`)).toEqual(['/compute/c1', '/compute/c3']);
    expect((await send('DELETE', `/${tag}/`)).status).toBe(200);
    expect(await uris(`/${tag}/`)).toEqual([]);
    expect((await send('GET', '/compute/c1')).status).toBe(200);
  });

  it('takes all that are listed, or none', async () => {
    const tag = await newTag();
    const answer = await send('POST', `/${tag}/`, locations('/compute/c1', '/compute/none'), text);
    expect([answer.status, answer.data]).toEqual([404, expect.stringContaining('/compute/none does not exist')]);
    expect((await send('POST', `/${tag}/`, '', text)).status).toBe(400);
    expect(await uris(`/${tag}/`)).toEqual([]);
  });

  it('loses what is deleted', async () => {
    const tag = await newTag();
    await send('POST', `/${tag}/`, locations('/compute/c4', '/compute/c5'), text);
    await send('DELETE', '/compute/c4');
    world.computes.delete('c5');
    expect(await uris(`/${tag}/`)).toEqual([]);
  });

  it('of the Agency’s own mixins is not a client’s to change', async () => {
    expect((await send('PUT', '/brokered/', locations('/compute/c1'), text)).status).toBe(403);
    expect((await send('DELETE', '/brokered/')).status).toBe(403);
    expect((await send('POST', '/brokered/', locations('/cfp/shop'), text)).status).toBe(403);
    expect((await send('POST', '/os_tpl/debian-12/', locations('/compute/c1'), text)).status).toBe(400);
  });
});
