import type { Highs } from 'highs';
import {
  answerDemand,
  type Assignment,
  type Constraint,
  type Demand,
  mergeAnswers,
  type Need,
  type OfferRow,
  OfferTable,
  selectPlans,
  violations,
} from '../src/index.js';
import { highs as loadHighs } from './highs.js';
import { offerRow as row } from './offer-row.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

function need(rest: Partial<Need> = {}): Need {
  return { item: 'web', kind: 'compute', count: 1, require: [], prefer: [], spread: [], apartFrom: [], ...rest };
}

function demand(needs: readonly Need[], rest: Partial<Demand> = {}): Demand {
  return { needs, policy: 'weighted', objectives: [{ of: 'cost', direction: 'minimise', weight: 1 }], proposals: 3, ...rest };
}

const atLeast = (attribute: 'cores' | 'memory', value: number): Constraint => ({
  type: 'number',
  text: `${attribute} >= ${value}`,
  attribute,
  comparison: '>=',
  value,
});

const market = [
  row('r1', 'small', 0.01),
  row('r1', 'big', 0.03, { cores: 4, memory: 16 }),
  row('r2', 'small', 0.02, { availability: 0.9999 }),
  row('r3', 'small', 0.04, { country: 'DE', availability: null }),
];

async function select(
  demanded: Demand,
  rows: readonly OfferRow[] = market,
  options: Omit<Parameters<typeof selectPlans>[2], 'solver'> = {},
) {
  return selectPlans(demanded, answerDemand(OfferTable.build(rows), demanded), { solver: { highs }, ...options });
}

function where(assignments: readonly Assignment[] = []): readonly string[] {
  return assignments.map(({ item, count, offer }) => `${item} ${count} ${offer.region}/${offer.instanceType}`);
}

describe('what an answer tells', () => {
  test('counts what each constraint excludes, alone and at all, and finds the nearest miss', () => {
    const answer = answerDemand(
      OfferTable.build(market),
      demand([need({ require: [atLeast('cores', 4), atLeast('memory', 32)] })]),
    );
    expect(answer.items[0]).toMatchObject({
      considered: 4,
      feasible: 0,
      candidates: [],
      excluded: [
        {
          constraint: 'cores >= 4',
          excluded: 3,
          excludedByThisAlone: 0,
          nearestMiss: { offer: 'alpha/r1/a/small/on-demand', found: 'cores 2', wanted: 'cores >= 4' },
        },
        {
          constraint: 'memory >= 32',
          excluded: 4,
          excludedByThisAlone: 1,
          nearestMiss: { offer: 'alpha/r1/a/big/on-demand', found: 'memory 16 GiB', wanted: 'memory >= 32 GiB' },
        },
      ],
    });
  });

  test('takes an unknown value for a miss, and says that it is unknown', () => {
    const disk: Constraint = { type: 'number', text: 'disk != 10', attribute: 'disk', comparison: '!=', value: 10 };
    const [item] = answerDemand(OfferTable.build(market), demand([need({ require: [disk] })])).items;
    expect(item).toMatchObject({ feasible: 0, excluded: [{ excluded: 4, nearestMiss: { found: 'disk unknown' } }] });
  });

  test('leaves out offers that failed, and images that an account does not have', () => {
    const image: Constraint = { type: 'text', text: 'image = debian-12', attribute: 'image', anyOf: ['debian-12'] };
    const demanded = demand([need({ require: [image] })]);
    const table = OfferTable.build(market);
    const excludedOffers = new Set(['alpha/r1/a/small/on-demand']);
    expect(answerDemand(table, demanded, { excludedOffers }).items[0]).toMatchObject({
      feasible: 3,
      excluded: [{ excluded: 1, excludedByThisAlone: 1 }],
    });
    expect(answerDemand(table, demanded, { providesImage: () => false }).items[0]).toMatchObject({
      feasible: 0,
      excluded: [{ constraint: 'image = debian-12', excluded: 4 }],
    });
  });

  test('of several agents is one answer, with the nearest of their misses', () => {
    const demanded = demand([need({ require: [atLeast('cores', 8)] })]);
    const answers = [market, [row('r9', 'six', 0.5, { agent: 'beta', cores: 6 })]].map((rows) =>
      answerDemand(OfferTable.build(rows), demanded),
    );
    expect(mergeAnswers(answers, demanded).items[0]).toMatchObject({
      considered: 5,
      excluded: [{ excluded: 5, excludedByThisAlone: 5, nearestMiss: { offer: 'beta/r9/a/six/on-demand', found: 'cores 6' } }],
    });
  });

  test('holds a region of more zones than fit one integer', () => {
    const zones = Array.from({ length: 70 }, (_, index) => `z${index}`);
    const answer = answerDemand(OfferTable.build([row('r1', 'small', 0.01, { zones })]), demand([need()]));
    expect(new Set(answer.items[0]?.candidates).size).toBe(70);
  });
});

