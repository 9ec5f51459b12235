import fc from 'fast-check';
import type { Highs } from 'highs';
import {
  type Answer,
  answerDemand,
  type Ask,
  asksOf,
  type Demand,
  type OfferRow,
  OfferTable,
  selectPlans,
} from '../src/index.js';
import type { AskOptions } from '../src/negotiation/asks.js';
import { demandBy, market } from './demands.js';
import { highs as loadHighs } from './highs.js';
import { offerRow } from './offer-row.js';
import { web } from './tactics.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const cheapest: Demand = { needs: [web(1)], policy: 'lowest-cost', objectives: [], proposals: 1 };

const bestOf = async (demand: Demand, answer: Answer) => (await selectPlans(demand, answer, { solver: { highs } })).plans[0];

/** What each agent is told after a round on this market. */
async function told(
  rows: readonly OfferRow[],
  demand = cheapest,
  options: AskOptions = {},
): Promise<Readonly<Record<string, readonly Ask[]>>> {
  const answer = answerDemand(OfferTable.build(rows), demand, { prune: false });
  const best = await bestOf(demand, answer);
  if (!best) throw new Error('there is no plan');
  return Object.fromEntries(asksOf(demand, answer, best, options));
}

const sold = (agent: string, price: number, rest: Partial<OfferRow> = {}) =>
  offerRow('r1', 'small', price, { agent, vendor: agent, ...rest });
const gap = (band: string) => [{ item: 'web', attribute: 'price', gap: band }];

test('the losers are told how far they are off, the winner nothing', async () => {
  const rows = [sold('alpha', 0.1), sold('beta', 0.104), sold('gamma', 0.11), sold('delta', 0.2)];
  expect(await told(rows)).toEqual({ alpha: [], beta: gap('near'), gamma: gap('middle'), delta: gap('far') });
});

test('an agent is held to the best of its offers', async () => {
  const rows = [sold('alpha', 0.1), sold('beta', 0.3), sold('beta', 0.101, { region: 'r2' })];
  expect((await told(rows)).beta).toEqual(gap('near'));
});

test('what counts beside the price widens the gap or closes it', async () => {
  const demand: Demand = {
    ...cheapest,
    policy: 'weighted',
    objectives: [
      { of: 'cost', direction: 'minimise', weight: 1 },
      { of: 'availability', direction: 'maximise', weight: 1 },
    ],
  };
  const rows = [
    sold('alpha', 0.1),
    sold('beta', 0.2),
    sold('gamma', 0.1, { availability: 0.9 }),
    sold('delta', 0.104, { availability: 0.997 }),
  ];
  expect(await told(rows, demand)).toEqual({ alpha: [], beta: gap('far'), gamma: gap('far'), delta: gap('middle') });
});

test('where the order of the objectives decides, a lower price helps only if all before it are as good', async () => {
  const demand: Demand = {
    ...cheapest,
    policy: 'lexicographic',
    objectives: [
      { of: 'availability', direction: 'maximise', weight: 1 },
      { of: 'cost', direction: 'minimise', weight: 1 },
    ],
  };
  const rows = [sold('alpha', 0.1), sold('beta', 0.104), sold('gamma', 0.01, { availability: 0.9 })];
  expect(await told(rows, demand)).toEqual({ alpha: [], beta: gap('near'), gamma: gap('far') });
});

test('nobody is asked for a lower price where prices play no part', async () => {
  const demand: Demand = {
    ...cheapest,
    policy: 'weighted',
    objectives: [{ of: 'availability', direction: 'maximise', weight: 1 }],
  };
  expect(await told([sold('alpha', 0.1), sold('beta', 0.2, { availability: 0.9 })], demand)).toEqual({ alpha: [], beta: [] });
});

test('whom a joint constraint keeps out is far off, whatever it asks', async () => {
  const demand: Demand = {
    ...cheapest,
    needs: [web(1), { ...web(1), item: 'db', apartFrom: [{ item: 'web', over: 'vendor' }] }],
  };
  const rows = [sold('alpha', 0.1), sold('alpha', 0.1, { region: 'r2' }), sold('beta', 0.11), sold('gamma', 0.12)];
  const asks = await told(rows, demand);
  expect(asks.gamma?.map((ask) => 'gap' in ask && ask.gap).sort()).toEqual(['far', 'middle']);
});

