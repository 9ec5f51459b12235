import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { type Call, callDocument, parseCall, type Problem, renderOffer, toJson, toXml } from '../src/index.js';
import { callDocuments } from './call-documents.js';
import { schemaErrors } from './wsag-schemas.js';

const offered = { id: 'offer-1', replyBy: '2026-01-01T00:00:05.000Z' };
const inXml = (call: Call): string => toXml(renderOffer(call, offered));
const withoutSecrets = (call: Call): Call => ({ ...call, notify: call.notify.map(({ url, events }) => ({ url, events })) });
const example = (name: string): string => readFileSync(`examples/${name}`, 'utf8');

/** The call of a document, unless the document is one of the few that contradict themselves. */
function callOf(document: unknown): Call | undefined {
  try {
    return parseCall(JSON.stringify(document)).call;
  } catch (error) {
    if (error instanceof AgencyError) return undefined;
    throw error;
  }
}

describe.each([
  ['in XML', inXml],
  ['in JSON', (call: Call) => toJson(renderOffer(call, offered))],
])('a call written as a WS-Agreement offer %s', (_, written) => {
  it('reads back as the same call, whatever it says', () => {
    let held = 0;
    fc.assert(
      fc.property(callDocuments, (document) => {
        const call = callOf(document);
        if (!call) return;
        held += 1;
        expect(parseCall(written(call)).call).toEqual(withoutSecrets(call));
      }),
      { numRuns: 150 },
    );
    expect(held).toBeGreaterThan(75);
  });

  it('withholds the secrets of webhooks, and says so', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { call } = parseCall(`${head}${web}notify:\n  - { url: 'http://127.0.0.1:9/', secret: ${secret} }\n`);
    expect(written(call)).not.toContain(secret);
    expect(written(call)).toContain('Not in this document: the secrets of webhooks, which are shown to nobody.');
  });
});

describe('a call written as a WS-Agreement offer', () => {
  it('is valid against the schemas of GFD.192 and GFD.193, and our own', async () => {
    const calls = fc.sample(callDocuments, { numRuns: 150, seed: 7 }).flatMap((document) => callOf(document) ?? []);
    expect(calls.length).toBeGreaterThan(40);
    const offers = calls.map((call) => inXml(call));
    expect(await schemaErrors(...offers)).toEqual([]);
    const wrong = offers[0]?.replace('wsag:ServiceName', 'ServiceName').replace('<cfp:kind>', '<cfp:kind>big ') ?? '';
    expect(await schemaErrors(wrong)).toEqual([
      expect.stringContaining("The attribute 'ServiceName' is not allowed"),
      expect.stringContaining('ServiceName'),
      expect.stringContaining("'big compute' is not an element of the set"),
    ]);
  });

  it.each(['web-shop.cfp.yaml', 'two-regions.cfp.yaml', 'spot-fleet.cfp.yaml', 'impossible.cfp.yaml'])(
    'says the same as %s',
    (name) => {
      const { call } = parseCall(example(name));
      expect(parseCall(inXml(call)).call).toEqual(call);
    },
  );

  it('has the level that an agreement falls back to, with what it is worth', async () => {
    const own =
      '{ term: availability, of: web, at_least: 95 %, over: 1 d, importance: 7, penalty: { amount: 5 USD, per: violation, cap: 50 % } }';
    const { call } = parseCall(`${head}${web}probes: [{ of: web, http: 'http://{address}/' }]
guarantees: [{ term: availability, of: web, at_least: 99.9 %, over: 30 d }]
levels: [{ name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: [${own}] }]
`);
    const written = inXml(call);
    expect(await schemaErrors(written)).toEqual([]);
    expect(parseCall(written).call).toEqual(call);
  });
});

const head = 'apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\n';
const web = 'resources:\n  web: { kind: compute }\n';

const spaces = `xmlns:a="http://schemas.ggf.org/graap/2007/03/ws-agreement" xmlns:n="http://schemas.ogf.org/graap/2009/11/ws-agreement-negotiation"
  xmlns="http://schemas.cloud-agency.dev/wsag/cfp" xmlns:xsd="http://www.w3.org/2001/XMLSchema"`;
const resource = '<Resource><kind>compute</kind></Resource>';
const term = (name: string, inside = resource): string =>
  `<a:ServiceDescriptionTerm a:Name="${name}" a:ServiceName="${name}">${inside}</a:ServiceDescriptionTerm>`;
