/** What a client of the Slicehost face gets. */
import type { Account } from '@cloud-agency/runtime';
import { childOf, childrenOf, type MarkupElement, parseMarkup, textOfChild } from '../src/faces/markup.js';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let account: Account;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['slicehost'] });
  account = await testbed.account('slicehost');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

interface Answer {
  readonly status: number;
  readonly root: MarkupElement | undefined;
  readonly text: string;
  readonly retryAfter: unknown;
}

async function ask(method: string, path: string, body?: string, user = credentialOf(account, 'api_key')): Promise<Answer> {
  const { status, data, headers } = await testbed.http.request<string>({
    method,
    url: `${endpointOf(account)}${path}`,
    auth: { username: user, password: '' },
    headers: { 'content-type': 'application/xml' },
    data: body,
    responseType: 'text',
  });
  return { status, root: parseMarkup(data) ?? undefined, text: data, retryAfter: headers['retry-after'] };
}

const wish = (change: Readonly<Record<string, string>> = {}): string => {
  const members = Object.entries({ name: 'web', 'flavor-id': '1', 'image-id': '2', ...change });
  return `<slice>${members.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</slice>`;
};
const make = async (change: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { root } = await ask('POST', '/slices.xml', wish(change));
  return present(textOfChild(root, 'id'), 'slice');
};
const becomes = (id: string, status: string): Promise<Answer> =>
  until(
    () => ask('GET', `/slices/${id}.xml`),
    ({ root }) => textOfChild(root, 'status') === status,
  );

it('tells flavors with their price in cents a month, and images', async () => {
  const { root } = await ask('GET', '/flavors.xml');
  expect(root).toMatchObject({ name: 'flavors', attributes: { type: 'array' } });
  const [first] = childrenOf(root, 'flavor');
  expect(['name', 'price', 'ram'].map((name) => textOfChild(first, name))).toEqual(['256 slice', '2000', '256']);
  expect(childOf(first, 'id')).toMatchObject({ text: '1', attributes: { type: 'integer' } });
  const images = childrenOf((await ask('GET', '/images.xml')).root, 'image');
  expect(images.map((image) => textOfChild(image, 'name'))).toContain('Debian 12');
});

it('builds a slice, whose password is told once; it answers, and goes', async () => {
  const { status, root } = await ask('POST', '/slices.xml', wish());
  expect(status).toBe(201);
  expect(textOfChild(root, 'root-password')).toMatch(/./);
  const id = present(textOfChild(root, 'id'), 'slice');
  const active = (await becomes(id, 'active')).root;
  expect(textOfChild(active, 'root-password')).toBeUndefined();
  expect(textOfChild(active, 'progress')).toBe('100');
  const addresses = childrenOf(childOf(active, 'addresses'), 'address').map(({ text }) => text);
  expect(addresses).toEqual([textOfChild(active, 'ip-address')]);
  expect(await probe(addresses[0] ?? '')).toMatchObject({ instance: id, type: '256 slice' });
  expect((await ask('PUT', `/slices/${id}/destroy.xml`)).status).toBe(200);
  await until(
    () => ask('GET', `/slices/${id}.xml`),
    (answer) => answer.status === 404,
  );
  expect((await ask('PUT', `/slices/${id}/destroy.xml`)).status).toBe(404);
});

it('lists the slices that there are', async () => {
  const ids = [await make({ name: 'listed-1' }), await make({ name: 'listed-2' })];
  const { root } = await ask('GET', '/slices.xml');
  expect(root?.name).toBe('slices');
  expect(childrenOf(root, 'slice').map((slice) => textOfChild(slice, 'id'))).toEqual(expect.arrayContaining(ids));
});

it.each(['reboot', 'hard_reboot'])('does a %s of a slice that is active, and of no other', async (action) => {
  const id = await make();
  await becomes(id, 'active');
  expect(textOfChild((await ask('PUT', `/slices/${id}/${action}.xml`)).root, 'status')).toBe('reboot');
  expect((await ask('PUT', `/slices/${id}/${action}.xml`)).status).toBe(409);
  await becomes(id, 'active');
});

it('shows a slice that could not be built as terminated before it was whole', async () => {
  await testbed.fault({ cloud: 'slicehost', fault: 'boot-error' });
  const id = await make();
  const { root } = await becomes(id, 'terminated');
  expect(Number(textOfChild(root, 'progress'))).toBeLessThan(100);
  expect((await ask('PUT', `/slices/${id}/destroy.xml`)).status).toBe(409);
});

it.each([
  ['no-capacity', 422, /no capacity/],
  ['quota', 422, /slice limit/],
  ['server-error', 500, /Internal Server Error/],
  ['region-down', 503, /maintenance/],
  ['rate-limit', 429, /Rate limit/],
  ['revoked', 401, /Access denied/],
])('tells %s apart', async (fault, status, words) => {
  await testbed.fault({ cloud: 'slicehost', fault, ...(fault === 'rate-limit' ? { retry_after: 7 } : {}) });
  const answer = await ask('POST', '/slices.xml', wish());
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(words);
  expect(answer.retryAfter).toBe(fault === 'rate-limit' ? '7' : undefined);
});

it.each([
  ['a slice without a name', { name: '' }, 422],
  ['a name that is none', { name: 'no such name' }, 422],
  ['a slice without a flavor', { 'flavor-id': '' }, 422],
  ['a flavor that there is not', { 'flavor-id': '99' }, 404],
  ['an image that there is not', { 'image-id': '99' }, 404],
])('refuses %s', async (_, change, status) => {
  const answer = await ask('POST', '/slices.xml', wish(change));
  expect(answer.status).toBe(status);
  expect(textOfChild(answer.root, 'error')).toMatch(/./);
});

it('lets nobody in without the key, which is a user without a password', async () => {
  expect(await ask('GET', '/slices.xml', undefined, 'not-the-one')).toMatchObject({
    status: 401,
    text: 'HTTP Basic: Access denied.\n',
  });
  expect((await ask('GET', '/slices/1.xml')).status).toBe(404);
});