describe('where the client publishes what it pays at most', () => {
  const require = [
    { type: 'price', text: 'max_price 0.2 USD/h', atMost: 0.2 },
    { type: 'price', text: 'max_price spot 0.15 USD/h', atMost: 0.15, market: 'spot' },
  ] as const;
  const demand: Demand = { ...cheapest, needs: [{ ...web(1), require }] };
  const rows = [sold('alpha', 0.1), sold('beta', 0.19), sold('gamma', 0.14, { market: 'spot' }), sold('delta', 0.3)];

  test('losers are told that, for the market they sell on, and nothing of their gap', async () => {
    expect(await told(rows, demand, { publishReservation: true })).toEqual({
      alpha: [],
      beta: [{ item: 'web', attribute: 'price', reservation: 0.2 }],
      gamma: [{ item: 'web', attribute: 'price', reservation: 0.15 }],
    });
  });

  test('those that were called and had nothing to offer are told it too', async () => {
    const asks = await told(rows, demand, { publishReservation: true, agents: ['alpha', 'delta'] });
    expect(asks.delta).toEqual([{ item: 'web', attribute: 'price', reservation: 0.2 }]);
    expect((await told(rows, demand, { agents: ['delta'] })).delta).toEqual([]);
  });

  test('a call without a max_price tells the band', async () => {
    expect((await told(rows, cheapest, { publishReservation: true })).beta).toEqual(gap('far'));
  });
});

test('nothing but the item and the band is ever told: no price of anybody, and nothing to an agent of what it wins', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(market, demandBy(['weighted', 'lowest-cost', 'lexicographic'], [2, 1]), async (rows, demand) => {
      const answer = answerDemand(OfferTable.build(rows), demand);
      const best = await bestOf(demand, answer);
      if (!best) return;
      for (const [agent, asks] of asksOf(demand, answer, best)) {
        for (const ask of asks) {
          expect(best.assignments.some(({ item, offer }) => item === ask.item && offer.agent === agent)).toBe(false);
          seen.add(JSON.stringify(ask));
        }
      }
    }),
    { numRuns: 200 },
  );
  const possible = ['web', 'db'].flatMap((item) =>
    ['near', 'middle', 'far'].map((band) => JSON.stringify({ item, attribute: 'price', gap: band })),
  );
  expect(possible).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBeGreaterThan(3);
}, 60_000);

/** Close to each other, so that every band comes up. */
const closeMarket: fc.Arbitrary<readonly OfferRow[]> = fc.uniqueArray(
  fc
    .record({
      agent: fc.constantFrom('alpha', 'beta', 'gamma'),
      region: fc.constantFrom('r1', 'r2'),
      price: fc.integer({ min: 80, max: 130 }),
      availability: fc.constantFrom(0.999, 0.998, 0.99),
      memory: fc.constantFrom(4, 8),
    })
    .map(({ agent, region, price, ...rest }) => sold(agent, price / 1000, { region, ...rest })),
  { minLength: 2, maxLength: 6, selector: ({ agent, region }) => `${agent}/${region}` },
);
const closeDemand = demandBy(['weighted', 'lowest-cost'], [1, 1]).map((demand): Demand => ({
  ...demand,
  needs: [{ ...web(1), prefer: demand.needs[0]?.prefer ?? [] }],
  traffic: [],
  availability: [],
}));

test('the band is right: so much less wins, and no less does', async () => {
  const bands = { near: 0, middle: 0, far: 0 };
  await fc.assert(
    fc.asyncProperty(closeMarket, closeDemand, async (rows, demand) => {
      const answer = answerDemand(OfferTable.build(rows), demand);
      const best = await bestOf(demand, answer);
      if (!best) return;
      for (const [agent, [ask]] of asksOf(demand, answer, best)) {
        if (!ask || !('gap' in ask)) continue;
        bands[ask.gap] += 1;
        const winsAt = async (cut: number) => {
          const offers = answer.offers.map((offer) =>
            offer.agent === agent ? { ...offer, price: offer.price * (1 - cut) } : offer,
          );
          return (await bestOf(demand, { ...answer, offers }))?.assignments[0]?.offer.agent === agent;
        };
        if (ask.gap !== 'far') expect(await winsAt(ask.gap === 'near' ? 0.0501 : 0.1501)).toBe(true);
        if (ask.gap !== 'near') expect(await winsAt(ask.gap === 'far' ? 0.1499 : 0.0499)).toBe(false);
      }
    }),
    { numRuns: 150 },
  );
  expect(Math.min(...Object.values(bands))).toBeGreaterThan(10);
}, 60_000);
