import { Validator } from '@seriousme/openapi-schema-validator';
import { categoryId } from '@cloud-agency/occi';
import { registry } from '../../../../libs/occi/test/arbitrary.js';
import { SmallSource } from './small-source.js';
import { openWorld, type World } from './world.js';

let world: World;
/** Where every kind is provided, one that is new as well, with all that can be done to it. */
let whole: World;
beforeAll(async () => {
  world = await openWorld();
  const bound = registry.kinds.filter(({ location }) => location !== undefined);
  whole = await openWorld({ sources: bound.map((kind) => new SmallSource(categoryId(kind), kind.actions)) });
});
afterAll(async () => {
  await Promise.all([world, whole].map(({ front }) => front.close()));
});

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}
interface Operation {
  readonly requestBody: { readonly content: object };
  readonly responses: { readonly 200: { readonly content: object } };
}
const verbs = ['get', 'post', 'put', 'delete'];
const document = async ({ http }: World) => JSON.parse((await http.get<string>('/openapi.json')).data) as Document;

describe.each([
  ['some kinds are', () => world],
  ['all kinds are', () => whole],
])('/openapi.json, where %s provided', (_, provided) => {
  it('is valid OpenAPI 3.1', async () => {
    const specification = await document(provided());
    expect(specification.openapi).toBe('3.1.0');
    expect(await new Validator().validate(specification as never)).toEqual({ valid: true });
  });

  it('tells of every path exactly the methods that the path has', async () => {
    const { paths } = await document(provided());
    for (const [path, item] of Object.entries(paths)) {
      const real = path.replace('{id}', 'c1').replace('{part}', 'explanation');
      const { headers } = await provided().http.options<string>(real);
      const allowed = String(headers.allow)
        .split(', ')
        .map((method) => method.toLowerCase())
        .filter((method) => verbs.includes(method));
      expect([
        path,
        Object.keys(item)
          .filter((method) => verbs.includes(method))
          .sort(),
      ]).toEqual([path, allowed.sort()]);
    }
  });

  it('has a path for each location of the query interface, and no operation twice', async () => {
    const { paths } = await document(provided());
    const locations = [...(await provided().http.get<string>('/-/')).data.matchAll(/location="([^"]*)"/g)].map(
      ([, location]) => location,
    );
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(locations));
    const ids = Object.values(paths).flatMap((item) => verbs.flatMap((verb) => item[verb]?.operationId ?? []));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('tells that work can be waited for, and in what a call may come', async () => {
  const { paths } = await document(whole);
  const prefer = { $ref: '#/components/parameters/prefer' };
  for (const path of ['/', '/compute/', '/compute/{id}', '/policy/', '/cfp/'])
    expect(paths[path]?.post).toMatchObject({ parameters: expect.arrayContaining([prefer]) as unknown });
  const post = paths['/cfp/']?.post as { readonly requestBody?: { readonly content: object } };
  expect(Object.keys(post.requestBody?.content ?? {})).toEqual(
    expect.arrayContaining(['application/yaml', 'application/vnd.cloud-agency.cfp+json', 'application/occi+json', 'text/plain']),
  );
});

it('/openapi.json names the documents that calls are made of and given back as', async () => {
  const { paths } = (await document(world)) as unknown as {
    readonly paths: Readonly<Record<string, { readonly get: Operation; readonly post: Operation }>>;
  };
  const types = ['application/yaml', 'application/vnd.cloud-agency.cfp+json', 'application/wsag+xml'];
  expect(Object.keys(paths['/cfp/']?.post.requestBody.content ?? {})).toEqual(expect.arrayContaining(types));
  expect(Object.keys(paths['/cfp/{id}']?.get.responses[200].content ?? {})).toEqual(expect.arrayContaining(types));
  expect(Object.keys(paths['/webhook/']?.post.requestBody.content ?? {})).not.toContain('application/wsag+xml');
});

it('/docs shows it without anything from elsewhere', async () => {
  const { data, headers } = await world.http.get<string>('/docs');
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(data).toContain('<code>/compute/{id}</code>');
  expect(data).not.toMatch(/<script|src=|href="http/);
});
