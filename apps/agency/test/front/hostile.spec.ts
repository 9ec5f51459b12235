import fc from 'fast-check';
import { request } from 'node:http';
import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const send = ({ method, path, headers, body }: Attempt): Promise<{ status: number; text: string; type: string | undefined }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.front.url);
    const sent = request(
      { hostname, port, method, path, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            type: response.headers['content-type'],
          });
        });
      },
    );
    sent.on('error', reject).end(body);
  });

const word = fc.constantFrom(
  'compute',
  'cfp',
  'proposal',
  '-',
  'c1',
  'p1',
  'shop',
  'explanation',
  'storage',
  '..',
  '%2e',
  '%2F',
  '%00',
  '%e2%82%ac',
  '%zz',
  '~',
  'constructor',
  '__proto__',
  '?',
  '&',
  'action=',
  'stop',
  'page=',
  '1',
  '-1',
);
const path = fc.array(fc.oneof(word, fc.constant('/')), { maxLength: 8 }).map((words) => `/${words.join('')}`);
const visible = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .map((code) => String.fromCharCode(code))
    .filter((character) => !/\p{Cc}/u.test(character)),
  maxLength: 40,
});
const fragment = fc.constantFrom(
  'Category: ',
  'compute',
  '; ',
  'scheme="',
  'http://schemas.ogf.org/occi/infrastructure#',
  '"',
  'class=kind',
  'X-OCCI-Attribute: ',
  'a.b=',
  '1',
  ',',
  '\n',
  '{',
  '}',
  '"action":',
  '[',
  ']',
  'apiVersion: ',
  '\\',
);
const soup = fc.array(fc.oneof(fragment, visible), { maxLength: 12 }).map((parts) => parts.join(''));
const type = fc.oneof(
  fc.constantFrom(
    'text/plain',
    'text/occi',
    'application/json',
    'application/occi+json',
    'application/yaml',
    'text/uri-list',
    '*/*',
    'text/html',
    'text/plain;q=x',
    ',',
    ';',
  ),
  visible,
);
const value = soup.map((text) => text.replaceAll('\n', ' '));
const headers = fc.record(
  {
    Accept: type,
    'Content-Type': type,
    Category: value,
    'X-OCCI-Attribute': value,
    'X-OCCI-Location': value,
    Link: value,
    Host: visible,
    'Last-Event-ID': value,
  },
  { requiredKeys: [] },
);
const attempt: fc.Arbitrary<Attempt> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'),
  path,
  headers,
  body: fc.oneof(fc.constant(''), soup),
});

describe('whatever is sent', () => {
  it('is answered, typed, without a server error or a stack', async () => {
    await fc.assert(
      fc.asyncProperty(attempt, async (one) => {
        const { status, text, type: sent } = await send(one);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
        expect(sent).toBeDefined();
        expect(text).not.toMatch(/\bat .*\.[jt]s:\d+/);
      }),
      { numRuns: 200 },
    );
  });
});
