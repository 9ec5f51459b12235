import type { HttpAsk } from '@cloud-agency/sla';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { systemClock } from '@cloud-agency/runtime';
import { certificateFor } from './certificates.js';
import { bad, closed, good, listening, probed } from './probing.js';

let server: Server;
let port: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request, response);
  });
  port = await listening(server);
});
afterAll(() => closed(server));

const url = (path = '/'): string => `http://{address}:${String(port)}${path}`;
const asking = async (ask: Omit<HttpAsk, 'url'>, path?: string) => await probed({ http: { url: url(path), ...ask } });
const saying = (body: string, status = 200) => {
  answer = (_, response) => response.writeHead(status).end(body);
};

it('takes a URL alone for a GET that is answered by 2xx', async () => {
  saying('fine');
  expect(await probed({ http: url() })).toEqual({ ...good, detail: 'HTTP 200' });
  saying('gone', 404);
  expect(await probed({ http: url() })).toEqual(bad('HTTP 404'));
});

it('sends what it is told to, under the name that it is given', async () => {
  let got: unknown;
  answer = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got = { method: request.method, url: request.url, key: request.headers['x-key'], host: request.headers.host, body };
      response.end();
    });
  };
  await asking({ method: 'POST', headers: { 'X-Key': 'secret', Host: 'shop.example' }, send: '{"ping":1}' }, '/a?b=c');
  expect(got).toEqual({ method: 'POST', url: '/a?b=c', key: 'secret', host: 'shop.example', body: '{"ping":1}' });
});

it.each([
  [200, undefined, true],
  [204, [200, 204], true],
  [503, ['2xx', 503], true],
  [200, [204], false],
  [301, ['3xx'], true],
] as const)('judges the status %s against %s', async (status, expected, ok) => {
  answer = (_, response) => response.writeHead(status).end();
  expect(await asking(expected ? { status: expected } : {})).toMatchObject({ ok });
});

it.each([
  ['contains', { contains: 'up' }, 'all up', undefined],
  ['contains', { contains: 'up' }, 'down', 'HTTP 200: its body does not contain "up"'],
  ['matches', { matches: '^all (up|fine)$' }, 'all fine', undefined],
  ['matches', { matches: '^(a+)+$' }, `${'a'.repeat(40_000)}!`, 'HTTP 200: its body does not match ^(a+)+$'],
  ['json', { json: { path: '$.db.up', equals: 'true' } }, '{"db":{"up":true}}', undefined],
  ['json', { json: { path: "$.nodes[1]['the state']", equals: 'ok' } }, '{"nodes":[1,{"the state":"ok"}]}', undefined],
  ['json', { json: { path: '$.free', equals: '1.50' } }, '{"free":1.5}', undefined],
  ['json', { json: { path: '$.db.up', equals: 'true' } }, '{"db":{"up":false}}', 'HTTP 200: $.db.up is false, not true'],
  ['json', { json: { path: '$.__proto__', equals: 'x' } }, '{}', 'HTTP 200: its body has no $.__proto__'],
  ['json', { json: { path: '$.db', equals: 'x' } }, '<html>', 'HTTP 200: its body is not JSON'],
])('holds the body against what it %s: %j', async (_, body, text, detail) => {
  saying(text);
  expect(await asking({ body })).toEqual(detail === undefined ? { ...good, detail: 'HTTP 200' } : bad(detail));
});

it('looks at no more of a body than is bounded, and has none that does not end', async () => {
  saying(`${' '.repeat(70_000)}needle`);
  expect(await asking({ body: { contains: 'needle' } })).toMatchObject({ ok: false });
  answer = (_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  };
  expect(await asking({})).toEqual(bad('an answer of more than 1024 KiB'));
});

