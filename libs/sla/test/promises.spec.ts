import { AgencyError } from '@cloud-agency/errors';
import { parseCall } from '@cloud-agency/sla';

const call = (rest: string) => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [{ of: web, http: 'http://{address}:8080/health' }]
${rest}
`;
const guaranteed = (worth: string) => call(`guarantees: [{ term: availability, of: web, at_least: 99 %, over: 1 d, ${worth} }]`);
const levels = (written: string) =>
  call(`guarantees: [{ term: availability, of: web, at_least: 99.9 %, over: 30 d }]\nlevels:\n  - ${written}`);
const own = '[{ term: availability, of: web, at_least: 95 %, over: 1 d }]';

const refusal = (text: string): AgencyError => {
  try {
    parseCall(text);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('a guarantee', () => {
  it.each([
    [
      'penalty: { credit: 10 %, of: charge, per: month }, importance: 80',
      { penalty: { credit: 0.1, of: 'charge', per: 'month', cap: 1 }, importance: 80 },
    ],
    [
      'penalty: { credit: 10 %, per: violation, cap: 50 % }',
      { penalty: { credit: 0.1, of: 'charge', per: 'violation', cap: 0.5 } },
    ],
    ['penalty: { amount: 5 USD, per: violation }', { penalty: { amount: 5, per: 'violation', cap: 1 } }],
    ['reward: { credit: 2 %, of: charge, per: month }', { reward: { credit: 0.02, of: 'charge', per: 'month', cap: 1 } }],
  ])('may say what it is worth: %s', (written, worth) => {
    expect(parseCall(guaranteed(written)).call.guarantees[0]).toMatchObject(worth);
  });

  it.each([
    ['penalty: { per: month }', 'guarantees[0].penalty', /either a "credit" or an "amount"/],
    ['penalty: { credit: 10 %, amount: 5 USD, per: month }', 'guarantees[0].penalty', /either a "credit" or an "amount"/],
    ['penalty: { amount: 5 USD, of: charge, per: month }', 'guarantees[0].penalty.of', /unknown field "of"/],
    ['penalty: { credit: 110 %, per: month }', 'guarantees[0].penalty.credit', /more than 100 %/],
    ['penalty: { amount: 0 USD, per: month }', 'guarantees[0].penalty.amount', /worth nothing/],
    ['penalty: { amount: 5 EUR, per: month }', 'guarantees[0].penalty.amount', /use USD/],
    ['penalty: { credit: 10 %, per: week }', 'guarantees[0].penalty.per', /not one of violation, month/],
    ['reward: { credit: 10 %, per: violation }', 'guarantees[0].reward', /a month without a violation/],
    ['importance: 0', 'guarantees[0].importance', /from 1 to 100/],
  ])('is refused with %s', (written, path, why) => {
    const error = refusal(guaranteed(written));
    expect(error).toMatchObject({ code: 'invalid-document', details: { problems: [{ path }] } });
    expect(error.message).toMatch(why);
  });
});

describe('a call', () => {
  it('may name a level that it falls back to', () => {
    expect(
      parseCall(levels(`{ name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: ${own} }`)).call.fallback,
    ).toMatchObject({
      name: 'reduced',
      after: { times: 3, per: 3_600_000 },
      backAfter: 7_200_000,
      guarantees: [{ term: 'availability', of: 'web', atLeast: 0.95 }],
    });
  });

  it.each([
    [`{ name: agreed, after: 3 per 1 h, back_after: 2 h, guarantees: ${own} }`, /"agreed" is what the call's own guarantees/],
    [`{ name: reduced, after: often, back_after: 2 h, guarantees: ${own} }`, /"often" is not a rate/],
    ['{ name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: [] }', /without guarantees is no different/],
    [
      '{ name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: [{ term: response_time, of: web, at_most: 1 s, over: 1 h }] }',
      /no response_time of web to stand in for/,
    ],
    [`{ name: reduced, after: 3 per 1 h, guarantees: ${own} }`, /"back_after" is missing/],
  ])('is refused with the level %s', (written, why) => {
    expect(refusal(levels(written)).message).toMatch(why);
  });

  it('names one level at most, for now', () => {
    const level = `{ name: reduced, after: 3 per 1 h, back_after: 2 h, guarantees: ${own} }`;
    expect(refusal(levels(`${level}\n  - ${level.replace('reduced', 'least')}`))).toMatchObject({
      code: 'unsupported',
      details: { path: 'levels[1]' },
    });
  });
});
