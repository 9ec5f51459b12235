import { readdirSync, readFileSync } from 'node:fs';
import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { attributes, formatQuantity, parseCall, placeLevels, portableImages, type Problem } from '../src/index.js';
import { callDocuments } from './call-documents.js';

const head = 'apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\n';
const web = `${head}resources:\n  web:\n    kind: compute\n`;
const probe = 'probes:\n  - { of: web, http: "http://{address}:8080/health" }\n';

/** The whole format, as its specification shows it. */
const everything = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: web-shop
resources:
  web:
    kind: compute
    count: 3
    require:
      cores: ">= 2"
      memory: ">= 4 GiB"
      architecture: x64
      image: debian-12
      region: { continent: [EU], not: { country: [GB] } }
      market: any
      max_price: 0.20 USD/h
    prefer:
      - { region: { country: [FR] }, weight: 2 }
      - { memory: max, weight: 1 }
    place:
      spread: { over: region, at_most: 1 }
    ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq0zTtYw9yq3vZl4dYb shop
    user_data: |
      #cloud-config
  db:
    kind: compute
    require: { cores: ">= 4", memory: ">= 16 GiB" }
    place: { apart_from: [web], over: zone }
  data:
    kind: storage
    require: { size: ">= 500 GiB" }
    place: { with: db, over: zone }
links:
  - { from: db, to: data, kind: storagelink, deviceid: /dev/vdb }
traffic:
  - { from: web, to: db, volume: 200 GiB/month }
budget: { at_most: 900 USD/month }
select:
  policy: weighted
  objectives:
    - { minimise: cost, weight: 6 }
    - { maximise: availability, weight: 3 }
    - { minimise: latency, to: { latitude: 48.85, longitude: 2.35 }, weight: 1 }
  proposals: 3
negotiate: { reply_by: 5 s, rounds: 3, accept: manual, accept_up_to: 10 % }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 10 s, timeout: 2 s, failures: 2 }
guarantees:
  - { term: availability, of: web, as: group, min_up: 2, at_least: 99.9 %, over: 30 d }
  - { term: response_time, of: web, percentile: 95, at_most: 200 ms, over: 5 min, during: "Mon-Fri 08:00-20:00 Europe/Paris" }
  - { term: cpu_utilisation, of: db, at_most: 85 %, over: 10 min, penalty: { credit: 10 %, of: charge, per: month } }
reactions:
  - { on: resource.down, of: web, do: replace, at_most: "3 per 1 h" }
  - { on: sla.violated, term: response_time, do: scale, by: 1, up_to: 6 }
  - { on: sla.at_risk, term: availability, burn_rate: 14.4, do: notify }
  - { on: market.cheaper, by: 20 %, every: 1 h, do: migrate, at_most: "1 per 7 d" }
