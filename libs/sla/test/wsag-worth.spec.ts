import { readFileSync } from 'node:fs';
import { type Call, callDocument, parseCall, renderOffer, toJson, toXml } from '../src/index.js';
import type { Worth } from '../src/documents/call.js';
import { schemaErrors } from './wsag-schemas.js';

const { call } = parseCall(readFileSync('examples/web-shop.cfp.yaml', 'utf8'));
const worth = (first: Worth): Call => ({ ...call, guarantees: call.guarantees.map((one) => ({ ...one, ...first })) });
const offered = (first: Worth) => renderOffer(worth(first), { id: 'o', replyBy: '2026-01-01T00:00:05Z' });
const written = (offer: string): unknown => (callDocument(offer) as { readonly guarantees: readonly unknown[] }).guarantees[0];

describe('what a guarantee is worth', () => {
  it.each<[string, Worth, object]>([
    ['nothing', {}, {}],
    ['an importance', { importance: 7 }, { importance: 7 }],
    [
      'a share of the charge of a month',
      { penalty: { credit: 0.1, of: 'charge', per: 'month', cap: 1 } },
      { penalty: { credit: '10 %', of: 'charge', per: 'month' } },
    ],
    [
      'an amount for each violation, up to a cap, and a reward',
      { penalty: { amount: 5.5, per: 'violation', cap: 0.25 }, reward: { credit: 0.015, of: 'charge', per: 'month', cap: 1 } },
      { penalty: { amount: '5.5 USD', per: 'violation', cap: '25 %' }, reward: { credit: '1.5 %', of: 'charge', per: 'month' } },
    ],
  ])('%s is written, valid, and read as the fields of a call document', async (_, first, fields) => {
    const inXml = toXml(offered(first));
    expect(await schemaErrors(inXml)).toEqual([]);
    const plain = { term: 'availability', of: 'web', as: 'group', min_up: 2, at_least: '99.9 %', over: '30 d' };
    expect(written(inXml)).toEqual({ ...plain, ...fields });
    expect(written(toJson(offered(first)))).toEqual(written(inXml));
  });

  const penalty = (inside: string): string =>
    toXml(offered({})).replace(
      '<wsag:BusinessValueList/>',
      `<wsag:BusinessValueList><wsag:Penalty>${inside}</wsag:Penalty></wsag:BusinessValueList>`,
    );
  const monthly = '<wsag:AssessmentInterval><wsag:TimeInterval>P1M</wsag:TimeInterval></wsag:AssessmentInterval>';
  const expression = (text: string): string => `<wsag:ValueExpression>${text}</wsag:ValueExpression>`;

  it('may say its unit with its value', () => {
    expect(written(penalty(monthly + expression('10 %')))).toMatchObject({
      penalty: { credit: '10 %', of: 'charge', per: 'month' },
    });
    expect(written(penalty(monthly + expression('5 USD')))).toMatchObject({ penalty: { amount: '5 USD', per: 'month' } });
  });

  it.each([
    [monthly + expression('5'), 'it is not said of what "5" is (the wsag:ValueUnit is charge, or USD)'],
    [`${monthly}<wsag:ValueUnit>EUR</wsag:ValueUnit>${expression('5')}`, 'wsag:ValueUnit: it is not said of what "5" is'],
    [expression('5 USD'), 'wsag:AssessmentInterval is missing'],
    [`<wsag:AssessmentInterval/>${expression('5 USD')}`, 'holds either wsag:TimeInterval or wsag:Count'],
    [monthly.replace('P1M', 'P2M') + expression('5 USD'), 'for each violation (Count 1) or month (TimeInterval P1M)'],
    [
      `${monthly}${expression('5 USD')}</wsag:Penalty><wsag:Penalty>${monthly}${expression('1 %')}`,
      'a guarantee has one penalty only',
    ],
  ])('is refused when it is wrong: %s', (inside, message) => {
    expect(() => callDocument(penalty(inside))).toThrow(message);
  });
});
