import { parseCall, renderOffer, toJson } from '@cloud-agency/sla';
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
const offerInJson = toJson(renderOffer(parseCall(offer).call, { id: 'o-1', replyBy: '2026-01-01T00:00:05Z' }));
const types = {
  yaml: 'application/yaml',
  json: 'application/vnd.cloud-agency.cfp+json',
  wsag: 'application/wsag+xml',
  wsagJson: 'application/wsag+json',
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
    [types.wsagJson, offerInJson],
  ])('that came as %s is given back in it word for word', async (type, document) => {
    const url = await submitted(document, type);
    expect(world.submitted.at(-1)).toBe(document);
    const { status, data, headers } = await get(url, type);
    expect([status, headers['content-type'], data]).toEqual([200, type, document]);
  });

  it.each(Object.values(types))('is given in any type for a call that came as %s, and means the same', async (type) => {
    const document = { [types.yaml]: yaml, [types.json]: json, [types.wsag]: offer, [types.wsagJson]: offerInJson }[type] ?? '';
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

it.each([
  [types.wsag, yaml, 'The body is not XML, though its Content-Type is application/wsag+xml'],
  [types.wsagJson, yaml, 'The body is not an offer in JSON, though its Content-Type is application/wsag+json'],
  [types.wsagJson, json, 'The body is not an offer in JSON, though its Content-Type is application/wsag+json'],
  [types.wsagJson, offer, 'The body is not an offer in JSON, though its Content-Type is application/wsag+json'],
])('what is sent as %s and is not that is refused for what it is', async (type, document, message) => {
  const { status, data } = await world.http.post<string>('/cfp/', document, { headers: { 'Content-Type': type } });
  expect([status, data]).toEqual([400, expect.stringContaining(message)]);
});

it('a client that speaks WS-Agreement alone gets its offer back, and what is told once in the headers', async () => {
  const headers = { 'Content-Type': types.wsag, Accept: types.wsag };
  const answer = await world.http.post<string>('/cfp/', offer, { headers });
  expect([answer.status, answer.headers['content-type'], answer.data]).toEqual([201, types.wsag, offer]);
  expect(answer.headers.location).toMatch(/\/cfp\/n\d+$/);
  expect(answer.headers['x-occi-attribute']).toContain('agency.cfp.webhook_secrets="http://127.0.0.1:9/h whsec_x"');
});

it('an offer in JSON may come as plain JSON', async () => {
  const url = await submitted(offerInJson, 'application/json');
  expect((await get(url, types.wsagJson)).data).toBe(offerInJson);
});

describe('an agreement template', () => {
  const template = readFileSync('data/wsag/templates/web-shop.xml', 'utf8');

  it('is a mixin that depends on agreement_tpl, and a document at its location', async () => {
    const { data } = await world.http.get<string>('/-/');
    expect(data).toContain(
      'Category: web-shop; scheme="http://schemas.cloud-agency.dev/occi/agreement_tpl#"; class="mixin"; title="web-shop"; rel="http://schemas.ogf.org/occi/sla#agreement_tpl"; location="/agreement_tpl/web-shop/"',
    );
    const shown = await get('/agreement_tpl/web-shop/', types.wsag);
    expect([shown.status, shown.headers['content-type'], shown.data]).toEqual([200, types.wsag, template]);
    const again = await get('/agreement_tpl/web-shop/', types.wsag, { 'If-None-Match': String(shown.headers.etag) });
    expect(again.status).toBe(304);
    const inJson = JSON.parse((await get('/agreement_tpl/web-shop/', types.wsagJson)).data) as object;
    expect(inJson).toMatchObject({ 'wsag:Template': { '@wsag:TemplateId': 'web-shop' } });
  });

  it('lists the agreements made from it to whoever asks for those', async () => {
    const { status, data, headers } = await get('/agreement_tpl/web-shop/', '*/*');
    expect([status, data, headers['content-type']]).toEqual([200, '', 'text/plain; charset=utf-8']);
    expect((await get('/agreement_tpl/none/', types.wsag)).status).toBe(404);
    expect((await get('/agreement_tpl/', types.wsag)).status).toBe(406);
  });
});
