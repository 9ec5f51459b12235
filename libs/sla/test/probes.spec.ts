import { AgencyError } from '@cloud-agency/errors';
import { jsonPathSteps, jsonValueAt, parseCall, type Probe } from '../src/index.js';

const head = 'apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources: { web: { kind: compute } }\nprobes:\n';
const probesOf = (...written: readonly string[]): readonly Probe[] =>
  parseCall(`${head}${written.map((probe) => `  - ${probe}\n`).join('')}`).call.probes;

function refusalOf(probe: string): string {
  try {
    probesOf(probe);
  } catch (error) {
    if (error instanceof AgencyError && error.code === 'invalid-document') return error.message;
  }
  throw new Error('it was not refused');
}

const timing = { every: 10_000, timeout: 2_000, failures: 2 };

describe('a probe', () => {
  it('may be written short', () => {
    expect(
      probesOf('{ of: web, http: "http://{address}:8080/health", every: 5 s, failures: 3 }', '{ of: web, tcp: 5432 }'),
    ).toEqual([
      { of: 'web', http: 'http://{address}:8080/health', ...timing, every: 5_000, failures: 3 },
      { of: 'web', tcp: { port: 5432 }, ...timing },
    ]);
  });

  it('may say all that is expected', () => {
    const full = `of: web
    http:
      url: https://{address}/health
      method: POST
      headers: { X-Key: abc }
      send: ping
      status: [200, 204, 3xx]
      body: { contains: ok, matches: "^all", json: { path: $.db.up, equals: true } }
      redirects: 2
      tls: { verify: false, valid_for: 14 d, server_name: shop.example.com }`;
    expect(probesOf(full)[0]).toEqual({
      of: 'web',
      http: {
        url: 'https://{address}/health',
        method: 'POST',
        headers: { 'X-Key': 'abc' },
        send: 'ping',
        status: [200, 204, '3xx'],
        body: { contains: 'ok', matches: '^all', json: { path: '$.db.up', equals: 'true' } },
        redirects: 2,
        tls: { verify: false, validFor: 14 * 86_400_000, serverName: 'shop.example.com' },
      },
      ...timing,
    });
    expect(
      probesOf(
        '{ of: web, tcp: { port: 25, expect: "220 " } }',
        '{ of: web, dns: { name: shop.example.com, answers: "{address}" } }',
        '{ of: web, dns: { name: example.com, type: MX, resolver: 9.9.9.9 } }',
        '{ of: web, icmp: {} }',
      ),
    ).toEqual([
      { of: 'web', tcp: { port: 25, expect: '220 ' }, ...timing },
      { of: 'web', dns: { name: 'shop.example.com', type: 'A', answers: ['{address}'] }, ...timing },
      { of: 'web', dns: { name: 'example.com', type: 'MX', resolver: '9.9.9.9' }, ...timing },
      { of: 'web', icmp: { packets: 1 }, ...timing },
    ]);
  });

  it.each([
    ['{ of: web }', /does not say what is probed.*http, tcp, dns, icmp/],
    ['{ of: web, tcp: 22, icmp: {} }', /it probes by tcp already/],
    [
      '{ of: web, http: { url: "http://{address}/", status: 999 } }',
      /probes\[0\]\.http\.status: must be a status from 100 to 599/,
    ],
    ['{ of: web, http: { url: "http://{address}/", stauts: 200 } }', /did you mean status/],
    ['{ of: web, http: { url: "http://{address}/", body: { matches: "(a" } } }', /not a regular expression/],
    ['{ of: web, http: { url: "http://{address}/", body: { matches: "(?=a)" } } }', /not a regular expression.*RE2/],
    ['{ of: web, http: { url: "http://{address}/", body: {} } }', /nothing is expected of the body/],
    [
      '{ of: web, http: { url: "http://{address}/", body: { json: { path: "$..a", equals: 1 } } } }',
      /not a path to one JSON value/,
    ],
    ['{ of: web, http: { url: "http://{address}/", method: HEAD, body: { contains: a } } }', /HEAD has no body/],
    ['{ of: web, http: { url: "http://{address}/", tls: { verify: false } } }', /no TLS where the URL begins with http:/],
    ['{ of: web, http: { url: "http://{address}/", headers: { Content-Length: 5 } } }', /Content-Length cannot be set/],
    ['{ of: web, http: { url: "http://{address}/", headers: { X-Key: "a\\nb" } } }', /value of a header/],
    ['{ of: web, tcp: 70000 }', /a whole number from 1 to 65535/],
    ['{ of: web, dns: { name: "no name" } }', /not a domain name/],
    ['{ of: web, dns: { name: a.example, resolver: 9.9.9.9, port: 5353 } }', /on port 53/],
    ['{ of: web, icmp: { packets: 6 } }', /a whole number from 1 to 5/],
  ])('is refused with a reason: %s', (written, reason) => {
    expect(refusalOf(written)).toMatch(reason);
  });

  it.each([
    'http://example.com/{address}',
    'http://{address}.example.com/',
    'http://{address}@example.com/',
    'http://{address}:8080@example.com/',
    'http://{address}:99999/',
    'https://127.0.0.1/',
  ])('names no host but the machine: not %s', (url) => {
    expect(refusalOf(`{ of: web, http: "${url}" }`)).toMatch(/does not name the machine|not an http or https URL/);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    'dns.example',
    '168.63.129.16',
    '2002:a00:1::1',
    '2001:0:a00:1::1',
    '2001::1',
  ])('asks no resolver of the network that the Agency stands in: not %s', (resolver) => {
    expect(refusalOf(`{ of: web, dns: { name: a.example, resolver: "${resolver}" } }`)).toMatch(/not a public IP address/);
  });
});

describe('a path into JSON', () => {
  const document = { db: { up: true }, nodes: [{ 'the name': 'a' }], toString: undefined };

  it.each([
    ['$', document],
    ['$.db.up', true],
    ["$.nodes[0]['the name']", 'a'],
    ['$.nodes[1]', undefined],
    ['$.db[0]', undefined],
    ['$.nodes.length', undefined],
    ['$.db.constructor', undefined],
    ['$.db.up.more', undefined],
  ])('leads with %s to what stands there, and to nothing else', (path, value) => {
    expect(jsonValueAt(document, jsonPathSteps(path) ?? [])).toEqual(value);
  });

  it.each(['', 'db', '$.', '$..db', '$[*]', '$[-1]', '$[01]', '$.a b'])('is not %s', (path) => {
    expect(jsonPathSteps(path)).toBeUndefined();
  });
});
