import fc from 'fast-check';
import type { Highs } from 'highs';
import { parse, parseDocument } from 'yaml';
import {
  type Answer,
  answerDemand,
  answerRepair,
  type Demand,
  mergeRepairs,
  type Need,
  type OfferRow,
  parseCall,
  OfferTable,
  type Repaired,
  selectPlans,
  smallestRepairs,
  withRepairs,
} from '../src/index.js';
import { smallestChange } from './brute-repairs.js';
import { capacities, demand as anyDemand, demandBy, market as anyMarket } from './demands.js';
import { highs as loadHighs } from './highs.js';
import { offerRow } from './offer-row.js';
import { terms as anyTerms } from './terms.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

/** What a vendor agent does, without giving way to others. */
function repairAnswer(...[table, demand, options]: Parameters<typeof answerRepair>): Answer {
  const steps = answerRepair(table, demand, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

type Options = NonNullable<Parameters<typeof answerRepair>[2]>;

/** Each agent answers by itself. */
async function repairs(rows: readonly OfferRow[], demand: Demand, options: Options = {}): Promise<readonly Repaired[]> {
  const agents = [...new Set(rows.map(({ agent }) => agent))];
  const answers = agents.map((agent) => {
    const quotas = (options.quotas ?? []).filter((quota) => quota.agent === agent);
    return repairAnswer(OfferTable.build(rows.filter((row) => row.agent === agent)), demand, { ...options, quotas });
  });
  return await smallestRepairs(demand, mergeRepairs(answers, demand), { highs });
}

describe('the repairs of an impossible call', () => {
  test('make it possible, and none is smaller', async () => {
    let impossible = 0;
    await fc.assert(
      fc.asyncProperty(anyMarket, anyDemand, capacities, anyTerms, async (rows, called, unitsLeft, { quotas }) => {
        const demand = countable(called);
        const table = OfferTable.build(rows);
        const select = (asked: Demand) => {
          const cheapest: Demand = { ...asked, policy: 'lowest-cost', proposals: 1 };
          return selectPlans(cheapest, answerDemand(table, cheapest, { unitsLeft, quotas }), { solver: { highs } });
        };
        if ((await select(demand)).plans.length > 0) return;
        const everything = { needs: demand.needs.map(bare), policy: demand.policy, objectives: demand.objectives, proposals: 1 };
        const { offers } = answerDemand(table, everything, { unitsLeft, prune: false });
        const smallest = smallestChange(demand, offers, quotas);
        const [first, ...others] = await repairs(rows, demand, { unitsLeft, quotas });
        expect(first === undefined).toBe(smallest === undefined);
        if (!first || !smallest) return;
        impossible += 1;
        expect(first.repair.size).toBeCloseTo(smallest.size, 5);
        expect(first.repair.cost).toBeLessThan(smallest.cost + 1e-5);
        for (const { repair, demand: repaired } of [first, ...others])
          expect((await select(repaired)).plans[0]?.cost).toBeCloseTo(repair.cost, 5);
      }),
      { numRuns: 150 },
    );
    expect(impossible).toBeGreaterThan(20);
  }, 300_000);

  test('make it possible whatever else it asks for, under discounts and quotas too', async () => {
    let impossible = 0;
    await fc.assert(
      fc.asyncProperty(anyMarket, demandBy(['lowest-cost'], [2, 2]), anyTerms, async (rows, demand, terms) => {
        const table = OfferTable.build(rows);
        const select = (asked: Demand) =>
          selectPlans({ ...asked, proposals: 1 }, answerDemand(table, asked, terms), { solver: { highs } });
        if ((await select(demand)).plans.length > 0) return;
        const answer = mergeRepairs([repairAnswer(table, demand, terms)], demand);
        for (const { repair, demand: repaired } of await smallestRepairs(demand, answer, { highs })) {
          expect((await select(repaired)).plans[0]?.cost).toBeCloseTo(repair.cost, 5);
          impossible += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(impossible).toBeGreaterThan(20);
  }, 300_000);
});

const egress = { internet: 0.1, region: 0.02, zone: 0.01 };
const row = (region: string, instanceType: string, price: number, rest: Partial<OfferRow> = {}): OfferRow =>
  offerRow(region, instanceType, price, { vendor: 'aws', zones: ['a', 'b'], egress, ...rest });
const rows = [
  row('eu-west-3', 'small', 0.01, { latitude: 0, longitude: 1 }),
  row('eu-west-3', 'big', 0.0523456789, { cores: 4, memory: 16 }),
  row('eu-central-1', 'small', 0.02, { country: 'DE', architecture: 'arm64' }),
  row('us-east-1', 'huge', 0.09, { country: 'US', continent: 'NA', cores: 8, memory: 32, zones: ['a'] }),
];

const spot = row('sa-east-1', 'spot', 0.004, { market: 'spot', country: 'BR', continent: 'SA', cores: 8, zones: ['a'] });

const document = (web: string, rest = ''): string => `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources:
  web:
    kind: compute
${web}
${rest}`;
const requiring = (require: string, rest = ''): string => document(`    require: ${require}`, rest);

const cheapestOf = async (written: string, market: readonly OfferRow[]): Promise<number | undefined> => {
  const { demand } = parseCall(written).call;
  const cheapest: Demand = { ...demand, policy: 'lowest-cost', proposals: 1 };
  const { plans } = await selectPlans(cheapest, answerDemand(OfferTable.build(market), cheapest), { solver: { highs } });
  return plans[0]?.cost;
};

async function expectRepaired(written: string, text: string, market: readonly OfferRow[]): Promise<void> {
  expect(await cheapestOf(written, market)).toBeUndefined();
  const [first, ...others] = await repairs(market, parseCall(written).call.demand);
  expect(first?.repair.text).toBe(text);
  for (const { repair } of [first, ...others].filter((each) => each !== undefined)) {
    const edited = parseDocument(written);
    for (const { path, to } of repair.changes) {
      if (to === null) edited.deleteIn(path.split('.'));
      else edited.setIn(path.split('.'), parse(to));
    }
    expect(await cheapestOf(edited.toString(), market)).toBeCloseTo(repair.cost, 5);
  }
}

describe('a repair is told as a person would, and submitting the call with it succeeds', () => {
  test.each([
    ['a number', requiring('{ memory: ">= 64 GiB" }'), 'web memory >= 32 GiB instead of >= 64 GiB (65.70 USD a month)'],
    [
      'one of two',
      requiring('{ memory: ["> 2", "< 4"] }'),
      'web memory > 2 GiB and <= 4 GiB instead of > 2 GiB and < 4 GiB (7.30 USD a month)',
    ],
    ['an exact number', requiring('{ memory: 6 GiB }'), 'web memory >= 4 GiB and <= 6 GiB instead of 6 GiB (7.30 USD a month)'],
    [
      'a price',
      requiring('{ cores: "4..6", max_price: 0.05 USD/h }'),
      'web max_price 0.0523457 USD/h instead of 0.05 USD/h (38.21 USD a month)',
    ],
    ['a country', requiring('{ region: { country: [IE, ES] } }'), 'web also in country FR (7.30 USD a month)'],
    [
      'places kept out of',
      requiring('{ region: { not: { continent: [EU, NA] } } }'),
      'web not kept out of continent EU (7.30 USD a month)',
    ],
    ['an architecture', requiring('{ architecture: x86 }'), 'web architecture x86 or x64 instead of x86 (7.30 USD a month)'],
    ['what is unknown', requiring('{ disk: ">= 10 GiB" }'), 'web without "disk >= 10 GiB" (7.30 USD a month)'],
    [
      'the budget',
      requiring('{ cores: ">= 8" }', 'budget: { at_most: 50 USD/month }'),
      'a budget of 65.70 instead of 50.00 USD a month (65.70 USD a month)',
    ],
    [
      'a spread',
      document('    count: 4\n    place: { spread: { over: country } }'),
      'at most 2 instead of 1 machines of web in one country (43.80 USD a month)',
    ],
    [
      'apart',
      document('    place: { apart_from: [db], over: vendor }\n  db: { kind: compute }'),
      'web not kept apart from db over vendor (14.60 USD a month)',
    ],
    [
      'two constraints',
      requiring('{ memory: ">= 64 GiB", region: { country: [FR] }, architecture: arm64 }'),
      'web memory >= 16 GiB instead of >= 64 GiB and web architecture arm64 or x64 instead of arm64 (38.21 USD a month)',
    ],
    ['a set of numbers', requiring('{ cores: [3, 6] }'), 'web cores 3 or 6 or 2 instead of 3 or 6 (7.30 USD a month)'],
    [
      'values kept out',
      requiring('{ cores: { not: [2, 4, 8] } }'),
      'web cores not: [4, 8] instead of not: [2, 4, 8] (7.30 USD a month)',
    ],
    [
      'the availability of an item',
      document('    count: 2\n    availability: { at_least: 99.85 % }'),
      'an availability of web of at least 99.79 % instead of 99.85 % (14.60 USD a month)',
    ],
    [
      'the availability of several',
      document('  db: { kind: compute }', 'availability: { at_least: 99.99 % }'),
      'no target "availability of web and db >= 99.99 %" (14.60 USD a month)',
    ],
    [
      'the availability of some of several',
      document('    count: 3\n    availability: { at_least: 99.9999 %, min_up: 2 }'),
      'no target "availability of web >= 99.9999 % (2 of 3 up)" (21.90 USD a month)',
    ],
    [
      'nearness',
      requiring('{ region: { near: { latitude: 0, longitude: 0, within: 100 km } } }'),
      'web within 111.196 km instead of 100 km (7.30 USD a month)',
    ],
    ['a market', requiring('{ market: spot, region: { country: [DE] } }'), 'web market any instead of spot (14.60 USD a month)'],
    [
      'with',
      document(
        '    require: { max_price: 0.01 USD/h }\n    place: { with: db, over: region }\n  db: { kind: compute, require: { cores: [8, 16], memory: [32, 64] } }',
      ),
      'web not kept with db over region (73.00 USD a month)',
    ],
    [
      'traffic within the budget',
      document(
        '  db: { kind: compute, place: { apart_from: [web], over: region } }',
        'traffic: [{ from: web, to: db, volume: 100 GiB/month }]\nbudget: { at_most: 20 USD/month }',
      ),
      'a budget of 23.90 instead of 20.00 USD a month (23.90 USD a month)',
    ],
  ])('of %s', async (_, written, text) => {
    await expectRepaired(written, text, rows);
  });

  test.each([
    [
      'a price of one market',
      requiring('{ market: spot, max_price: { spot: 0.003 USD/h } }'),
      'web max_price spot: 0.004 USD/h instead of spot: 0.003 USD/h (2.92 USD a month)',
    ],
    [
      'a floor on demand',
      document(
        '    count: 2\n    require: { cores: ">= 8", market: { on_demand_at_least: 2 } }',
        'budget: { at_most: 70 USD/month }',
      ),
      'at least 1 instead of 2 machines of web on demand (68.62 USD a month)',
    ],
  ])('of %s, where there is a spot market', async (_, written, text) => {
    await expectRepaired(written, text, [...rows, spot]);
  });
});

/** Without what the brute force does not try. */
function countable({ needs, policy, objectives, proposals, budget, quotas }: Demand): Demand {
  return { needs, policy, objectives, proposals, ...(budget && { budget }), ...(quotas && { quotas }) };
}

/** Of an item nothing but how many, so that every offer answers. */
function bare({ item, kind, count }: Need): Need {
  return { item, kind, count, require: [], prefer: [], spread: [], apartFrom: [] };
}

describe('what is told of the round in which repairs were found', () => {
  const explanation = { items: [], bounds: {}, notes: ['web: none meets it.'] };
  const repair = { changes: [], cost: 7.3, size: 1, text: 'web also in country FR (7.30 USD a month)' };
  const asked = ['aws', 'azure', 'linode'];

  it('is who was asked, and nothing more when all answered', () => {
    const round = { asked, silent: [] };
    expect(withRepairs(explanation, [], round)).toEqual({ ...explanation, repairRound: round });
  });

  it('is that a smaller change may exist where somebody had not answered', () => {
    const { notes, repairs } = withRepairs(explanation, [{ repair, demand: parseCall(requiring('{ cores: 1 }')).call.demand }], {
      asked,
      silent: ['azure'],
    });
    expect(repairs).toEqual([repair]);
    expect(notes).toEqual([
      'It would be possible with: web also in country FR (7.30 USD a month).',
      'azure had not answered in time when all 3 vendor agents were asked what would make it possible: a smaller change may exist.',
      'web: none meets it.',
    ]);
  });
});
