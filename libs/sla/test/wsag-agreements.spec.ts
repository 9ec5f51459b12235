import fc from 'fast-check';
import { AgencyError } from '@cloud-agency/errors';
import { readFileSync } from 'node:fs';
import {
  type AgreedMachine,
  type AgreedTerm,
  agreementStates,
  type Call,
  type Offer,
  parseCall,
  renderAgreement,
  renderCounterOffer,
  renderOffer,
  toJson,
  toXml,
} from '../src/index.js';
import { serviceTermState, guaranteeTermState, wsagAgreementState } from '../src/documents/wsag/agreement-states.js';
import { callingStates, mayAnswer, type OfferState } from '../src/documents/wsag/offer-states.js';
import { callDocuments } from './call-documents.js';
import { offerRow } from './offer-row.js';
import { schemaErrors } from './wsag-schemas.js';

const example = readFileSync('examples/web-shop.cfp.yaml', 'utf8');
const shop = parseCall(example).call;
const offer = (rest: Partial<Offer> = {}): Offer => ({
  ...offerRow('r1', 'm1', 0.05),
  ...{ zone: 'a', id: 'alpha/r1/a/m1/on-demand', capacity: null, pool: 'm1', egress: { internet: 0, region: 0, zone: 0 } },
  ...rest,
});
const instant = '2026-01-01T00:00:05.000Z';
const machine = (item: string, state: AgreedMachine['state'], address?: string): AgreedMachine => ({
  ...{ item, state, offer: offer({ id: `${item} & <co>` }), location: `/compute/${item}` },
  ...(address !== undefined && { address }),
});
const agreement = (call: Call = shop, machines: readonly AgreedMachine[] = []) => ({
  ...{ id: 'a-1', call, client: 'us & them', state: 'accepted' as const, agreedAt: instant, effectiveUntil: instant },
  ...{ cost: 412.5, machines, terms: [] as readonly AgreedTerm[] },
});

function callsOf(seed: number, numRuns: number): readonly Call[] {
  return fc.sample(callDocuments, { numRuns, seed }).flatMap((document) => {
    try {
      return parseCall(JSON.stringify(document)).call;
    } catch (error) {
      if (error instanceof AgencyError) return [];
      throw error;
    }
  });
}

/** The offer that an agreement or a counter offer repeats, without what was put to it. */
const asOffered = (xml: string): string =>
  xml
    .replaceAll(/wsag:AgreementProperties|neg:NegotiationCounterOffer/g, 'wsag:AgreementOffer')
    .replace(/ neg:OfferId="[^"]*"/, '')
    .replace(/ *<wsag:AgreementId>[^]*?<\/wsag:AgreementId>\n/, '')
    .replace(/ *<wsag:ExpirationTime>[^]*?<\/wsag:ExpirationTime>\n/, '')
    .replace(/ *<cfp:agreed_at>[^]*?<\/cfp:agreed_at>\n/, '')
    .replaceAll(/ *<wsag:ServiceDescriptionTerm wsag:Name="([\w-]+\.placed|Charge)"[^]*?<\/wsag:ServiceDescriptionTerm>\n/g, '')
    .replace(/ *<wsag:AgreementState>[^]*(?=<\/wsag:AgreementOffer>)/, '');

