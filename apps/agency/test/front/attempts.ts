/** Requests that nobody should send, as fast-check makes them. */
import { entityFields, entityJson, toBody } from '@cloud-agency/occi';
import fc from 'fast-check';
import { entity, registry } from '../../../../libs/occi/test/arbitrary.js';

export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const locations = [...registry.kinds, ...registry.mixins].flatMap(({ location }) => location ?? []);
const collection = fc.oneof(
  fc.constantFrom('/', '/-/', '/compute/', '/network/', '/networkinterface/', '/policy/', '/cfp/', '/t/', '/u/'),
  fc.constantFrom(...locations),
  fc.constantFrom('/.well-known/org/ogf/occi/-/', '/os_tpl/', '/healthz', '/readyz', '/openapi.json', '/docs', '/nowhere'),
);
const query = fc.constantFrom(
  ...['', '', '', '?', '?action=stop', '?action=start', '?action=accept', '?action=', '?action=stop&action=start', '?page=2'],
  ...['?page=1&number=1000', '?number=1001', '?page=-1', '?page=1e99', '?number=%30', '?__proto__=1', '?%', '?=', '?&&&'],
);
/** What there is, and what lies beside it. */
const known = fc
  .record({ collection, id: fc.constantFrom('', '', '1', '2', '7', '1/', '1/document', '__proto__', '%31'), query })
  .map((path) => `${path.collection}${path.id}${path.query}`);
const word = fc.constantFrom(
  ...['compute', 'cfp', 'proposal', '-', 'c1', 'p1', 'shop', 'explanation', 'storage', '..', '%2e', '%2F', '%00', '%e2%82%ac'],
  ...['%zz', '~', 'constructor', '__proto__', '?', '&', 'action=', 'stop', 'page=', '1', '-1'],
);
const strange = fc.array(fc.oneof(word, fc.constant('/')), { maxLength: 8 }).map((words) => `/${words.join('')}`);

const visible = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .map((code) => String.fromCharCode(code))
    .filter((character) => !/\p{Cc}/u.test(character)),
  maxLength: 40,
});
const fragment = fc.constantFrom(
  ...['Category: ', 'compute', '; ', 'scheme="', 'http://schemas.ogf.org/occi/infrastructure#', '"', 'class=kind', 'a.b=', '1'],
  ...[
    'X-OCCI-Attribute: ',
    'X-OCCI-Location: ',
    'Link: ',
    '<',
    '>',
    ',',
    '\n',
    '{',
    '}',
    '"action":',
    '[',
    ']',
    'apiVersion: ',
    '\\',
  ],
);
const soup = fc.array(fc.oneof(fragment, visible), { maxLength: 12 }).map((parts) => parts.join(''));

const tag = (term: string): string => `Category: ${term}; scheme="http://t.example/#"; class="mixin"; location="/${term}/"`;
const renderings = fc.sample(entity(), { numRuns: 100, seed: 7 });
const whole = fc.constantFrom(
  ...renderings.map((one) => toBody(entityFields(one, registry))),
  ...renderings.map((one) => JSON.stringify(entityJson(one, registry))),
  ...['t', 'u'].map(tag),
  'Category: compute; scheme="http://schemas.ogf.org/occi/infrastructure#"',
  'X-OCCI-Attribute: occi.core.title="a"',
  'X-OCCI-Location: /compute/1',
  '/compute/1\n/network/1',
  '{"resources":[{"kind":"http://schemas.ogf.org/occi/infrastructure#compute","id":"1"}]}',
);
const damaged = fc
  .record({ body: whole, at: fc.nat(), length: fc.nat(5), instead: soup })
  .map(({ body, at, length, instead }) => {
    const from = at % (body.length + 1);
    return body.slice(0, from) + instead + body.slice(from + length);
  });

const type = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('text/plain', 'text/occi', 'application/json', 'application/occi+json', 'text/uri-list'),
  },
  fc.constantFrom(
    'application/yaml',
    '*/*',
    'text/html',
    'text/plain;q=x',
    ',',
    ';',
    'text/plain,text/occi',
    'TEXT/OCCI; charset=x',
  ),
  visible,
);
const value = soup.map((text) => text.replaceAll('\n', ' '));
const category = fc.constantFrom(
  'compute; scheme="http://schemas.ogf.org/occi/infrastructure#"; class="kind"',
  'stop; scheme="http://schemas.ogf.org/occi/infrastructure/compute/action#"; class="action"',
);
const headers = fc.record(
  {
    Accept: type,
    'Content-Type': type,
    Category: fc.oneof(category, value),
    'X-OCCI-Attribute': fc.oneof(fc.constant('occi.compute.cores=1'), value),
    'X-OCCI-Location': value,
    Link: value,
    Host: visible,
    'Last-Event-ID': value,
    Prefer: fc.oneof(fc.constantFrom('respond-async', 'wait=0', 'wait=x'), value),
    'If-Match': fc.oneof(fc.constantFrom('*', '"a"', ','), value),
    'If-None-Match': fc.oneof(fc.constantFrom('*', 'W/"a"'), value),
    Authorization: value,
    'User-Agent': fc.oneof(fc.constantFrom('x OCCI/1.1', 'x OCCI/1.2', 'x OCCI/'), value),
  },
  { requiredKeys: [] },
);

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const inlineLink = (to: string, kind: string): string =>
  `Link: </${to}/1>; rel="${infrastructure}${to}"; category="${infrastructure}${kind}"\n`;

