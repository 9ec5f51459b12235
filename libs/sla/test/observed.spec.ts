import fc from 'fast-check';
import type { Highs } from 'highs';
import {
  answerDemand,
  type Demand,
  mergeAnswers,
  observedAvailability,
  type Observed,
  type OfferRow,
  OfferTable,
  readsObserved,
  selectPlans,
} from '../src/index.js';
import { asObserved } from './brute-observed.js';
import { highs as loadHighs } from './highs.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const month = 720;

describe('the availability that was observed', () => {
  const declared = fc.option(fc.double({ min: 0.5, max: 0.99999, noNaN: true }), { freq: 4 });
  const hours = fc.double({ min: 24, max: 1e6, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('is never better than both what is declared and what was seen, and is a little low at most', () => {
    fc.assert(
      fc.property(declared, hours, share, (said, watched, down) => {
        const value = observedAvailability(said, { hours: watched, down: watched * down }, month);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(Math.max(said ?? 0, 1 - down) + 1e-9);
        // Two digits of what is missing: a tenth of it at most.
        if (said !== null) expect(1 - value).toBeLessThanOrEqual(Math.max(1 - said, down) * 1.1 + 1e-9);
      }),
      { numRuns: 2_000 },
    );
  });

  test('falls with every hour down, and says what the definition says', () => {
    fc.assert(
      fc.property(declared, hours, share, share, (said, watched, a, b) => {
        const at = (down: number) => observedAvailability(said, { hours: watched, down: watched * down }, month);
        expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)));
        const observed: Observed = { ...nothing, availability: [{ ...seen, hours: watched, down: watched * a }] };
        const { offers } = answerDemand(OfferTable.build([{ ...north, availability: said }]), demand());
        const [offer] = offers;
        if (offer) expect(at(a)).toBeCloseTo(asObserved(demand(observed), offer).availability ?? NaN, 9);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['an untroubled month bears out what is declared', 0.9999, 4_100, 0, 0.9999],
    ['a little trouble counts beside the declaration', 0.9999, 4_100, 3, 0.99936],
    ['much that went well is believed where it is sure', 0.99, 40_000, 4, 0.99977],
    ['where nothing is declared the sure end counts', null, 4_100, 3, 0.9981],
    ['what never answered is worth next to nothing', 0.9999, 100_000, 100_000, 0],
  ])('%s', (_, said, watched, down, expected) => {
    expect(observedAvailability(said, { hours: watched, down }, month)).toBe(expected);
  });
});

const north: OfferRow = {
  agent: 'acme',
  vendor: 'acme',
  region: 'north',
  zones: ['a'],
  city: null,
  country: 'SE',
  continent: 'EU',
  market: 'on-demand',
  instanceType: 'm1',
  architecture: 'x64',
  cores: 2,
  memory: 4,
  disk: null,
  gpu: null,
  price: 0.01,
  availability: 0.9999,
  carbon: null,
};
const south = { ...north, region: 'south', price: 0.011, availability: 0.999 };
const asOf = '2026-11-21T08:20:00.000Z';
const seen = { vendor: 'acme', region: 'north', market: 'on-demand', hours: 4_100, down: 30, machines: 12, asOf } as const;
const nothing: Observed = { at: '2026-11-21T10:30:00.000Z', prior: month, availability: [], performance: [] };

function demand(observed?: Observed): Demand {
  return {
    needs: [{ item: 'web', kind: 'compute', count: 1, require: [], prefer: [], spread: [], apartFrom: [] }],
    policy: 'weighted',
    objectives: [
      { of: 'availability', direction: 'maximise', weight: 3 },
      { of: 'cost', direction: 'minimise', weight: 1 },
    ],
    proposals: 2,
    ...(observed && { observed }),
  };
}

describe('a call that reads what was observed', () => {
  const rows = [north, south];
  const table = OfferTable.build(rows);
  const select = (asked: Demand) => selectPlans(asked, mergeAnswers([answerDemand(table, asked)], asked), { solver: { highs } });

  test('goes elsewhere when machines were down where more is declared, and says why', async () => {
    expect((await select(demand())).plans[0]?.assignments[0]?.offer.region).toBe('north');
    const { plans, explanation } = await select(demand({ ...nothing, availability: [seen] }));
    expect(plans.map(({ assignments }) => assignments[0]?.offer.region)).toEqual(['south', 'north']);
    expect(plans[1]?.assignments[0]?.offer).toMatchObject({ availability: 0.9937, declared: 0.9999 });
    expect(explanation.notes).toContain(
      'acme north, on-demand: availability observed 99.2682 % over 4,100 h of 12 machines, 2 h ago; declared 99.99 %; 99.37 % counts.',
    );
  });

  test('says what a requirement excludes by it', async () => {
    const constraint = {
      type: 'number',
      text: 'availability >= 99.9 %',
      attribute: 'availability',
      comparison: '>=',
      value: 0.999,
    } as const;
    const asked = demand({ ...nothing, availability: [seen] });
    const strict = { ...asked, needs: asked.needs.map((need) => ({ ...need, require: [constraint] })) };
    const { explanation } = await select(strict);
    const careless = mergeAnswers([answerDemand(table, { ...strict, needs: asked.needs })], strict);
    expect((await selectPlans(strict, careless, { solver: { highs } })).plans).toHaveLength(1);
    expect(explanation.items[0]?.excluded[0]?.nearestMiss?.found).toBe('availability 99.37 % observed (declared 99.99 %)');
  });

  test('holds what runs to what is observed now, and to what was declared where that is too little by now', async () => {
    const [offer] = answerDemand(table, demand({ ...nothing, availability: [seen] })).offers;
    if (!offer) throw new Error('no offer');
    const asked = demand({ ...nothing, availability: [{ ...seen, region: 'south' }] });
    const options = { solver: { highs }, fixed: [{ item: 'web', offer, count: 1 }] };
    const { plans } = await selectPlans(asked, answerDemand(table, asked), options);
    expect(offer.declared).toBe(0.9999);
    expect(plans[0]?.assignments[0]?.offer).toMatchObject({ id: offer.id, availability: 0.9999 });
  });

  test('knows the computing power that machines of a size have measured, and of no others', async () => {
    const asked: Demand = { ...demand(), objectives: [{ of: 'performance', direction: 'maximise', weight: 1 }] };
    const both = OfferTable.build([north, { ...north, instanceType: 'm2', price: 0.02 }, { ...north, instanceType: 'm3' }]);
    const measured = { vendor: 'acme', machines: 5, asOf };
    const performance = [
      { ...measured, instanceType: 'm1', value: 700 },
      { ...measured, instanceType: 'm2', value: 1_500 },
    ];
    const observed = { ...nothing, performance };
    const answer = answerDemand(both, { ...asked, observed }, { prune: false });
    expect(answer.offers.map(({ instanceType, performance }) => [instanceType, performance])).toEqual([
      ['m1', 700],
      ['m3', undefined],
      ['m2', 1_500],
    ]);
    expect(answerDemand(both, asked, { prune: false }).offers.every(({ performance }) => performance === undefined)).toBe(true);
    const { plans } = await selectPlans({ ...asked, observed }, answer, { solver: { highs } });
    expect(plans[0]?.assignments[0]?.offer.instanceType).toBe('m2');
  });

  test('gets it from its table once, not for every answer; and nobody else is told', () => {
    const observed = { ...nothing, availability: [seen] };
    expect(table.observed(observed)).toBe(table.observed({ ...observed, at: asOf }));
    expect(table.observed(undefined)).toBe(table);
    expect(table.observed(nothing)).toBe(table);
    expect(answerDemand(table, demand()).offers.every((offer) => !('declared' in offer))).toBe(true);
  });

  test('is known by what it requires, prefers, is to be, and weighs', () => {
    const cheap: Demand = { ...demand(), objectives: [{ of: 'cost', direction: 'minimise', weight: 1 }] };
    expect(readsObserved(cheap)).toEqual({ availability: false, performance: false });
    expect(readsObserved(demand()).availability).toBe(true);
    expect(readsObserved({ ...cheap, availability: [{ text: 'all', items: ['web'], atLeast: 0.9 }] }).availability).toBe(true);
    const expression = { of: 'expression', direction: 'minimise', weight: 1, expression: 'price / performance' } as const;
    expect(readsObserved({ ...cheap, objectives: [expression] }).performance).toBe(true);
  });
});