describe('an agreement', () => {
  const kept: readonly AgreedTerm[] = [
    { index: 0, state: 'fulfilled', measured: 99.97, wanted: 99.9, unit: '%' },
    { index: 1, of: '/compute/web', state: 'undefined', wanted: 200, unit: 'ms' },
    { index: 1, of: '/compute/web-2', state: 'violated', measured: 230, wanted: 200, unit: 'ms' },
  ];
  const live = {
    ...agreement(shop, [machine('web', 'active', '127.1.2.3'), machine('web', 'coming'), machine('db', 'resting')]),
    terms: kept,
  };

  it('says its state, how each guarantee is kept and whether each service is there', async () => {
    const written = toXml(renderAgreement(live));
    expect(await schemaErrors(written)).toEqual([]);
    expect(JSON.parse(toJson(renderAgreement(live)))).toMatchObject({
      'wsag:AgreementProperties': {
        'wsag:Name': 'web-shop',
        'wsag:AgreementId': 'a-1',
        'wsag:Context': {
          'wsag:AgreementInitiator': 'us & them',
          'wsag:ServiceProvider': 'AgreementResponder',
          'wsag:ExpirationTime': instant,
          'cfp:agreed_at': instant,
        },
        'wsag:AgreementState': { 'cfp:state': 'accepted', 'wsag:State': 'Observed' },
        'wsag:GuaranteeTermState': [
          {
            '@wsag:termName': 'guarantee-1',
            'wsag:State': 'Fulfilled',
            'cfp:figures': { 'cfp:item': { 'cfp:wanted': '99.9 %', 'cfp:measured': '99.97 %' } },
          },
          { 'wsag:State': 'Violated', 'cfp:figures': { 'cfp:item': { length: 2, 1: { 'cfp:of': '/compute/web-2' } } } },
          { '@wsag:termName': 'guarantee-3', 'wsag:State': 'NotDetermined' },
        ],
        'wsag:ServiceTermState': [
          { '@wsag:termName': 'web', 'wsag:State': 'NotReady', 'cfp:machines': { 'cfp:active': '1', 'cfp:of': '3' } },
          { '@wsag:termName': 'db', 'wsag:State': 'Ready', 'wsag:Idle': { 'cfp:machines': { 'cfp:active': '0' } } },
        ],
      },
    });
  });

  it('says by which machines each item is met, and at what price', () => {
    const placements = /<cfp:Placements>[^]*?<\/cfp:Placements>/.exec(toXml(renderAgreement(live)))?.[0];
    expect(placements).toContain('<cfp:offer>web &amp; &lt;co&gt;</cfp:offer>');
    expect(placements).toContain('<cfp:address>127.1.2.3</cfp:address>');
    expect(placements?.match(/<cfp:location>/g)).toHaveLength(2);
    expect(toXml(renderAgreement(live))).toContain('<cfp:agreed>412.5 USD/month</cfp:agreed>');
  });

  it('is suspended in words of the Agency, as the standard has none', async () => {
    const written = toXml(renderAgreement({ ...live, state: 'suspended' }));
    expect(written).toMatch(/<cfp:state>suspended<\/cfp:state>\s*<wsag:State>Observed<\/wsag:State>/);
    expect(await schemaErrors(written)).toEqual([]);
  });

  it('is valid whatever was called for, and says all that was agreed upon', async () => {
    const calls = callsOf(11, 120);
    expect(calls.length).toBeGreaterThan(30);
    const written = calls.map((call) => toXml(renderAgreement(agreement(call, [machine('web', 'active')]))));
    expect(await schemaErrors(...written)).toEqual([]);
    written.forEach((text, index) => {
      const { notify, negotiate, ...rest } = parseCall(asOffered(text)).call;
      const { notify: before, negotiate: asked, ...wanted } = calls[index]!;
      expect(rest).toEqual(wanted);
      expect([negotiate.rounds, negotiate.accept, notify.length]).toEqual([asked.rounds, asked.accept, before.length]);
    });
  });
});

describe('a proposal', () => {
  const proposal = {
    ...{ id: 'p-1', call: shop, answers: 'offer-1', cost: 99, expires: instant },
    placed: [{ item: 'web', offer: offer({ price: 0.0321 }), count: 3 }],
  };

  it('is a counter offer that an agreement can be made of, until it is closed', async () => {
    const open = toXml(renderCounterOffer(proposal));
    const closed = toXml(renderCounterOffer({ ...proposal, closed: 'expired' }));
    expect(await schemaErrors(open, closed)).toEqual([]);
    expect(open).toContain('neg:NegotiationCounterOffer');
    expect(open).toContain('neg:OfferId="p-1"');
    expect(open).toMatch(/<neg:CounterOfferTo>offer-1<\/neg:CounterOfferTo>\s*<neg:ExpirationTime>2026-01-01T00:00:05.000Z</);
    expect(open).toMatch(/<neg:Creator>NegotiationResponder<\/neg:Creator>\s*<neg:State>\s*<neg:Acceptable\/>/);
    expect(open).toContain('<cfp:price>0.0321 USD/h</cfp:price>');
    expect(closed).toMatch(/<neg:Rejected>\s*<cfp:reason>expired<\/cfp:reason>\s*<\/neg:Rejected>/);
  });

  it('repeats what was asked for', () => {
    const asOffer = asOffered(toXml(renderCounterOffer(proposal)))
      .replaceAll('wsag:AgreementOffer', 'neg:NegotiationOffer')
      .replace(/ *<neg:ExpirationTime>.*\n/, '')
      .replace('NegotiationResponder</neg:Creator>', 'NegotiationInitiator</neg:Creator>')
      .replace('neg:Acceptable', 'neg:Advisory');
    expect(parseCall(asOffer).call).toEqual(shop);
  });
});

