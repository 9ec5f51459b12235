import { AgencyError } from '@cloud-agency/errors';
import { parseCall } from '../src/documents/parse-call.js';
import type { Reaction } from '../src/documents/reaction.js';
import { parseCondition } from '../src/vocabulary/condition.js';

const call = (...rules: readonly string[]): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: ruled
resources: { web: { kind: compute, count: 3 }, db: { kind: compute } }
probes: [{ of: web, http: "http://{address}/" }]
guarantees:
  - { term: availability, of: web, at_least: 99 %, over: 1 d }
  - { term: response_time, of: web, at_most: 200 ms, over: 1 h }
reactions:
${rules.map((rule) => `  - ${rule}`).join('\n')}
`;

const read = (...rules: readonly string[]): readonly Reaction[] => parseCall(call(...rules)).call.reactions;

function refusal(...rules: readonly string[]): AgencyError {
  try {
    parseCall(call(...rules));
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error(`${rules.join('\n')} was taken`);
}

describe('a rule', () => {
  it.each<[rule: string, read: Reaction]>([
    [
      '{ on: resource.down, of: web, do: replace, at_most: 3 per 1 h, overlap: required }',
      { on: 'resource.down', of: 'web', do: 'replace', atMost: { times: 3, per: 3_600_000 }, overlap: 'required' },
    ],
    ['{ on: resource.ending, do: replace }', { on: 'resource.ending', do: 'replace' }],
    [
      '{ on: sla.at_risk, term: availability, burn_rate: 14.4, do: notify }',
      { on: 'sla.at_risk', term: 'availability', burnRate: 14.4, do: 'notify' },
    ],
    [
      '{ on: sla.at_risk, of: web, risk: trend, do: scale, by: 1, up_to: 6 }',
      { on: 'sla.at_risk', of: 'web', risk: 'trend', do: 'scale', by: 1, bound: 6 },
    ],
    [
      '{ on: sla.violated, term: response_time, if: measured > 1.5 * wanted, do: migrate, cool_down: 10 min }',
      { on: 'sla.violated', term: 'response_time', if: 'measured > 1.5 * wanted', do: 'migrate', coolDown: 600_000 },
    ],
    ['{ on: sla.violated, do: scale, by: 2, up_to: 6 }', { on: 'sla.violated', do: 'scale', by: 2, bound: 6 }],
    [
      '{ on: resource.overused, above: 80 %, for: 5 min, do: scale, size: larger }',
      {
        on: 'resource.overused',
        do: 'scale',
        size: 'larger',
        use: { metric: 'cpu', side: 'above', bound: 0.8, until: 0.7, for: 300_000 },
      },
    ],
    [
      '{ on: resource.underused, below: 20 %, until: 25 %, for: 1 h, of: web, do: scale, by: -1, down_to: 2 }',
      {
        on: 'resource.underused',
        of: 'web',
        do: 'scale',
        by: -1,
        bound: 2,
        use: { metric: 'cpu', side: 'below', bound: 0.2, until: 0.25, for: 3_600_000 },
      },
    ],
    ['{ on: sla.violated, do: terminate }', { on: 'sla.violated', do: 'terminate' }],
  ])('is read: %s', (rule, expected) => {
    expect(read(rule)).toEqual([expected]);
  });

  it.each<[rule: string, told: RegExp]>([
    ['{ on: resource.overused, do: notify }', /"above" is missing[^]*"for" is missing/],
    ['{ on: resource.overused, above: 80 %, below: 20 %, for: 1 h, do: notify }', /"below" does not go with resource.overused/],
    ['{ on: resource.down, of: web, above: 80 %, do: replace }', /"above" belongs to resource.overused and resource.underused/],
    ['{ on: resource.down, of: web, do: migrate }', /migrate is no answer to resource.down \(migrate moves a machine that works/],
    ['{ on: resource.moved, do: replace }', /replace is no answer to resource.moved/],
    ['{ on: agreement.accepted, do: terminate }', /terminate is no answer to agreement.accepted/],
    ['{ on: resource.down, do: notify, overlap: none }', /"overlap" belongs to do: replace and do: migrate/],
    ['{ on: cfp.proposed, do: notify, at_most: 1 per 1 h }', /"at_most" belongs to what is done about machines and guarantees/],
    ['{ on: resource.down, term: availability, do: replace }', /"term" belongs to sla.at_risk, sla.violated and sla.recovered/],
    ['{ on: resource.down, of: db, do: replace }', /nothing would see db go down \(add a probe\)/],
    ['{ on: sla.violated, risk: trend, do: notify }', /"risk" belongs to sla.at_risk/],
    ['{ on: sla.at_risk, risk: slope, do: notify }', /"slope" is not one of burn_rate, trend/],
    ['{ on: sla.violated, do: scale }', /scale says either "by" or "size"/],
    ['{ on: sla.violated, do: scale, by: 1, size: larger, up_to: 6 }', /scale says either "by" or "size"/],
    ['{ on: sla.violated, do: scale, by: 1 }', /scaling has no bound \(say how far with "up_to"\)/],
    ['{ on: sla.violated, do: scale, by: -1, up_to: 6 }', /"up_to" does not go with by: -1/],
    ['{ on: sla.violated, do: scale, by: 0, up_to: 6 }', /must be how many machines/],
    ['{ on: sla.violated, do: scale, size: larger, up_to: 6 }', /"up_to" bounds how many machines there are/],
    ['{ on: sla.violated, do: replace, by: 20 % }', /"by" belongs to do: scale, do: renegotiate and market.cheaper/],
    ['{ on: sla.violated, if: measured, do: notify }', /a condition compares/],
    ['{ on: sla.violated, if: 1 < 2, do: notify }', /reads nothing of the event/],
    ['{ on: sla.violated, if: measurd > 2, do: notify }', /did you mean measured/],
    ['{ on: resource.down, if: measured > 2, do: replace }', /measured is not known of this event/],
    ['{ on: cfp.proposed, if: measured > 2, do: notify }', /there is nothing to compare of cfp.proposed/],
    ['{ on: resource.down, do: replace, at_most: often }', /"often" is not a rate \(e.g. 3 per 1 h\)/],
    [
      '{ on: sla.violated, term: throughput, of: web, do: notify }',
      /reactions\[0\].term: sla.violated would never come: there is no guarantee throughput of web \(there is availability of web, response_time of web: name one/,
    ],
    ['{ on: sla.at_risk, of: db, do: notify }', /reactions\[0\].of: sla.at_risk would never come: there is no guarantee of db/],
    ['{ on: sla.restored, do: notify }', /reactions\[0\].on: sla.restored would never come: the call has no level/],
    ['{ on: sla.degraded, do: terminate }', /terminate is no answer to sla.degraded/],
    ['{ on: sla.degraded, do: notify, at_most: 1 per 1 h }', /"at_most" belongs to what is done about machines and guarantees/],
    ['{ on: cfp.proposed, of: web, do: notify }', /"of" belongs to events of machines and guarantees/],
  ])('that makes no sense is refused: %s', (rule, told) => {
    const error = refusal(rule);
    expect(error.code).toBe('invalid-document');
    expect(error.message).toMatch(told);
  });

  it.each<[rules: string[], told: RegExp]>([
    [['{ on: sla.violated, of: web, do: scale, by: 1, up_to: 3 }'], /web begins with 3 machines: with up_to: 3 it never changes/],
    [['{ on: sla.recovered, of: web, do: scale, by: -1, down_to: 4 }'], /web begins with 3 machines: with down_to: 4/],
    [['{ on: resource.overused, above: 80 %, for: 1 h, do: scale, by: -1, down_to: 1 }'], /used too much is not to become less/],
    [['{ on: resource.underused, below: 20 %, for: 1 h, do: scale, size: larger }'], /used too little is not to become more/],
    [['{ on: resource.overused, above: 80 %, until: 90 %, for: 1 h, do: notify }'], /"until" is to be at most "above"/],
    [['{ on: sla.at_risk, risk: trend, burn_rate: 6, do: notify }'], /a risk by trend has no burn rate/],
    [
      [
        '{ on: resource.overused, above: 50 %, for: 1 h, do: scale, by: 1, up_to: 9 }',
        '{ on: resource.underused, of: web, below: 60 %, for: 1 h, do: scale, by: -1, down_to: 1 }',
      ],
      /web is overused above 50 % and underused below 60 %: between the two it would grow and shrink for ever/,
    ],
  ])('that contradicts itself is refused: %s', (rules, told) => {
    const error = refusal(...rules);
    expect(error.code).toBe('contradictory-constraints');
    expect(error.message).toMatch(told);
  });
});

test('a rule on guarantees needs one, of the call or of the level that it falls back to', () => {
  const rule = 'reactions: [{ on: sla.violated, do: notify }, { on: sla.degraded, do: notify }]';
  const bare = call().replace(/guarantees:[^]*/, '');
  const agreed = 'guarantees: [{ term: availability, of: web, at_least: 99 %, over: 1 d }]';
  const levels = `levels: { name: low, after: 3 per 1 h, back_after: 1 h, ${agreed.replace('99', '9')} }`;
  expect(() => parseCall(`${bare}${rule}\n`)).toThrow(
    /reactions\[0\].on: sla.violated would never come: there is no guarantee \(add one\)/,
  );
  expect(parseCall(`${bare}${agreed}\n${levels}\n${rule}\n`).call.reactions).toHaveLength(2);
});

test('conditions compare, join and negate, and hold of nothing that is not known', () => {
  const holds = (written: string): boolean =>
    parseCondition(written, ['a', 'b', 'unknown'])((name) => ({ a: 2, b: 3 })[name] ?? NaN);
  expect(holds('a < b && b <= 3')).toBe(true);
  expect(holds('a > b || max(a, b) == 3')).toBe(true);
  expect(holds('!(a != 2)')).toBe(true);
  expect(holds('2 * a - 1 >= b ** 2')).toBe(false);
  expect(holds('!(unknown > 1)')).toBe(false);
  expect(holds('unknown > 1 || a < b')).toBe(true);
  expect(holds('!(unknown > 1 && a > b)')).toBe(true);
  for (const operator of ['<', '<=', '>', '>=', '==', '!=']) expect(holds(`unknown ${operator} 1`)).toBe(false);
});