describe('why a plan stands where it does', () => {
  const weighted = demand([need()], {
    objectives: [
      { of: 'cost', direction: 'minimise', weight: 4 },
      { of: 'availability', direction: 'maximise', weight: 1 },
    ],
  });

  test('the loser is told by what it lost, objective by objective', async () => {
    const { plans, explanation } = await select(weighted);
    expect(plans.map(({ assignments }) => where(assignments)[0])).toEqual(['web 1 r1/small', 'web 1 r2/small', 'web 1 r3/small']);
    expect(plans[0]?.why).toBe(
      'scores 0.8000: cost 7.30 USD a month (+0.8000), availability 99.9000 % (+0.0000); wins by 0.0667 over proposal 2',
    );
    expect(plans[1]?.why).toBe(
      'loses to proposal 1 by 0.0667: cost 7.30 USD a month more (-0.2667), availability 0.0900 % more (+0.2000); differs in where web goes',
    );
    expect(explanation.bounds['cost']?.min).toBeCloseTo(7.3, 9);
    expect(explanation.bounds['cost']?.max).toBeCloseTo(29.2, 9);
    expect(explanation.notes.join('\n')).toMatch(/independent/);
  });

  test('an unknown availability scores the worst and promises nothing', async () => {
    const { plans, explanation } = await select(weighted);
    const last = plans[2]?.scores.find(({ key }) => key === 'availability');
    expect(last).toMatchObject({ value: 0, normalised: 0 });
    expect(explanation.notes.join('\n')).toMatch(/declare no availability/);
  });

  test('says when fewer plans differ than were asked for', async () => {
    const { plans, explanation } = await select(demand([need()], { proposals: 5 }));
    expect(plans).toHaveLength(3);
    expect(explanation.notes).toContain(
      'There are 3 plans that differ in account, region, zone or market; 5 proposals were asked for.',
    );
  });
});