interface Parts {
  readonly name?: string;
  readonly context?: string;
  readonly provider?: string;
  readonly terms?: string;
}
const agreementOffer = ({
  name = '<a:Name>shop</a:Name>',
  provider = 'AgreementResponder',
  context = '',
  terms = term('web'),
}: Parts = {}): string =>
  `<a:AgreementOffer ${spaces}>\n${name}\n<a:Context><a:ServiceProvider>${provider}</a:ServiceProvider>${context}</a:Context>\n<a:Terms><a:All>\n${terms}\n</a:All></a:Terms>\n</a:AgreementOffer>`;
const offering = (inside: string): string =>
  `<n:NegotiationOfferContext><n:CounterOfferTo>x</n:CounterOfferTo>${inside}</n:NegotiationOfferContext>`;
const ours = '<n:Creator>NegotiationInitiator</n:Creator><n:State><n:Advisory/></n:State>';
const at = (field: string, of = 'web'): string =>
  `<a:Location>//a:ServiceDescriptionTerm[@a:Name="${of}"]/Resource/c:${field}</a:Location>`;
const item = (inside: string, attributes = 'n:Type="Required"'): string => `<n:Item ${attributes}>${inside}</n:Item>`;
const constrained = (...items: readonly string[]): string =>
  agreementOffer({ context: `<n:NegotiationConstraints>${items.join('\n')}</n:NegotiationConstraints>` });
const facets = (inside: string): string => `<a:ItemConstraint>${inside}</a:ItemConstraint>`;
const promising = (level: string, further = '', scope = '<a:ServiceScope a:ServiceName="web"/>', values = ''): string =>
  agreementOffer({
    context: '<call><probes><item><of>web</of><http>http://{address}/</http></item></probes></call>',
    terms: `${term('web')}<a:GuaranteeTerm a:Name="g">${scope}${further}<a:ServiceLevelObjective>${level}</a:ServiceLevelObjective><a:BusinessValueList>${values}</a:BusinessValueList></a:GuaranteeTerm>`,
  });
const target = (inside: string): string =>
  `<a:KPITarget><a:KPIName>availability</a:KPIName><a:CustomServiceLevel>${inside}</a:CustomServiceLevel></a:KPITarget>`;

