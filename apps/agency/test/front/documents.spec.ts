import { parseCall } from '@cloud-agency/sla';
import { readFileSync } from 'node:fs';
import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const yaml = `# ours\napiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources: { web: { kind: compute, count: 2 } }\n`;
const notified = `${yaml}notify: [{ url: 'http://127.0.0.1:9/h', secret: ${secret} }]\n`;
const json = JSON.stringify({
  apiVersion: 'cloud-agency/v1',
  kind: 'CallForProposals',
  name: 'shop',
  resources: { web: { kind: 'compute', count: 2 } },
});
const offer = readFileSync('examples/web-shop.wsag.xml', 'utf8');
const types = {
  yaml: 'application/yaml',
  json: 'application/vnd.cloud-agency.cfp+json',
  wsag: 'application/wsag+xml',
};

async function submitted(document: string, type: string): Promise<string> {
  const { status, headers } = await world.http.post<string>('/cfp/', document, { headers: { 'Content-Type': type } });
  expect(status).toBe(201);
  return String(headers.location);
}
const get = async (url: string, accept: string, headers: Record<string, string> = {}) =>
  await world.http.get<string>(url, { headers: { Accept: accept, ...headers } });

describe('the document of a call', () => {
  it.each([
    [types.yaml, yaml],
    [types.json, json],
    [types.wsag, offer],
  ])('that came as %s is given back in it word for word', async (type, document) => {
    const url = await submitted(document, type);
    expect(world.submitted.at(-1)).toBe(document);
    const { status, data, headers } = await get(url, type);
    expect([status, headers['content-type'], data]).toEqual([200, type, document]);
  });

  it.each(Object.values(types))('is given in any type for a call that came as %s, and means the same', async (type) => {
    const document = { [types.yaml]: yaml, [types.json]: json, [types.wsag]: offer }[type] ?? '';
    const url = await submitted(document, type);
    const { call } = parseCall(document);
    for (const wanted of Object.values(types)) {
      const { data, headers } = await get(url, wanted);
      expect(headers['content-type']).toBe(wanted);
      expect(parseCall(data).call).toEqual(call);
    }
  });

  it('is given only where it is asked for', async () => {
    const url = await submitted(offer, types.wsag);
    expect((await get(url, '*/*')).headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await get(url, 'application/*')).headers['content-type']).toBe('application/occi+json');
    expect((await get(url, 'application/wsag+xml;q=0.1, application/occi+json')).headers['content-type']).toBe(
      'application/occi+json',
    );
    expect((await get('/compute/c1', types.wsag)).status).toBe(406);
    expect((await get('/cfp/none', types.wsag)).status).toBe(404);
    expect((await get('/cfp/', types.wsag)).status).toBe(406);
  });

  it('has a tag, and is not sent again while nothing changes', async () => {
    const url = await submitted(offer, types.wsag);
    const { headers } = await get(url, types.wsag);
    const again = await get(url, types.wsag, { 'If-None-Match': String(headers.etag) });
    expect([again.status, again.data]).toEqual([304, '']);
    expect((await get(url, types.yaml)).headers.etag).not.toBe(headers.etag);
  });

  it.each([
    ['as written', notified],
    ['spelt in another way', notified.replace(`secret: ${secret}`, `secret: "\\x77${secret.slice(1)}"`)],
  ])('keeps the secrets of webhooks to itself, %s', async (_, document) => {
    const url = await submitted(document, types.yaml);
    for (const type of Object.values(types)) {
      const { status, data } = await get(url, type);
      expect(status).toBe(200);
      expect(data).not.toContain(secret.slice(6));
    }
    expect((await get(url, types.yaml)).data).toContain('[secret]');
  });
});

it('an offer that is no XML is refused for what it is', async () => {
  const { status, data } = await world.http.post<string>('/cfp/', yaml, { headers: { 'Content-Type': types.wsag } });
  expect([status, data]).toEqual([
    400,
    expect.stringContaining('The body is not XML, though its Content-Type is application/wsag+xml'),
  ]);
});