describe('the offers that lost', () => {
  const weighted = demand([need()], {
    objectives: [
      { of: 'cost', direction: 'minimise', weight: 4 },
      { of: 'availability', direction: 'maximise', weight: 1 },
    ],
  });

  test('stand beside the winner, value by value, the least loss first', async () => {
    const { explanation } = await select(weighted);
    expect(explanation.items[0]?.alternatives).toEqual([
      {
        offer: 'alpha/r2/a/small/on-demand',
        beside: 'alpha/r1/a/small/on-demand',
        loses: expect.closeTo(0.0667, 3) as number,
        scores: [
          { key: 'cost', value: expect.closeTo(14.6, 6) as number, winner: expect.closeTo(7.3, 6) as number, unit: 'USD/month' },
          { key: 'availability', value: 0.9999, winner: 0.999, unit: 'fraction' },
        ],
      },
      expect.objectContaining({ offer: 'alpha/r3/a/small/on-demand', loses: expect.closeTo(0.8, 3) as number }),
    ]);
  });

  test('say so when they would break what holds for all machines together', async () => {
    const spread = [need({ count: 2, spread: [{ over: 'country', atMost: 1 }] })];
    const { explanation } = await select(demand(spread, { budget: { atMost: 40 } }));
    const [first, ...others] = explanation.items[0]?.alternatives ?? [];
    expect(first).toMatchObject({ offer: 'alpha/r2/a/small/on-demand', breaks: 'web: 2 in country FR, at most 1' });
    expect(others).toEqual([]);
  });

  test('are the best few of different sizes and places where there are such', async () => {
    const many = [1, 2, 3, 4].flatMap((size) =>
      ['r1', 'r2', 'r3', 'r4', 'r5', 'r6'].map((region, index) =>
        row(region, `s${size}`, 0.01 * size + 0.001 * index, { cores: size, memory: size }),
      ),
    );
    const bigger = demand([
      need({ prefer: [{ type: 'extreme', text: 'cores max', attribute: 'cores', direction: 'max', weight: 1 }] }),
    ]);
    const { explanation } = await select(bigger, many);
    const alternatives = explanation.items[0]?.alternatives ?? [];
    expect(alternatives).toHaveLength(5);
    expect(new Set(alternatives.map(({ offer }) => offer.split('/')[3])).size).toBe(4);
    expect(new Set(alternatives.map(({ offer }) => offer.split('/')[1])).size).toBeGreaterThan(3);
    expect(alternatives.map(({ loses }) => loses)).toEqual(alternatives.map(({ loses }) => loses).sort((a, b) => a - b));
  });
});

describe('what a constraint costs', () => {
  test('is told as a sentence, with where it would be cheaper', async () => {
    const inGermany: Constraint = { type: 'place', text: 'region: country DE', within: { country: ['DE'] }, not: {} };
    const demanded = demand([need({ count: 2, require: [inGermany] })]);
    const { offers } = answerDemand(OfferTable.build(market), demand([need()]), { prune: false });
    const itself = offers.find(({ region, instanceType }) => region === 'r1' && instanceType === 'small');
    const answer = answerDemand(OfferTable.build(market), demanded);
    const items = answer.items.map((item) => ({
      ...item,
      excluded: item.excluded.map((each) => ({
        ...each,
        ...(itself && { cheapestAlone: { offer: itself.id, found: '', price: 0.01, itself } }),
      })),
    }));
    const { explanation } = await selectPlans(demanded, { ...answer, items }, { solver: { highs } });
    expect(explanation.prices).toEqual([
      {
        item: 'web',
        constraint: 'region: country DE',
        looser: 'country DE or FR',
        saves: expect.closeTo(43.8, 6) as number,
        gains: expect.any(Number) as number,
        text: 'One more country (FR) would save 43.80 USD a month (web at alpha r1).',
      },
    ]);
    expect(explanation.items[0]?.excluded[0]?.cheapestAlone).toEqual({
      offer: 'alpha/r1/a/small/on-demand',
      found: '',
      price: 0.01,
    });
  });

  test('of a spread and of items kept apart is found by solving the call without', async () => {
    const needs = [
      need({ count: 2, spread: [{ over: 'region', atMost: 1 }] }),
      need({ item: 'db', apartFrom: [{ item: 'web', over: 'region' }] }),
    ];
    const { explanation } = await select(demand(needs));
    expect(explanation.prices?.map(({ text }) => text).sort()).toEqual([
      'At most 2 instead of 1 machines of web in one region would save 21.90 USD a month.',
      'db not kept apart from web over region would save 21.90 USD a month.',
    ]);
  });

  test('is not worked out where it would take too long, and that is said', async () => {
    const many = Array.from({ length: 301 }, (_, index) => row(`r${index}`, 'small', 0.01 + index / 1000));
    const { explanation } = await select(demand([need({ count: 2, spread: [{ over: 'region', atMost: 1 }] })]), many);
    expect(explanation.prices).toBeUndefined();
    expect(explanation.notes.join(' ')).toMatch(/What one of the constraints costs was not worked out/);
  });
});