/** What a client may well send, so that there is something to do the rest to. */
const sound: fc.Arbitrary<Attempt> = fc
  .record({
    of: fc.constantFrom(
      ['compute', 'occi.compute.cores=2'],
      ['network', 'occi.network.vlan=7'],
      ['storage', 'occi.storage.size=10'],
    ),
    request: fc.constantFrom(
      ...['POST /', 'POST /KIND/', 'POST /KIND/1', 'PUT /KIND/1', 'DELETE /KIND/1', 'GET /KIND/1', 'GET /KIND/'],
      ...['stop', 'start', 'restart', 'save', 'offline', 'online', 'down', 'up'].map((term) => `POST /KIND/1?action=${term}`),
    ),
    more: fc.constantFrom(
      '',
      'X-OCCI-Attribute: occi.core.title="“ü”"\n',
      'Category: t; scheme="http://t.example/#"\n',
      'Category: large; scheme="http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#"\n',
      inlineLink('network', 'networkinterface'),
      inlineLink('storage', 'storagelink'),
    ),
    headers,
  })
  .map(({ of: [kind = '', attribute = ''], request, more, headers: others }) => {
    const [method = '', path = ''] = request.replace('KIND', kind).split(' ');
    const body = `Category: ${kind}; scheme="${infrastructure}"\nX-OCCI-Attribute: ${attribute}\n${more}`;
    const { Prefer, Host } = others;
    const odd = { ...(Prefer === undefined ? {} : { Prefer }), ...(Host === undefined ? {} : { Host }) };
    return {
      method,
      path,
      headers: { 'Content-Type': 'text/plain', ...odd },
      body: method === 'GET' || path.includes('?') ? '' : body,
    };
  });
const tagging: fc.Arbitrary<Attempt> = fc
  .record({
    method: fc.constantFrom('POST', 'POST', 'PUT', 'DELETE'),
    path: fc.constantFrom('/-/', '/t/', '/u/'),
    term: fc.constantFrom('t', 'u'),
    id: fc.constantFrom('1', '2'),
  })
  .map(({ method, path, term, id }) => ({
    method,
    path,
    headers: { 'Content-Type': 'text/plain' },
    body: path === '/-/' ? tag(term) : `X-OCCI-Location: /compute/${id}`,
  }));

const odd: fc.Arbitrary<Attempt> = fc.record({
  method: fc.constantFrom(
    ...['GET', 'GET', 'HEAD', 'POST', 'POST', 'POST', 'POST', 'PUT', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'],
  ),
  path: fc.oneof({ weight: 3, arbitrary: known }, strange),
  headers,
  body: fc.oneof(fc.constant(''), whole, damaged, soup),
});

export const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 6, arbitrary: odd },
  { weight: 3, arbitrary: sound },
  { weight: 1, arbitrary: tagging },
);

/** Without a stream, which would not end. */
const wellFormed = attempt
  .filter(({ path }) => !path.startsWith('/events'))
  .map(({ method, path, headers: all, body }) => {
    const lines = Object.entries({ Host: 'h', ...all }).map(([name, one]) => `${name}: ${one}`);
    return Buffer.from(
      `${[`${method} ${path} HTTP/1.1`, ...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`,
    );
  });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 6 }).map((some) => Buffer.from(some)),
  fc
    .constantFrom(
      ...[
        '\r\n',
        '\n',
        '\r',
        '\0',
        ' ',
        ':',
        '\r\n\r\n',
        'HTTP/1.1',
        'HTTP/9.9',
        'GET / HTTP/1.1\r\n',
        'CONNECT a:1 HTTP/1.1\r\n\r\n',
      ],
      ...[
        'Content-Length: -1\r\n',
        'Content-Length: 99999999999\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Expect: 100-continue\r\n',
      ],
      ...[
        'Expect: x\r\n',
        'Upgrade: websocket\r\nConnection: upgrade\r\n',
        'Host:\r\n',
        'OPTIONS * HTTP/1.1\r\n\r\n',
        'ffffffffff\r\n',
        '0\r\n\r\n',
      ],
    )
    .map((text) => Buffer.from(text)),
);

/** Bytes that are nearly HTTP: requests one after the other, and something wrong in some places. */
export const wire: fc.Arbitrary<Buffer> = fc
  .record({
    requests: fc.array(wellFormed, { minLength: 1, maxLength: 3 }),
    changes: fc.array(fc.record({ at: fc.nat(), length: fc.nat(8), instead: bytes }), { maxLength: 4 }),
    end: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ requests, changes, end }) => {
    let all = Buffer.concat(requests);
    for (const { at, length, instead } of changes) {
      const from = at % (all.length + 1);
      all = Buffer.concat([all.subarray(0, from), instead, all.subarray(from + length)]);
    }
    return all.subarray(0, Math.ceil(all.length * end));
  });