describe('states', () => {
  it('of an agreement, of its services and of its guarantees are those of GFD.192', () => {
    const gone = agreementStates.map((state) => wsagAgreementState(state, []));
    expect(gone).toEqual(['Pending', 'Observed', 'Rejected', 'Observed', 'Terminated']);
    expect((['rejected', 'terminated'] as const).map((state) => wsagAgreementState(state, ['leaving']))).toEqual([
      'PendingAndTerminating',
      'ObservedAndTerminating',
    ]);
    expect(serviceTermState('pending', 1, ['coming'])).toEqual({ state: 'NotReady' });
    expect(serviceTermState('accepted', 2, ['active', 'failing'])).toEqual({ state: 'NotReady' });
    expect(serviceTermState('accepted', 2, ['active', 'resting'])).toEqual({ state: 'Ready', within: 'Processing' });
    expect(serviceTermState('suspended', 1, ['resting'])).toEqual({ state: 'Ready', within: 'Idle' });
    expect(serviceTermState('terminated', 1, [])).toEqual({ state: 'Completed' });
    expect([guaranteeTermState([]), guaranteeTermState(['fulfilled', 'undefined']), guaranteeTermState(['fulfilled'])]).toEqual([
      'NotDetermined',
      'NotDetermined',
      'Fulfilled',
    ]);
  });

  it('of an offer: a final word cannot be put off, and nothing is built on what was rejected', () => {
    const all: readonly OfferState[] = ['Advisory', 'Solicited', 'Acceptable', 'Rejected'];
    const answers = Object.fromEntries(all.map((state) => [state, all.filter((answer) => mayAnswer(answer, state))]));
    expect(answers).toEqual({
      Advisory: all,
      Solicited: ['Acceptable', 'Rejected'],
      Acceptable: ['Rejected'],
      Rejected: [],
    });
    expect(callingStates).toEqual(['Advisory', 'Solicited']);
  });
});

describe('an offer for a running agreement', () => {
  const agreed = 'http://127.0.0.1:8080/agreement/a-1';
  const offered = renderOffer(shop, { id: 'o', replyBy: instant, renegotiates: agreed });
  const again = (reference: string, further = ''): string =>
    toXml(offered)
      .replace(/<wsa:Address>[^<]*<\/wsa:Address>/, reference)
      .replace('</neg:ResponderAgreementEPR>', `</neg:ResponderAgreementEPR>${further}`);
  const address = (uri: string): string => `<wsa:Address>${uri}</wsa:Address>`;
  const mine = `<neg:InitiatorAgreementEPR>${address('urn:ours')}</neg:InitiatorAgreementEPR>`;

  it('names the agreement by its address, and says what is to become of it', async () => {
    const answered = renderCounterOffer({
      ...{ id: 'p', call: shop, answers: 'o', cost: 1, expires: instant, placed: [], renegotiates: agreed },
    });
    expect(await schemaErrors(again(address(agreed), mine), toXml(answered))).toEqual([]);
    expect(parseCall(again(address(agreed), mine))).toMatchObject({ renegotiates: 'a-1', call: shop });
    expect(parseCall(toJson(offered)).renegotiates).toBe('a-1');
    expect(toXml(answered)).toContain(address(agreed));
    expect(parseCall(example).renegotiates).toBeUndefined();
  });

  it.each([
    [address('http://127.0.0.1:8080/cfp/a-1'), 'does not lead to an agreement (it ends with /agreement/ID)'],
    ['', 'wsa:Address is missing'],
    [`${address('/agreement/a')}<wsa:ReferenceParameters/>`, 'agreements are found by their address alone'],
  ])('%s: %s', (reference, message) => {
    expect(() => parseCall(again(reference))).toThrow(message);
  });
});
