/** A call for proposals in an OCCI rendering (OCCI.md 4), and attributes that are objects. */
import type { AxiosResponse } from 'axios';
import { openWorld, type World } from './world.js';

const kind = 'http://schemas.cloud-agency.dev/occi/agency#cfp';
const category = 'Category: cfp; scheme="http://schemas.cloud-agency.dev/occi/agency#"; class="kind"';
const document = {
  apiVersion: 'cloud-agency/v1',
  kind: 'CallForProposals',
  name: 'shop',
  resources: { 'the "web"': { kind: 'compute', require: { cores: '>= 1, <= 4; \\ü' } } },
};
const quoted = (value: unknown): string => JSON.stringify(value).replace(/[\\"]/g, '\\$&');
const attribute = (value: unknown): string => `agency.cfp.document="${quoted(value)}"`;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

const post = (
  path: string,
  data: string | undefined,
  type: string,
  headers: Record<string, string> = {},
): Promise<AxiosResponse<string>> =>
  world.http.request<string>({
    method: 'POST',
    url: path,
    headers: { 'Content-Type': type, ...headers },
    ...(data === undefined ? {} : { data }),
  });
const inJson = (attributes: object, more: object = {}): string => JSON.stringify({ kind, attributes, ...more });
const submitted = (): unknown => JSON.parse(world.submitted.at(-1) ?? 'null');

it.each([
  ['text/plain', '/cfp/', `${category}\nX-OCCI-Attribute: ${attribute(document)}\n`],
  ['text/plain', '/', `${category}\nX-OCCI-Attribute: ${attribute(document)}\n`],
  ['text/occi+plain', '/cfp/', `${category}\nX-OCCI-Attribute: agency.cfp.name="shop", ${attribute(document)}\n`],
  ['application/occi+json', '/cfp/', inJson({ 'agency.cfp.document': document })],
  ['application/occi+json', '/', inJson({ 'agency.cfp.document': document })],
  ['application/json', '/cfp/', inJson({ 'agency.cfp.document': document })],
  ['application/json', '/cfp/', inJson({ 'agency.cfp.document': JSON.stringify(document) })],
])('as %s at %s opens a call as its document would, %j', async (type, path, body) => {
  const { status, headers, data } = await post(path, body, type);
  expect([status, submitted()]).toEqual([201, document]);
  expect(headers.location).toBe(`${world.front.url.slice(0, -1)}/cfp/n${world.submitted.length}`);
  expect(data).toContain('X-OCCI-Attribute: agency.cfp.webhook_secrets="http://127.0.0.1:9/h whsec_x"\n');
});

it('comes in headers too', async () => {
  const plain = { ...document, resources: {} };
  const headers = { Category: category.slice('Category: '.length), 'X-OCCI-Attribute': attribute(plain) };
  expect([(await post('/cfp/', undefined, 'text/occi', headers)).status, submitted()]).toEqual([201, plain]);
});

it('gives its name to a document without one', async () => {
  const { name, ...nameless } = document;
  await post('/cfp/', inJson({ 'agency.cfp.document': nameless, 'agency.cfp.name': name }), 'application/json');
  expect(submitted()).toEqual(document);
  await post('/cfp/', inJson({ 'agency.cfp.document': nameless }, { title: name }), 'application/json');
  expect(submitted()).toEqual(document);
});

it.each([
  ['text/plain', category, 400, 'agency.cfp.document is required.'],
  ['text/plain', `${category}\nX-OCCI-Attribute: agency.cfp.document="{oops"`, 400, 'agency.cfp.document must be a JSON object'],
  ['text/plain', `${category}\nX-OCCI-Attribute: agency.cfp.document="[1]"`, 400, 'agency.cfp.document must be a JSON object'],
  ['text/plain', `${category}\nX-OCCI-Attribute: agency.cfp.document=7`, 400, 'agency.cfp.document must be a JSON object'],
  ['application/json', inJson({ 'agency.cfp.document': 'apiVersion: x' }), 400, 'agency.cfp.document must be a JSON object'],
  ['application/json', inJson({ 'agency.cfp.document': '['.repeat(200) }), 400, 'agency.cfp.document must be a JSON object'],
  ['application/json', inJson({ 'agency.cfp.document': document, 'agency.cfp.name': 'other' }), 400, 'Give one of them.'],
  ['application/json', inJson({ 'agency.cfp.document': { name: 'wrong' } }), 400, 'Invalid document'],
  [
    'application/json',
    inJson({ 'agency.cfp.document': document, 'agency.cfp.state': 'open' }),
    403,
    'is set by the Agency alone',
  ],
  ['text/plain', 'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"', 400, 'this is one of'],
])('as %s %s is refused with %i', async (type, body, status, message) => {
  const before = world.submitted.length;
  const answer = await post('/cfp/', body, type);
  expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
  expect(world.submitted).toHaveLength(before);
});

it('can be sent back as it was shown: the path of an object means the object', async () => {
  const { data } = await world.http.get<string>('/cfp/shop');
  expect(data).toContain('agency.cfp.document="/cfp/shop/document"');
  const { status } = await world.http.put('/cfp/shop', data, { headers: { 'Content-Type': 'text/plain' } });
  expect(status).toBe(200);
  const other = data.replace('/cfp/shop/document', '/cfp/other/document');
  expect((await world.http.put('/cfp/shop', other, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(403);
});