it('follows redirections to the machine itself, as many as it may, and none to elsewhere', async () => {
  answer = (request, response) => {
    const [, left = '0'] = /^\/(\d+)/.exec(request.url ?? '') ?? [];
    if (left === '0') response.end('there');
    else response.writeHead(302, { Location: `/${String(Number(left) - 1)}` }).end();
  };
  expect(await asking({ redirects: 2, body: { contains: 'there' } }, '/2')).toMatchObject(good);
  expect(await asking({ redirects: 2 }, '/3')).toEqual(bad('HTTP 302'));
  answer = (_, response) => response.writeHead(302, { Location: `http://127.0.0.2:${String(port)}/` }).end();
  expect(await asking({ redirects: 2 })).toEqual(bad(`HTTP 302 to elsewhere: 127.0.0.2:${String(port)}`));
  expect(await asking({ status: [302] })).toMatchObject(good);
});

it('asks nobody but the machine, whatever the URL', async () => {
  saying('fine');
  expect(await probed({ http: `http://127.0.0.2:${String(port)}/{address}` })).toMatchObject({ ok: false });
  expect(await probed({ http: `http://{address}@127.0.0.2:${String(port)}/` })).toMatchObject({ ok: false });
  expect(await probed({ http: 'ftp://{address}/' })).toMatchObject({ ok: false });
});

it('counts what does not answer in time as failed', async () => {
  answer = () => undefined;
  expect(await probed({ http: url() }, { timeout: 50 })).toEqual(bad('no answer within 50 ms'));
});

it('says that it could not measure, when it was held up itself', async () => {
  answer = () => undefined;
  const clock = { now: () => Date.now(), after: (ms: number, task: () => void) => systemClock.after(ms + 400, task) };
  expect(await probed({ http: url() }, { timeout: 10, clock })).toEqual({
    unmeasured: expect.stringMatching(/held up itself, by \d+ ms/) as string,
  });
});

describe('over TLS', () => {
  const certificate = certificateFor('DNS:shop.example,IP:127.0.0.1', 10);
  const asked: (string | undefined)[] = [];
  const secure = createTlsServer({ ...certificate, minVersion: 'TLSv1.2' }, (request, response) => {
    asked.push(request.headers.host);
    response.end('fine');
  });
  let securePort: number;
  beforeAll(async () => {
    securePort = await listening(secure);
  });
  afterAll(() => closed(secure));
  const overTls = async (tls: HttpAsk['tls'], more = {}) =>
    await probed({ http: { url: `https://{address}:${String(securePort)}/`, ...(tls && { tls }) } }, more);
  const days = (value: unknown): number => (value as { certificateDays: number }).certificateDays;

  it('trusts no certificate that nobody known has issued, unless it is told to', async () => {
    expect(await overTls(undefined)).toEqual(bad('self-signed certificate'));
    const found = await overTls({ verify: false });
    expect(found).toMatchObject(good);
    expect(days(found)).toBeGreaterThan(9.9);
    expect(days(found)).toBeLessThanOrEqual(10);
    expect(await overTls({ ca: certificate.cert })).toMatchObject(good);
  });

  it('holds the certificate against the name that it asks for', async () => {
    expect(await overTls({ ca: certificate.cert, serverName: 'shop.example' })).toMatchObject(good);
    expect(asked.at(-1)).toBe(`shop.example:${String(securePort)}`);
    expect(await overTls({ ca: certificate.cert, serverName: 'other.example' })).toEqual(
      bad(expect.stringContaining('does not match')),
    );
  });

  it('fails when the certificate ends too soon, or has ended', async () => {
    expect(await overTls({ ca: certificate.cert, validFor: 5 * 86_400_000 })).toMatchObject(good);
    expect(await overTls({ ca: certificate.cert, validFor: 14 * 86_400_000 })).toMatchObject({
      ok: false,
      detail: 'HTTP 200: the certificate is valid for 10.0 more days, not 14.0',
      certificateDays: expect.any(Number) as number,
    });
    const later = { ...systemClock, now: () => Date.now() + 12 * 86_400_000 };
    expect(days(await overTls({ verify: false }, { clock: later }))).toBeCloseTo(-2, 2);
  });
});