describe('an offer by hand', () => {
  it('like the shipped example is valid, and asks for what the example in YAML asks for', async () => {
    const offer = example('web-shop.wsag.xml');
    expect(await schemaErrors(offer)).toEqual([]);
    const { demand, guarantees, negotiate } = parseCall(offer).call;
    const inYaml = parseCall(example('web-shop.cfp.yaml')).call;
    expect([demand, guarantees[0], negotiate]).toEqual([
      {
        ...inYaml.demand,
        needs: expect.arrayContaining([expect.objectContaining({ item: 'web' }), inYaml.demand.needs[1]]) as unknown,
      },
      inYaml.guarantees[0],
      inYaml.negotiate,
    ]);
  });

  it('need not negotiate: an AgreementOffer with everything in its terms is enough', async () => {
    const offer = agreementOffer({
      terms: term(
        'web',
        `<Resource><kind>compute</kind><count>2</count><require><cores>&gt;= 2</cores><region><continent><item>EU</item></continent></region></require></Resource>`,
      ),
    });
    expect(callDocument(offer)).toEqual({
      apiVersion: 'cloud-agency/v1',
      kind: 'CallForProposals',
      name: 'shop',
      resources: { web: { kind: 'compute', count: 2, require: { cores: '>= 2', region: { continent: ['EU'] } } } },
    });
    expect(parseCall(offer).call.demand.needs[0]?.count).toBe(2);
    expect(await schemaErrors(offer)).toEqual([]);
  });

  it('may negotiate in its context, with prefixes and units of its own', async () => {
    const offer = agreementOffer({
      context: `<n:NegotiationOfferContext><n:CounterOfferTo>x</n:CounterOfferTo>${ours}<reply_by>2 s</reply_by></n:NegotiationOfferContext><n:NegotiationConstraints>
        ${item(at('memory') + facets('<xsd:minInclusive value="4 GiB"/><xsd:maxExclusive value="64"/>'))}
        ${item(`${at('cores')}${facets('')}<not>3</not>`)}
        ${item(`${at('memory')}${facets('')}<wish>max</wish>`, 'n:Type="Optional" n:Importance="4"')}</n:NegotiationConstraints>`,
    });
    expect(callDocument(offer)).toMatchObject({
      negotiate: { reply_by: '2 s' },
      resources: {
        web: { require: { memory: ['>= 4 GiB', '< 64'], cores: ['!= 3'] }, prefer: [{ memory: 'max', weight: 4 }] },
      },
    });
    expect(parseCall(offer).call.negotiate.replyBy).toBe(2000);
    expect(await schemaErrors(offer)).toEqual([]);
  });

  it('lists values of which one is wanted, excludes some, and names the market of a price', async () => {
    const offer = constrained(
      item(at('cores') + facets('<xsd:enumeration value="2"/><xsd:enumeration value="4"/><xsd:minInclusive value="3"/>')),
      item(`${at('memory')}${facets('')}<not>3 GiB</not><not>5 GiB</not>`),
      item(`${at('market')}${facets('')}<on_demand_at_least>50 %</on_demand_at_least>`),
      item(`${at('max_price')}${facets('<xsd:maxInclusive value="0.05 USD/h"/>')}<market>spot</market>`),
      item(`${at('max_price')}${facets('<xsd:maxInclusive value="0.2"/>')}<market>on-demand</market>`),
      item(
        `${at('architecture')}${facets('<xsd:enumeration value="arm64"/>')}<weight>0.5</weight>`,
        'n:Type="Optional" n:Importance="1"',
      ),
    );
    expect(callDocument(offer)).toMatchObject({
      resources: {
        web: {
          require: {
            cores: [2, 4, '>= 3'],
            memory: [{ not: ['3 GiB', '5 GiB'] }],
            market: { on_demand_at_least: '50 %' },
            max_price: { spot: '0.05 USD/h', 'on-demand': 0.2 },
          },
          prefer: [{ architecture: ['arm64'], weight: 0.5 }],
        },
      },
    });
    expect(
      parseCall(offer)
        .call.demand.needs[0]?.require.map(({ text }) => text)
        .slice(0, 3),
    ).toEqual(['cores >= 3', 'cores = 2 or 4', 'memory != 3 GiB or 5 GiB']);
    expect(await schemaErrors(offer)).toEqual([]);
  });

  it('names its metric by a variable, its level in plain text', () => {
    const offer = agreementOffer({
      context: '<call><probes><item><of>web</of><http>http://{address}/</http></item></probes></call>',
      terms: `${term('web')}
        <a:All><a:ServiceProperties a:Name="p" a:ServiceName="web"><a:VariableSet><a:Variable a:Name="up" a:Metric="availability"><a:Location>x</a:Location></a:Variable></a:VariableSet></a:ServiceProperties></a:All>
        <a:GuaranteeTerm a:Name="g"><a:ServiceScope a:ServiceName="web"/><a:ServiceLevelObjective><a:KPITarget><a:KPIName>up</a:KPIName>
        <a:CustomServiceLevel><expression>&gt;= 99 %</expression><over>30 d</over></a:CustomServiceLevel></a:KPITarget></a:ServiceLevelObjective><a:BusinessValueList/></a:GuaranteeTerm>`,
    });
    expect(parseCall(offer).call.guarantees).toEqual([
      { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: 30 * 24 * 3600 * 1000 },
    ]);
  });

  it('names services and terms apart', () => {
    const offer = agreementOffer({
      terms: `<a:ServiceDescriptionTerm a:Name="description" a:ServiceName="web">${resource}</a:ServiceDescriptionTerm>`,
      context: `<n:NegotiationConstraints>${item(at('cores', 'description') + facets('<xsd:minInclusive value="2"/>'))}${item(
        at('gpu').replace('@a:Name', '@a:ServiceName') + facets('<xsd:enumeration value="1"/>'),
      )}</n:NegotiationConstraints>`,
    });
    expect(callDocument(offer)).toMatchObject({
      resources: { web: { kind: 'compute', require: { cores: ['>= 2'], gpu: ['= 1'] } } },
    });
  });

  it('says by when to reply as an instant, counted from its arrival', () => {
    const context = offering(`<n:ExpirationTime>2026-01-01T01:00:07+01:00</n:ExpirationTime>${ours}`);
    const received = Date.parse('2026-01-01T00:00:00Z');
    expect(parseCall(agreementOffer({ context }), new Map(), received).call.negotiate.replyBy).toBe(7000);
    expect(() => parseCall(agreementOffer({ context }), new Map(), received + 8000)).toThrow(
      'line 4, column 134: wsag:AgreementOffer/wsag:Context/neg:NegotiationOfferContext/neg:ExpirationTime: 2026-01-01T01:00:07+01:00 has passed (say how long vendors may take: <cfp:reply_by>5 s</cfp:reply_by>)',
    );
    expect(() => parseCall(agreementOffer({ context }), new Map(), received - 60_000)).toThrow('from 50 ms to 60 s');
  });
});

