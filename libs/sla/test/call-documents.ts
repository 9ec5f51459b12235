import fc from 'fast-check';
import { guaranteeDocuments } from './guarantee-documents.js';

/** Call documents of every shape that the Agency carries out, as JSON; a few contradict themselves. */
const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
  line,
);
const optional = <T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }, ...required: (keyof T)[]) =>
  fc.record(record, { requiredKeys: required });
const amount = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.double({ min: 0.001, max: 1000, noNaN: true }));

const names = fc.oneof(line, fc.uniqueArray(line, { maxLength: 2 }));
const levels = {
  vendor: names,
  region: names,
  zone: names,
  city: names,
  country: fc.constantFrom('FR', ['DE', 'FR'], []),
  continent: fc.constantFrom('EU', ['NA', 'AS']),
};
const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
const near = fc.record({
  latitude: degrees(90),
  longitude: fc.integer({ min: -180, max: 180 }),
  within: fc.oneof(
    fc.constant('500 km'),
    amount.map((value) => `${value} m`),
  ),
});
const region = optional({ ...levels, not: optional(levels), near });
const values = fc.array(amount, { minLength: 1, maxLength: 3 });
const compared = fc.oneof(
  amount.map((value) => `>= ${value}`),
  amount.map((value) => `< ${value}`),
  amount.map((value) => `!= ${value}`),
  amount,
  amount.map((value) => `${value}..${value + 1}`),
  amount.map((value) => [`> ${value}`, `<= ${value * 2}`]),
  values,
  fc.record({ not: fc.oneof(amount, values) }),
  fc
    .tuple(amount, values, values)
    .map(([value, allowed, excluded]) => [...allowed, `== ${value}`, value, `>= ${value / 2}`, { not: excluded }]),
);
const markets = fc.constantFrom('any', 'on-demand', 'spot', ['on-demand', 'spot'], '!= spot', { not: ['on-demand'] });
const requirements = optional({
  cores: compared,
  memory: fc.oneof(
    compared,
    amount.map((value) => `>= ${value} MiB`),
  ),
  disk: compared,
  gpu: compared,
  price: compared,
  availability: fc.double({ min: 0.5, max: 1, noNaN: true }).map((value) => `>= ${value}`),
  carbon: compared,
  cpu_speed: fc.constantFrom('>= 2.4 GHz', '2200 MHz..3 GHz'),
  io_speed: compared,
  performance: compared,
  commitment: fc.constantFrom('<= 12 month', 0, '10 d..1e1 month'),
  architecture: fc.constantFrom('x64', ['x64', 'arm64'], '!= x86', ['!= x86', '!= arm64'], { not: ['arm64', 'x86'] }, [
    'x64',
    { not: 'x86' },
  ]),
  image: fc.constantFrom('debian-12', 'ubuntu-24.04'),
  market: fc.oneof(markets, fc.record({ on_demand_at_least: fc.constantFrom(1, '50 %', '0.1 %', '100 %') })),
  region,
  max_price: fc.oneof(amount, optional({ 'on-demand': amount, spot: amount }, 'spot')),
});
const weight = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.001, max: 1000, noNaN: true }));
const preference = fc.oneof(
  fc.record({ region, weight }),
  fc.record({ memory: fc.constantFrom('max', 'min'), weight }),
  fc.record({ price: fc.constant('min') }),
  fc.record({
    carbon: fc.oneof(
      amount.map((value) => `<= ${value}`),
      fc.uniqueArray(amount, { minLength: 1, maxLength: 3 }),
      fc.record({ not: values }),
    ),
    weight,
  }),
  fc.record({ architecture: fc.constantFrom('arm64', ['x64', 'arm64'], '!= x86', { not: ['x64', 'arm64'] }), weight }),
  fc.record({ market: fc.constantFrom('on-demand', { not: 'spot' }) }),
);
const ofOne = fc.oneof(
  optional({ at_least: fc.constantFrom('99.99 %', 0.999999999), min_up: fc.constant(1) }, 'at_least'),
  fc.record({ min_up: fc.integer({ min: 1, max: 3 }) }),
);
const level = fc.constantFrom('vendor', 'region', 'zone', 'country', 'continent');
const item = optional(
  {
    kind: fc.constant('compute'),
    count: fc.integer({ min: 1, max: 1000 }),
    require: requirements,
    prefer: fc.uniqueArray(preference, { maxLength: 3, selector: (value) => Object.keys(value)[0] }),
    place: optional({
      spread: fc.oneof(
        fc.record({ over: level, at_most: fc.integer({ min: 1, max: 1000 }) }),
        fc.array(fc.record({ over: level }), { maxLength: 2 }),
      ),
      apart_from: fc.constantFrom('other', ['other'], []),
      with: fc.constantFrom('cache', ['cache'], []),
      over: level,
    }),
    availability: ofOne,
    ssh_key: line.map((comment) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq0zTtYw9yq3vZl4dYb ${comment}`),
    user_data: anyText,
    agent: fc.constantFrom<object | boolean>(
      true,
      false,
      { every: '30 s' },
      { metrics: ['cpu_utilisation', 'network_in'], openmetrics: 'http://127.0.0.1:9100/metrics' },
    ),
  },
  'kind',
);
const objective = fc.oneof(
  optional({ minimise: fc.constant('cost'), weight }, 'minimise'),
  optional({ maximise: fc.constant('availability'), weight }, 'maximise'),
  optional({ maximise: fc.constantFrom('cores / price', 'min(cores, memory) * 2'), weight }, 'maximise'),
  fc.record({ maximise: fc.constantFrom('cpu_speed', 'io_speed', 'performance') }),
  fc.record({
    minimise: fc.constant('latency'),
    to: fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.integer({ min: -180, max: 180 }) }),
  }),
);
const objectives = fc.uniqueArray(objective, {
  maxLength: 3,
  selector: (value) => JSON.stringify(Object.values(value)[0]),
});
const proposals = fc.integer({ min: 1, max: 20 });
const selecting = fc.oneof(
  optional({ policy: fc.constantFrom('weighted', 'topsis'), objectives, proposals }),
  fc.constantFrom(
    { policy: 'lowest-cost' },
    { policy: 'pareto', front: 'knee' },
    { policy: 'pareto', front: 'knee', proposals: 1 },
  ),
  optional({ policy: fc.constant('pareto'), front: fc.constant('whole'), objectives, proposals }, 'policy'),
  fc.record({
    policy: fc.constant('lexicographic'),
    objectives: objectives.map((all) => all.map((one, index) => (index === 0 ? { ...one, tolerance: '5.5 %' } : one))),
  }),
);
const ms = fc.integer({ min: 1000, max: 60_000 }).map((value) => `${value} ms`);
const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const said = anyText.filter((text) => text !== '');
const http = optional(
  {
    url: fc.constantFrom('https://{address}/', 'https://{address}:8443/a?b=<c>&d'),
    method: fc.constantFrom('GET', 'POST', 'OPTIONS'),
    headers: fc.record({ 'X-Key': fc.constantFrom('a <b>', '1', 'true') }, { requiredKeys: [] }),
    send: anyText,
    status: fc.oneof(fc.constantFrom<unknown>(200, '2xx'), fc.array(fc.constantFrom<unknown>(204, '3xx', 503), { minLength: 1 })),
    body: fc.record(
      {
        contains: said,
        matches: fc.constantFrom('^ok$', '[a-z]+', '<b>'),
        json: fc.record({
          path: fc.constantFrom('$', '$.db.up', "$.nodes[0]['the name']"),
          equals: fc.oneof(fc.constantFrom<unknown>(true, null, 1.5, ''), anyText),
        }),
      },
      { requiredKeys: ['contains'] },
    ),
    redirects: fc.integer({ min: 0, max: 10 }),
    tls: fc.record(
      {
        verify: fc.boolean(),
        valid_for: fc.constantFrom('14 d', '1.5 h', 86_400_000),
        server_name: fc.constant('shop.example'),
        ca: fc.constant('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
      },
      { requiredKeys: [] },
    ),
  },
  'url',
);
const dns = optional(
  {
    name: fc.constantFrom('shop.example', '_sip._udp.shop.example.'),
    type: fc.constantFrom('A', 'TXT', 'MX'),
    answers: fc.oneof(fc.constantFrom('192.0.2.1', '{address}'), fc.array(said, { minLength: 1, maxLength: 3 })),
    resolver: fc.constantFrom('9.9.9.9', '2620:fe::fe'),
  },
  'name',
);
const port = fc.integer({ min: 1, max: 65_535 });
/** One of each kind of probe. */
const probe = fc
  .oneof(
    fc.record({ http }),
    fc.record({ tcp: fc.oneof(port, optional({ port, send: said, expect: said }, 'port')) }),
    fc.record({ dns }),
    fc.record({ icmp: fc.record({ packets: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: [] }) }),
  )
  .map((what) => ({ of: 'web', ...what, every: '10 s' }));

const anyRules = optional(
  {
    apiVersion: fc.constant('cloud-agency/v1'),
    kind: fc.constant('CallForProposals'),
    name: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
    resources: fc.record({
      web: item,
      other: optional({ kind: fc.constant('compute'), require: requirements }, 'kind'),
      cache: optional({ kind: fc.constant('compute'), availability: fc.constant({ at_least: '99.5 %' }) }, 'kind'),
    }),
    traffic: fc.subarray([
      { from: 'web', to: 'other', volume: '200 GiB/month' },
      { from: 'other', to: 'web', volume: '1.5 TB/month' },
      { from: 'web', to: 'cache', volume: 20 },
    ]),
    availability: fc.constantFrom({ at_least: '99.9 %' }, { at_least: 0.95, of: ['other', 'web'] }, [
      { at_least: '99 %', of: ['cache', 'web'] },
      { at_least: '90 %', of: 'other' },
      { at_least: '80 %' },
    ]),
    budget: fc.record({ at_most: amount }),
    select: selecting,
    negotiate: optional({
      reply_by: ms,
      rounds: fc.integer({ min: 1, max: 10 }),
      accept: fc.constantFrom('manual', 'best'),
      accept_up_to: fc.double({ min: 0, max: 10, noNaN: true }).map(String),
      publish_reservation: fc.boolean(),
      switching_cost: fc.double({ min: 0, max: 1000, noNaN: true }).map(String),
      least_gain: fc.double({ min: 0, max: 1, noNaN: true }).map(String),
    }),
    probes: fc
      .array(probe, { maxLength: 4 })
      .map((more) => [
        { of: 'web', http: 'http://{address}:8080/health?a=<b>&c' },
        { of: 'other', http: 'https://{address}/' },
        ...more,
      ]),
    scrape: fc.constantFrom(
      [{ of: 'web', url: 'http://{address}:9100/metrics', metrics: 'node_load1' }],
      [
        {
          of: 'other',
          url: 'http://{address}/metrics?a=<b>&c',
          every: '1 min',
          metrics: ['requests_total', { as: 'errors', series: 'requests_total{code="5<0"}', combine: 'max' }],
        },
      ],
    ),
    guarantees: fc.array(guaranteeDocuments, { maxLength: 3 }),
    reactions: fc.subarray([
      { on: 'resource.down', of: 'web', do: 'replace', at_most: '3 per 1 h' },
      { on: 'sla.violated', term: 'response_time', do: 'notify' },
      { on: 'sla.at_risk', term: 'availability', burn_rate: 14.4, do: 'notify' },
      { on: 'sla.violated', if: 'measured > 1.5 * wanted', do: 'scale', by: 1, up_to: 1000, cool_down: '10 min' },
      { on: 'resource.overused', above: '80 %', for: '5 min', do: 'scale', size: 'larger' },
      { on: 'resource.underused', metric: 'cpu', below: '20 %', until: '33.3 %', for: '5 min', do: 'scale', by: -1, down_to: 1 },
      { on: 'resource.ending', do: 'replace', overlap: 'required' },
      { on: 'resource.ending', if: 'price > 0.5 || machines == 1', do: 'migrate' },
      { on: 'sla.violated', do: 'terminate', at_most: '1 per 1 d' },
    ]),
    notify: fc.subarray([
      { url: 'http://127.0.0.1:9/a?b=1&c=%3C', events: ['sla.*', 'proposal.available'] },
      { url: 'http://127.0.0.1:9/b', events: [], secret: key },
      { url: 'http://127.0.0.1:9/c', events: '*' },
    ]),
    subscription: line,
    template: fc.constantFrom('web-shop', 'one-machine'),
  },
  'apiVersion',
  'kind',
  'name',
  'resources',
  'probes',
);

/** Rules on guarantees that the call does not have are refused: they are left out, so that more of the documents are calls. */
export const callDocuments = anyRules.map((document) => {
  const { guarantees = [], reactions = [] } = document as {
    guarantees?: { term: string }[];
    reactions?: { on: string; term?: string }[];
  };
  const isSeen = ({ on, term }: { on: string; term?: string }): boolean =>
    !on.startsWith('sla.') || guarantees.some((one) => term === undefined || one.term === term);
  return { ...document, ...('reactions' in document && { reactions: reactions.filter(isSeen) }) } as typeof document;
});