describe('when there is no plan', () => {
  test('says for each item what excludes its offers', async () => {
    const { plans, explanation } = await select(demand([need({ require: [atLeast('cores', 8)] })]));
    expect(plans).toEqual([]);
    expect(explanation.notes).toEqual([
      'web: none of 4 offers meets every requirement. "cores >= 8" excludes 4, 4 of them by it alone; nearest: cores 4 at alpha/r1/a/big/on-demand.',
    ]);
  });

  test('says that nobody offered anything', async () => {
    expect((await select(demand([need()]), [])).explanation.notes).toEqual(['web: no vendor has made an offer.']);
  });

  test('says what the cheapest plan costs when the budget is too small', async () => {
    const { plans, explanation } = await select(demand([need({ count: 2 })], { budget: { atMost: 10 } }));
    expect(plans).toEqual([]);
    expect(explanation.notes).toEqual(['The cheapest plan costs 14.60 USD a month; at most 10.00 may be spent.']);
  });

  test('says how many places have a suitable offer when they cannot be spread', async () => {
    const { explanation } = await select(demand([need({ count: 3, spread: [{ over: 'country', atMost: 1 }] })]));
    expect(explanation.notes[0]).toMatch(
      /^spread: web needs 3 machines, at most 1 in a country, and 2 countries have a suitable offer: without it a plan/,
    );
  });

  test('says which items cannot be kept apart', async () => {
    const both = [need(), need({ item: 'db', apartFrom: [{ item: 'web', over: 'vendor' }] })];
    expect((await select(demand(both))).explanation.notes[0]).toMatch(
      /^apart: db from web over vendor: without it a plan for 14.60 USD a month exists/,
    );
  });

  test('says how much capacity is left', async () => {
    const demanded = demand([need({ count: 9 })]);
    const answer = answerDemand(OfferTable.build(market), demanded, { unitsLeft: () => 2 });
    const { explanation } = await selectPlans(demanded, answer, { solver: { highs } });
    expect(explanation.notes[0]).toMatch(/^capacity: 6 machines are left/);
  });

  test('says which joint constraints exclude each other', async () => {
    const needs = [need({ count: 3, spread: [{ over: 'country', atMost: 1 }] })];
    const { explanation } = await select(demand(needs, { budget: { atMost: 1 } }));
    expect(explanation.notes[0]).toMatch(/^No plan meets these together: the budget of 1.00 USD a month; spread/);
  });
});

describe('planning again', () => {
  const three = demand([need({ count: 3, spread: [{ over: 'region', atMost: 1 }] })]);

  test('keeps what is placed, leaves out what failed and minds the cost', async () => {
    const { plans } = await select(three);
    const kept = plans[0]?.assignments.filter(({ offer }) => offer.region === 'r3') ?? [];
    const excludedOffers = new Set(['alpha/r1/a/small/on-demand']);
    const answer = answerDemand(OfferTable.build(market), three, { excludedOffers });
    const again = await selectPlans(three, answer, {
      solver: { highs },
      fixed: kept,
      quarantined: excludedOffers,
      costLimit: 100,
    });
    expect(again.plans[0]?.assignments.some(({ offer }) => offer.region === 'r3')).toBe(true);
    expect(where(again.plans[0]?.assignments)).not.toContain('web 1 r1/small');
    expect(violations(three, again.plans[0]?.assignments ?? [], {})).toEqual([]);
    expect((await select(three, market, { fixed: kept, costLimit: 40 })).plans).toEqual([]);
  });

  test('counts what is placed for spread and apart, though its own offer is gone', async () => {
    const gone = answerDemand(OfferTable.build([row('r1', 'gone', 0.01)]), three).offers.map((offer) => ({
      item: 'web',
      offer,
      count: 1,
    }));
    const { plans } = await select(three, market, { fixed: gone });
    expect(where(plans[0]?.assignments)).toEqual(['web 1 r1/gone', 'web 1 r2/small', 'web 1 r3/small']);
  });

  test('has nothing to do when all is placed', async () => {
    const { plans } = await select(three);
    const again = await select(three, market, { fixed: plans[0]?.assignments });
    expect(again.plans).toHaveLength(1);
    expect(where(again.plans[0]?.assignments)).toEqual(where(plans[0]?.assignments));
  });
});