function refusal(text: string): AgencyError {
  try {
    parseCall(text, new Map(), 0);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error(`the document was accepted: ${text}`);
}

describe('an offer that is wrong is refused', () => {
  const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
  it.each([
    ['that ends too early', '<a><b></a>', 'not well-formed XML'],
    ['with two roots', '<a/><b/>', 'not well-formed XML'],
    ['with an unknown prefix', '<x:a/>', 'not well-formed XML'],
    ['with an attribute twice', '<a b="1" b="2"/>', 'not well-formed XML'],
    ['with an entity of its own', '<a>&lol;</a>', 'not well-formed XML'],
    ['with a character that XML has not', '<a>\u0000</a>', 'not well-formed XML'],
    [
      'with a document type',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'a document type (DOCTYPE) is not read',
    ],
    ['with a bomb', `<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>`, 'a document type (DOCTYPE) is not read'],
    ['with an instruction', '<?php evil() ?><a/>', 'processing instructions are not read'],
    ['in another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'its encoding is UTF-16'],
    ['of another version', '<?xml version="1.1"?><a/>', 'only XML 1.0'],
    ['nested too deeply', nested(31), 'nested too deeply: at most 30 levels'],
    ['of too many elements', `<a>${'<b/>'.repeat(20_000)}</a>`, 'too large: at most 20000'],
    [
      'of too many attributes',
      `<a ${Array.from({ length: 20_001 }, (_, index) => `b${index}=""`).join(' ')}/>`,
      'too large: at most 20000',
    ],
    ['with nothing in it', '<!-- nothing -->', 'not well-formed XML'],
  ])('%s', (_, text, message) => {
    const { code, message: told, details } = refusal(text);
    expect([code, told]).toEqual(['invalid-document', expect.stringContaining(message)]);
    expect(told).toMatch(/^line \d+, column \d+: /);
    const problems = details.problems as Problem[];
    expect(problems).toHaveLength(1);
    expect(problems[0]!.line).toBeGreaterThan(0);
  });

  it('of more than a million characters', () => {
    expect(refusal(`<a>${' '.repeat(1024 * 1024)}</a>`).code).toBe('too-large');
  });

  it.each(
    [
      [
        '<Offer xmlns="http://www.w3.org/1999/xhtml"/>',
        '{http://www.w3.org/1999/xhtml}Offer is not an offer: the root is wsag:AgreementOffer or neg:NegotiationOffer',
      ],
      ['<AgreementOffer/>', 'did you mean wsag:AgreementOffer? Its namespace is to be declared'],
      [`<a:Template ${spaces}/>`, 'wsag:Template is not an offer'],
      [agreementOffer({ name: '' }), '"name" is missing'],
      [agreementOffer({ name: '<a:Name>My Shop</a:Name>' }), 'line 3, column 1: name: "My Shop" is not a name'],
      [
        agreementOffer({ name: '<a:Nam>x</a:Nam>' }),
        'wsag:Nam does not belong into wsag:AgreementOffer (did you mean wsag:Name?)',
      ],
      [
        agreementOffer({ provider: 'AgreementInitiator' }),
        '"AgreementInitiator" cannot be the provider (whoever calls is served: write AgreementResponder)',
      ],
      [agreementOffer({ context: '<x:y xmlns:x="urn:x"/>' }), '{urn:x}y means nothing here'],
      [agreementOffer({ context: '<call><budgt/></call>' }), 'unknown field "budgt" (did you mean budget?)'],
      [agreementOffer({ context: '<call><name>again</name></call>' }), '"name" is stated a second time'],
      [agreementOffer({ context: '<call><select a="1"/></call>' }), 'has an unknown attribute "a"'],
      [agreementOffer({ context: '<call><select>x<policy/></select></call>' }), 'holds both text ("x") and elements'],
      [agreementOffer({ context: '<call><select><policy/><policy/></select></call>' }), 'cfp:policy is there twice'],
      [agreementOffer({ context: '<call>x</call>' }), 'cfp:call holds fields'],
      [
        agreementOffer({ context: offering('<n:Creator>NegotiationResponder</n:Creator><n:State><n:Advisory/></n:State>') }),
        'cannot be the Creator',
      ],
      [
        agreementOffer({ context: offering('<n:Creator>NegotiationInitiator</n:Creator><n:State><n:Rejected/></n:State>') }),
        'a call cannot be Rejected',
      ],
      [
        agreementOffer({ context: offering(`<n:ExpirationTime>2026-01-01T00:00:00</n:ExpirationTime>${ours}`) }),
        'is not an instant with its zone',
      ],
      [agreementOffer({ context: offering('<n:State><n:Advisory/></n:State>') }), 'neg:Creator is missing'],
      [agreementOffer({ terms: '' }), 'holds no term'],
      [
        agreementOffer({ terms: '<a:ServiceDescriptionTerm Name="web"/>' }),
        'attributes are written with their namespace: wsag:Name',
      ],
      [agreementOffer({ terms: term('web', 'two machines') }), 'holds text ("two machines")'],
      [agreementOffer({ terms: term('web', '<x:y xmlns:x="urn:x"/>') }), '{urn:x}y is not known as a service'],
      [agreementOffer({ terms: term('web', resource + resource) }), 'holds exactly one element'],
      [agreementOffer({ terms: term('web') + term('web') }), 'there are two terms named "web"'],
      [
        agreementOffer({ terms: term('web') + term('web').replace('a:Name="web"', 'a:Name="more"') }),
        'the service "web" is described twice',
      ],
      [
        agreementOffer({ terms: term('web', '<Resource><kind>compute</kind><count>many</count></Resource>') }),
        'resources.web.count: must be a whole number',
      ],
      [agreementOffer({ terms: term('__proto__') }), '"__proto__" is not a name'],
      [
        constrained(item(at('cores', 'wep') + facets('<xsd:minInclusive value="2"/>'))),
        'there is no term "wep" (did you mean web?)',
      ],
      [
        constrained(item(at('corse') + facets('<xsd:minInclusive value="2"/>'))),
        'resources.web.require.corse: unknown field "corse" (did you mean cores?)',
      ],
      [constrained(item(`<a:Location>/x</a:Location>${facets('')}`)), '"/x" does not lead to a field of a service'],
      [constrained(item(at('cores') + facets(''))), 'nothing is said of cores'],
      [constrained(item(at('cores') + facets('<xsd:minInclusive/>'))), 'has no value'],
      ...['>= 2', '!= 3', '2..4'].map((value) => [
        constrained(
          item(at('cores') + facets(`<xsd:enumeration value="8"/><xsd:enumeration value="${value.replace('>', '&gt;')}"/>`)),
        ),
        `"${value}" is more than a value: the facet says how to compare`,
      ]),
      [constrained(item(`${at('image')}${facets('')}<not>debian-12</not>`)), '"!= debian-12" is not a known image'],
      [
        constrained(item(at('cores') + facets('<xsd:minInclusive value="two"/>'))),
        'resources.web.require.cores[0]: "two" is not a quantity',
      ],
      [constrained(item(at('max_price') + facets('<xsd:minInclusive value="2"/>'))), 'the most is one xs:maxInclusive'],
      [constrained(item(at('region') + facets('<xsd:enumeration value="EU"/>'))), 'a region is an empty wsag:ItemConstraint'],
      [
        constrained(item(at('cores') + facets('<xsd:minInclusive value="2"/>'), 'n:Type="Wanted"')),
        'neg:Type is "Wanted" (it is Required or Optional)',
      ],
      [
        constrained(item(at('cores') + facets(''), 'n:Type="Optional"')),
        'an Optional item is an empty wsag:ItemConstraint and one cfp:wish after it (or facets, as of what is Required)',
      ],
      [
        constrained(item(at('region') + facets('<xsd:enumeration value="EU"/>'), 'n:Type="Optional"')),
        'an Optional item is an empty wsag:ItemConstraint and one cfp:region after it',
      ],
      [
        constrained(
          item(at('cores') + facets('<xsd:minInclusive value="2"/><xsd:maxInclusive value="4"/>'), 'n:Type="Optional"'),
        ),
        'resources.web.prefer[0].cores: a preference is one comparison or one set',
      ],
      [
        constrained(...['2', '4'].map((more) => item(at('architecture') + facets(`<xsd:enumeration value="${more}"/>`)))),
        'which values of architecture are allowed is listed a second time (list them in one wsag:ItemConstraint)',
      ],
      [
        constrained(item(`${at('max_price')}${facets('<xsd:maxInclusive value="2"/>')}<not>3</not>`)),
        'cfp:not means nothing here (known is cfp:market)',
      ],
      [
        constrained(item(`${at('max_price')}${facets('<xsd:maxInclusive value="2"/>')}<market>spt</market>`)),
        'unknown field "spt" (did you mean spot?)',
      ],
      [
        constrained(item(`${at('cores')}${facets('')}<wish>max</wish>`, 'n:Type="Optional" n:Importance="0"')),
        'must be a number above 0',
      ],
      [promising(target('most of the time')), '"most of the time" is not a level'],
      [promising(target('&gt;= 99 %')), '"over" is missing'],
      [promising('<a:CustomServiceLevel/>'), 'it is not said what is guaranteed'],
      [
        promising(
          target('<expression>&gt;= 99 %</expression><over>30 d</over>'),
          '<a:QualifyingCondition>workdays</a:QualifyingCondition>',
        ),
        '"workdays" is not a schedule',
      ],
      [promising(target('&gt;= 99 %'), '', ''), 'a guarantee is of exactly one service'],
      [
        promising(target('&gt;= 99 %'), '', '<a:ServiceScope a:ServiceName="db"/>'),
        'there is no service "db" (the services are web)',
      ],
    ].map(([text = '', message = '']) => ({ text, message })),
  )('$message', ({ text, message }) => {
    const { code, message: told, details } = refusal(text);
    expect([code, told]).toEqual(['invalid-document', expect.stringContaining(message)]);
    expect((details.problems as Problem[]).every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
  });

  const level = target('<expression>&gt;= 99 %</expression><over>30 d</over>');
  it.each(
    [
      [agreementOffer({ context: '<a:ExpirationTime>2027-01-01T00:00:00Z</a:ExpirationTime>' }), 'this time ends the agreement'],
      [
        agreementOffer({ terms: `<a:ExactlyOne>${term('web')}</a:ExactlyOne>${term('db')}` }),
        'a choice between terms is not made yet',
      ],
      [
        agreementOffer({ terms: `${term('web')}<a:ServiceReference a:Name="x" a:ServiceName="x"><x/></a:ServiceReference>` }),
        'are not looked up',
      ],
      [constrained('<a:Constraint>cores &gt; 2</a:Constraint>'), 'free constraints are not understood'],
      [constrained(item(at('cores') + facets('<xsd:pattern value="[24]"/>'))), 'xs:pattern cannot be held against an offer'],
      [
        promising(
          level,
          '',
          undefined,
          '<a:Penalty><a:AssessmentInterval><a:Count>3</a:Count></a:AssessmentInterval><a:ValueExpression>1 USD</a:ValueExpression></a:Penalty>',
        ),
        'for each violation (Count 1) or month (TimeInterval P1M)',
      ],
      [
        promising(
          level,
          '',
          undefined,
          '<a:Preference><a:ServiceTermReference>web</a:ServiceTermReference><a:Utility>1</a:Utility></a:Preference>',
        ),
        'wsag:Preference is not weighed yet',
      ],
    ].map(([text = '', message = '']) => ({ text, message })),
  )('as not carried out yet: $message', ({ text, message }) => {
    const { code, message: told } = refusal(text);
    expect([code, told]).toEqual(['unsupported', expect.stringContaining(message)]);
  });

  it('with everything that is wrong at once', () => {
    const { details } = refusal(
      agreementOffer({ provider: 'me', terms: '<a:Term/>', context: '<x:y xmlns:x="urn:x"/>' }).replace(
        '<a:Terms>',
        '<a:Terms a:x="1">',
      ),
    );
    expect((details.problems as Problem[]).map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '4: "me" cannot be the provider',
      '4: {urn:x}y means nothing here',
      '5: has an unknown attribute "wsag:x"',
      '6: wsag:Term does not belong into wsag:All',
    ]);
  });

  it('by its first hundred problems, when it has more', () => {
    const { message, details } = refusal(agreementOffer({ terms: '<a:Term/>\n'.repeat(5000) }));
    expect(message).toMatch(/^The document has 5000 problems:\n[^]*\n {2}and 4900 more$/);
    expect(details.problems).toHaveLength(100);
  });

  it('never by a defect, however it is damaged', () => {
    const sound = inXml(parseCall(example('web-shop.cfp.yaml')).call);
    const damage = fc.tuple(
      fc.nat(sound.length),
      fc.nat(40),
      fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('<', '</', '&', '<cfp:x>', '"')),
    );
    fc.assert(
      fc.property(damage, ([from, length, instead]) => {
        try {
          parseCall(sound.slice(0, from) + instead + sound.slice(from + length));
        } catch (error) {
          expect(error).toBeInstanceOf(AgencyError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