notify:
  - { url: "http://127.0.0.1:9999/hooks", events: [proposal.available, "sla.*", "resource.*"], secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
subscription: shop-production
`;

function refusal(text: string): AgencyError {
  try {
    parseCall(text);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

function problems(text: string): readonly Problem[] {
  return refusal(text).details['problems'] as readonly Problem[];
}

describe('a call', () => {
  test.each(readdirSync('examples').filter((name) => name.endsWith('.cfp.yaml')))(
    'examples/%s is read, and as JSON it is the same',
    (name) => {
      const { call, document } = parseCall(readFileSync(`examples/${name}`, 'utf8'));
      expect(parseCall(JSON.stringify(document)).call).toEqual(call);
      expect(parseCall(JSON.stringify(document, null, 2)).document).toEqual(document);
    },
  );

  const reference = readFileSync('docs/calls.md', 'utf8');
  const others = 'resources: { web: { kind: compute }, db: { kind: compute }, cache: { kind: compute } }\n';

  test.each([...reference.matchAll(/```yaml\n([^]*?)```/g)].map(([, fragment = '']) => ({ fragment })))(
    'may say what docs/calls.md shows (example %#)',
    ({ fragment }) => {
      const { call } = parseCall(head + (fragment.includes('resources:') ? '' : others) + fragment);
      expect(call.demand.needs.length).toBeGreaterThan(0);
    },
  );

  test.each(Object.entries(attributes))('may speak of %s as docs/calls.md defines it', (name, { dimension, meaning }) => {
    const unit = dimension === 'fraction' ? 'a fraction, or %' : formatQuantity(0, dimension).slice(2);
    expect(reference).toContain(`| \`${name}\` | ${unit}${unit && ' '}| ${meaning}`);
  });

  test('may name the images and levels that docs/calls.md lists', () => {
    expect(reference).toContain(`| \`image\` | ${portableImages.join(', ')} |`);
    expect(reference).toContain(`Levels are ${placeLevels.map((level) => `\`${level}\``).join(', ')}.`);
  });

  test('has its defaults filled in', () => {
    const { call } = parseCall(web);
    expect(call).toEqual({
      name: 'shop',
      demand: {
        needs: [
          {
            item: 'web',
            kind: 'compute',
            count: 1,
            require: [
              { type: 'text', text: 'image = debian-12 (the default)', attribute: 'image', anyOf: ['debian-12'] },
              { type: 'number', text: 'commitment <= 0 (the default)', attribute: 'commitment', comparison: '<=', value: 0 },
              { type: 'text', text: 'market = on-demand (the default)', attribute: 'market', anyOf: ['on-demand'] },
            ],
            prefer: [],
            spread: [],
            apartFrom: [],
          },
        ],
        policy: 'weighted',
        objectives: [{ of: 'cost', direction: 'minimise', weight: 1 }],
        proposals: 3,
      },
      deployments: { web: { image: 'debian-12' } },
      negotiate: { replyBy: 5000, rounds: 1, accept: 'manual', acceptUpTo: 0.1 },
      probes: [],
      guarantees: [],
      reactions: [],
      notify: [],
    });
  });

  test.each<[what: string, text: string, line: number, column: number, told: RegExp]>([
    ['an unknown field', `${web}    requires: {}\n`, 7, 5, /unknown field "requires".*require/],
    ['an unknown attribute', `${web}    require: { corez: 2 }\n`, 7, 16, /unknown field "corez".*cores/],
    [
      'a missing name',
      'apiVersion: cloud-agency/v1\nkind: CallForProposals\nresources: { web: { kind: compute } }\n',
      1,
      1,
      /"name" is missing/,
    ],
    [
      'a missing version',
      'kind: CallForProposals\nname: shop\nresources: { web: { kind: compute } }\n',
      1,
      1,
      /"apiVersion" is missing.*write apiVersion: cloud-agency\/v1/,
    ],
    [
      'a wrong kind',
      `${head.replace('CallForProposals', 'CallForProposal')}resources: { web: { kind: compute } }\n`,
      2,
      7,
      /not one of.*CallForProposals/,
    ],
    ['a wrong type', `${web}    count: three\n`, 7, 12, /whole number from 1 to 1000, not "three"/],
    ['a flag that is none', `${web}negotiate: { publish_reservation: maybe }\n`, 7, 35, /must be true or false, not "maybe"/],
    ['a count out of range', `${web}    count: 1001\n`, 7, 12, /whole number from 1 to 1000/],
    ['a list for fields', `${web}    require: [cores]\n`, 7, 14, /must be fields with values, not a list/],
    ['a bad quantity', `${web}    require: { memory: ">= 4 GIB" }\n`, 7, 24, /did you mean GiB/],
    ['a wish among the requirements', `${web}    require: { memory: max }\n`, 7, 24, /a wish.*prefer/],
    ['an unknown image', `${web}    require: { image: debain-12 }\n`, 7, 23, /not a known image.*debian-12/],
    ['a country that is none', `${web}    require: { region: { country: [France] } }\n`, 7, 36, /not a country/],
    [
      'an unknown item in probes',
      `${web}probes:\n  - { of: wbe, http: "http://{address}/" }\n`,
      8,
      11,
      /there is no item "wbe".*web/,
    ],
    ['an unknown item in apart_from', `${web}    place: { apart_from: [db] }\n`, 7, 14, /there is no item "db"/],
    ['an item apart from itself', `${web}    place: { apart_from: [web] }\n`, 7, 14, /apart from itself/],
    [
      'a probe that names no machine',
      `${web}probes:\n  - { of: web, http: "http://example.org/" }\n`,
      8,
      22,
      /does not name the machine/,
    ],
    ['a path for a key', `${web}    ssh_key: ~/.ssh/id_ed25519.pub\n`, 7, 14, /a path on your machine.*send the key's text/],
    ['a key that is none', `${web}    ssh_key: hello\n`, 7, 14, /not a public key/],
    [
      'a guarantee that nothing measures',
      `${web}guarantees:\n  - { term: availability, of: web, at_least: 99 %, over: 1 d }\n`,
      8,
      27,
      /nothing measures web.*probe/,
    ],
    [
      'an unknown event',
      `${web}${probe}reactions:\n  - { on: resource.dwon, do: notify }\n`,
      10,
      11,
      /not an event.*resource.down/,
    ],
    [
      'a group without its size',
      `${web}${probe}guarantees:\n  - { term: availability, of: web, as: group, at_least: 99 %, over: 1 d }\n`,
      10,
      5,
      /"min_up" is missing/,
    ],
    [
      'an objective both ways',
      `${web}select: { objectives: [{ minimise: cost, maximise: cost }] }\n`,
      7,
      24,
      /either minimise or maximise/,
    ],
    ['a weight of nothing', `${web}select: { objectives: [{ minimise: cost, weight: 0 }] }\n`, 7, 50, /above 0/],
    ['the same preference twice', `${web}    prefer: [{ memory: max }, { memory: max }]\n`, 7, 13, /preferred twice/],
    ['an item name that is none', `${head}resources:\n  "Web 1": { kind: compute }\n`, 5, 3, /not a name/],
  ])('tells of %s, where it stands', (_, text, line, column, told) => {
    const [problem] = problems(text);
    expect(problem).toMatchObject({ line, column });
    expect(`${problem?.message ?? ''} ${problem?.hint ?? ''}`).toMatch(told);
    expect(refusal(text)).toMatchObject({ code: 'invalid-document', status: 400 });
  });

  test('tells of every problem at once, in the order of the text', () => {
    const text = `${web}    count: 0\n    requires: {}\n  db:\n    kind: vm\nbudgets: {}\n`;
    expect(problems(text).map(({ line }) => line)).toEqual([7, 8, 10, 11]);
    expect(refusal(text).message).toContain(
      'line 10, column 11: resources.db.kind: "vm" is not one of compute, storage, network',
    );
  });

  test.each([
    ['a list that is not closed', 'name: [a\nkind: b\n', 2],
    ['a key given twice', 'name: a\nname: b\n', 2],
    ['a tab for indentation', 'a:\n\tb: 1\n', 2],
  ])('tells where the text is not YAML: %s', (_, text, line) => {
    expect(problems(text)[0]).toMatchObject({ line });
    expect(refusal(text).message).toContain('not valid YAML or JSON');
  });

  test('survives aliases of aliases, depth and size', () => {
    const bomb = [
      'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`),
    ];
    expect(refusal(bomb.join('\n')).message).toMatch(/too large/);
    expect(refusal('['.repeat(5000)).code).toBe('invalid-document');
    expect(refusal(`name: ${'x'.repeat(1024 * 1024)}`).code).toBe('too-large');
  });

  it.each([
    ['tens of thousands of keys', Array.from({ length: 90_000 }, (_, n) => `k${String(n)}: 1`).join('\n')],
    ['nothing but commas', `a: [${','.repeat(1_000_000)}`],
    ['small mappings', `a: [${'{a: 1},'.repeat(140_000)}]`],
    ['brackets', 'a: '.padEnd(1_000_000, '[')],
    ['a text that is broken in every line', `a: "${'x \n'.repeat(300_000)}"`],
  ])('of %s is refused before it holds others up', (_, text) => {
    const begun = performance.now();
    expect(refusal(text).message).toMatch(/too large/);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('says where a key stands twice, and which anchor is missing', () => {
    expect(refusal(`${web}${web}`).message).toMatch(/line 7, column 1: .*unique/);
    expect(refusal(`${web}    count: *many`).message).toMatch(/line 7, column 12: nothing before it is anchored by &many/);
  });

  it('takes what an alias stands for, of several the last before it', () => {
    const items = '  db: { kind: compute, count: *n }\n  x: { kind: compute, count: &n 5 }\n  y: { kind: compute, count: *n }\n';
    const { call } = parseCall(`${web}    count: &n 2\n${items}`);
    expect(call.demand.needs.map(({ count }) => count)).toEqual([2, 2, 5, 5]);
  });

  test.each([
    ['cores that cannot be', `${web}    require: { cores: [">= 8", "<= 4"] }\n`, /cores >= 8 and cores <= 4/],
    ['a range that is open and empty', `${web}    require: { cores: ["> 4", "<= 4"] }\n`, /cores > 4/],
    ['an architecture wanted and not', `${web}    require: { architecture: [x64, "!= x64"] }\n`, /architecture/],
    [
      'a region in and not in',
      `${web}    require: { region: { country: [FR], not: { country: [FR, DE] } } }\n`,
      /no place is in/,
    ],
    [
      'a spread without room',
      `${web}    count: 3\n    require: { region: { continent: [EU] } }\n    place: { spread: { over: continent, at_most: 2 } }\n`,
      /3 machines cannot stand in one continent with at most 2/,
    ],
    [
      'more up than there are',
      `${web}${probe}guarantees:\n  - { term: availability, of: web, as: group, min_up: 2, at_least: 99 %, over: 1 d }\n`,
      /2 machines must be up, but the item has 1/,
    ],
  ])('contradicts itself by %s', (_, text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'contradictory-constraints', status: 400 });
    expect(refusal(text).message).toMatch(message);
  });

  test.each([
    [
      'resources.data.kind',
      `${web}  data:\n    kind: storage\n    require: { size: ">= 500 GiB" }\n    place: { with: web, over: zone }\n`,
      8,
    ],
    ['resources.web.require.image', `${web}    require: { image: [debian-12, debian-13] }\n`, 7],
    ['resources.web.require.latency', `${web}    require: { latency: "<= 20 ms" }\n`, 7],
    ['resources.web.prefer[0].latency', `${web}    prefer: [{ latency: min }]\n`, 7],
    ['links', `${web}links:\n  - { from: web, to: data, kind: storagelink, deviceid: /dev/vdb }\n`, 7],
    [
      'reactions[0].metric',
      `${web}reactions:\n  - { on: resource.overused, metric: memory, above: 80 %, for: 1 h, do: notify }\n`,
      8,
    ],
  ])('is refused for %s, which is valid but not carried out yet', (path, text, line) => {
    expect(refusal(text)).toMatchObject({ code: 'unsupported', status: 400, details: { path, line } });
  });

  test('may say what moving costs and for what gain it is worth it, and have the market watched', () => {
    const { negotiate, reactions } = parseCall(`${web}negotiate: { switching_cost: 2 USD, least_gain: 5 % }
reactions:
  - { on: market.cheaper, by: 20 %, every: 1 h, do: migrate, at_most: "1 per 7 d" }
  - { on: resource.repriced, if: change > 10, do: renegotiate, by: 5 %, accept: best }
`).call;
    expect(negotiate).toMatchObject({ switchingCost: 2, leastGain: 0.05 });
    expect(reactions).toEqual([
      { on: 'market.cheaper', leastGain: 0.2, every: 3_600_000, do: 'migrate', atMost: { times: 1, per: 604_800_000 } },
      { on: 'resource.repriced', if: 'change > 10', leastGain: 0.05, do: 'renegotiate', accept: 'best' },
    ]);
  });

  test.each([
    ['of: web', /"of" belongs to events of machines/],
    ['overlap: none', /"overlap" belongs/],
  ])('cannot have the market watched with %s', (field, told) => {
    const [problem] = problems(`${web}reactions:\n  - { on: market.cheaper, by: 20 %, do: migrate, ${field} }\n`);
    expect(problem?.message).toMatch(told);
  });

  test('with everything in it is refused for what is not carried out yet, and for nothing else', () => {
    const error = refusal(everything);
    expect(error.code).toBe('unsupported');
    expect((error.details['problems'] as readonly Problem[]).map(({ path }) => path)).toEqual(['resources.data.kind', 'links']);
  });

  test('never fails but in words, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .array(
          fc.constantFrom(
            'kind: ',
            'name',
            ': ',
            '\n',
            '  ',
            '- ',
            '{',
            '}',
            '[',
            ']',
            '&a ',
            '*a',
            '"',
            '>= 2',
            'resources:\n',
            '? ',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        expect(refusal(written).code).toBe('invalid-document');
      }),
      { numRuns: 150 },
    );
  });

  test('never fails but in words, whatever stands in its fields', () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, true, -1, 0, '', [], {}, [[]], [{}], { not: {} }, { not: [] }, '..', '>= ', '2..3..4', '!='),
      fc.jsonValue({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(callDocuments, fc.nat(), junk, (document, place, instead) => {
        try {
          parseCall(JSON.stringify(replaced(document, place, instead)));
        } catch (error) {
          expect(error).toBeInstanceOf(AgencyError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The document with one of its values, counted through, replaced. */
function replaced(document: unknown, place: number, instead: unknown): unknown {
  const values = JSON.stringify(document).match(/[:[,]/g)?.length ?? 1;
  let left = place % values;
  return JSON.parse(JSON.stringify(document), (_, value: unknown) => {
    left -= 1;
    return left === -1 ? instead : value;
  });
}

describe('the secret of a webhook', () => {
  const withSecret = (secret: string): string =>
    `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources: { web: { kind: compute } }\nnotify: [{ url: "https://example.org/h", secret: "${secret}" }]\n`;

  it('has 24 to 64 bytes in whole base64, as the libraries of Standard Webhooks read it', () => {
    const whole = Array.from({ length: 80 }, (_, bytes) => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`);
    const isTaken = (secret: string): boolean => {
      try {
        return parseCall(withSecret(secret)).call.notify[0]?.secret === secret;
      } catch (error) {
        if (error instanceof AgencyError) return false;
        throw error;
      }
    };
    expect(whole.flatMap((secret, bytes) => (isTaken(secret) ? [bytes] : []))).toEqual(
      Array.from({ length: 41 }, (_, more) => 24 + more),
    );
    for (const cut of [whole[25]?.replace(/=+$/, ''), `${whole[24] ?? ''}A`, whole[24]?.slice('whsec_'.length)])
      expect(problems(withSecret(cut ?? ''))[0]).toMatchObject({ path: 'notify[0].secret' });
  });
});
