import fc from 'fast-check';
import type { Highs } from 'highs';
import {
  type Answer,
  answerDemand,
  type Constraint,
  type Demand,
  type Exclusion,
  type Need,
  type NumberConstraint,
  type Offer,
  OfferTable,
  type PlaceConstraint,
  selectPlans,
} from '../src/index.js';
import { isFeasible, read } from './brute-force.js';
import { capacities, market as anyMarket, plainDemand as anyDemand } from './demands.js';
import { highs as loadHighs } from './highs.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

/** Of the offers that miss this constraint and no other the cheapest, by trying them all. */
function cheapestAlone(need: Need, constraint: Constraint, demand: Demand, offers: readonly Offer[]): Offer | undefined {
  const others = { ...need, require: need.require.filter((each) => each !== constraint) };
  return offers
    .filter((offer) => isFeasible(others, demand, offer) && !isFeasible(need, demand, offer))
    .sort((a, b) => a.price - b.price || (a.id < b.id ? -1 : 1))[0];
}

function withCheapestAlone(answer: Answer, demand: Demand, offers: readonly Offer[]): Answer {
  const items = answer.items.map((item, index) => {
    const need = demand.needs[index];
    const excluded = item.excluded.map((exclusion): Exclusion => {
      const constraint = need?.require.find(({ text }) => text === exclusion.constraint);
      const itself = need && constraint && cheapestAlone(need, constraint, demand, offers);
      if (!itself) return exclusion;
      return { ...exclusion, cheapestAlone: { offer: itself.id, found: '', price: itself.price, itself } };
    });
    return { ...item, excluded };
  });
  return { ...answer, items };
}

/** The constraint as far looser as the offer needs. */
function loosened(constraint: Constraint, offer: Offer): readonly Constraint[] {
  switch (constraint.type) {
    case 'number':
      return loosenedNumber(constraint, read(constraint.attribute, offer));
    case 'price':
      return [{ ...constraint, atMost: offer.price }];
    case 'text':
      return offer.architecture === null ? [] : [{ ...constraint, anyOf: [...(constraint.anyOf ?? []), offer.architecture] }];
    case 'place':
      return loosenedPlace(constraint, offer);
    case 'numbers':
      return [constraint];
  }
}

function loosenedNumber(constraint: NumberConstraint, found: number | null): readonly Constraint[] {
  const { comparison, value } = constraint;
  if (found === null || comparison === '!=') return [];
  const least = comparison.startsWith('<') ? 0 : Math.min(found, value);
  const most = comparison.startsWith('>') ? Infinity : Math.max(found, value);
  return [
    { ...constraint, comparison: '>=', value: least },
    { ...constraint, comparison: '<=', value: most },
  ];
}

/** The market's calls name one level at a time, and at most one place that they keep out of. */
function loosenedPlace(constraint: PlaceConstraint, offer: Offer): readonly Constraint[] {
  const level = constraint.within.continent ? 'continent' : 'zone';
  const name = offer[level];
  if (Object.keys(constraint.not).length > 0 || name === null) return [];
  return [{ ...constraint, within: { [level]: [...(constraint.within[level] ?? []), name] } }];
}

const changed = (demand: Demand, item: string, change: Partial<Need>): Demand => ({
  ...demand,
  needs: demand.needs.map((need) => (need.item === item ? { ...need, ...change } : need)),
});

/** Every constraint of the demand, one step looser: by item and the name that explanations use. */
function looserDemands(demand: Demand, offers: readonly Offer[]): ReadonlyMap<string, Demand> {
  const all = new Map<string, Demand>();
  for (const need of demand.needs) {
    const { item, require, spread, apartFrom } = need;
    for (const constraint of require) {
      const alone = cheapestAlone(need, constraint, demand, offers);
      const looser = require.flatMap((each) => (each === constraint && alone ? loosened(each, alone) : [each]));
      all.set(`${item} ${constraint.text}`, changed(demand, item, { require: looser }));
    }
    for (const each of spread) {
      const looser = spread.map((other) => (other === each ? { ...each, atMost: each.atMost + 1 } : other));
      all.set(`${item} spread: { over: ${each.over}, at_most: ${each.atMost} }`, changed(demand, item, { spread: looser }));
    }
    for (const apart of apartFrom) all.set(`${item} apart_from: ${apart.item}`, changed(demand, item, { apartFrom: [] }));
  }
  return all;
}

describe('what a constraint is said to cost', () => {
  test('is what solving the loosened call saves, and what saves is told', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(anyMarket, anyDemand, capacities, fc.boolean(), async (rows, chosen, units, limited) => {
        const demand: Demand = { ...chosen, policy: 'lowest-cost', proposals: 1 };
        const unitsLeft = limited ? units : undefined;
        const table = OfferTable.build(rows);
        const solve = (asked: Demand, answer = answerDemand(table, asked, { unitsLeft })) =>
          selectPlans(asked, answer, { solver: { highs } });
        const bare = demand.needs.map((need) => ({ ...need, require: [], spread: [], apartFrom: [] }));
        const { offers } = answerDemand(table, { ...demand, needs: bare }, { unitsLeft, prune: false });
        const { plans, explanation } = await solve(
          demand,
          withCheapestAlone(answerDemand(table, demand, { unitsLeft }), demand, offers),
        );
        const [best] = plans;
        if (!best) return;
        const told = new Map((explanation.prices ?? []).map((price) => [`${price.item ?? ''} ${price.constraint}`, price]));
        for (const [name, looser] of looserDemands(demand, offers)) {
          const saves = best.cost - ((await solve(looser)).plans[0]?.cost ?? Infinity);
          const price = told.get(name)?.saves ?? 0;
          expect(price).toBeLessThan(saves + 1e-5);
          if (!isExact(name, demand, limited)) continue;
          expect(price).toBeCloseTo(saves, 5);
          exact += Number(saves > 0.01);
        }
      }),
      { numRuns: 400 },
    );
    expect(exact).toBeGreaterThan(10);
  }, 300_000);
});

/** Where the looser constraint lets in nothing that the Agency has not seen: the same offers for a spread, one offer for an item that nothing else binds. */
function isExact(name: string, { needs, budget }: Demand, limited: boolean): boolean {
  if (name.includes(' spread: ')) return true;
  return !limited && budget === undefined && needs.every(({ spread, apartFrom }) => spread.length + apartFrom.length === 0);
}
