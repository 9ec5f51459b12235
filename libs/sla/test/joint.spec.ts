import type { Highs } from 'highs';
import {
  answerDemand,
  type Assignment,
  type Demand,
  mergeAnswers,
  type Need,
  type OfferRow,
  OfferTable,
  selectPlans,
  violations,
} from '../src/index.js';
import { highs as loadHighs } from './highs.js';
import { offerRow } from './offer-row.js';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const egress = { internet: 0.09, region: 0.02, zone: 0.01 };
const row = (region: string, price: number, rest: Partial<OfferRow> = {}): OfferRow =>
  offerRow(region, 'small', price, { vendor: 'aws', zones: ['a', 'b'], availability: 0.99, egress, ...rest });
const need = (item: string, count: number, rest: Partial<Need> = {}): Need => {
  return { item, kind: 'compute', count, require: [], prefer: [], spread: [], apartFrom: [], ...rest };
};
const cheapest = (needs: readonly Need[], rest: Partial<Demand> = {}): Demand => {
  return { needs, policy: 'lowest-cost', objectives: [], proposals: 1, ...rest };
};
type Terms = Parameters<typeof answerDemand>[2];
type Options = Omit<Parameters<typeof selectPlans>[2], 'solver'>;

async function select(rows: readonly OfferRow[], demand: Demand, terms: Terms = {}, options: Options = {}) {
  return selectPlans(demand, answerDemand(OfferTable.build(rows), demand, terms), { solver: { highs }, ...options });
}

const told = (assignments: readonly Assignment[] = []) =>
  assignments.map(({ item, offer, count, off }) => `${count} ${item} ${offer.id}${off === undefined ? '' : ` -${off * 100} %`}`);

describe('a plan', () => {
  const far = row('us-east-1', 0.01, { country: 'US', continent: 'NA' });
  const here = row('eu-west-3', 0.02);

  test('weighs what traffic costs against cheaper machines elsewhere, and says what it is', async () => {
    const db = need('db', 1, {
      require: [{ type: 'place', text: 'region: country FR', within: { country: ['FR'] }, not: {} }],
    });
    const demand = cheapest([need('web', 2), db], { traffic: [{ from: 'web', to: 'db', volume: 1000 }] });
    const { plans } = await select([far, here], demand);
    expect(told(plans[0]?.assignments)).toEqual([
      '2 web alpha/eu-west-3/a/small/on-demand',
      '1 db alpha/eu-west-3/a/small/on-demand',
    ]);
    expect(plans[0]).toMatchObject({ traffic: 0, optimal: true });
    const little = { ...demand, traffic: [{ from: 'web', to: 'db', volume: 100 }] };
    const [apart] = (await select([far, here], little)).plans;
    expect(told(apart?.assignments)[0]).toBe('2 web alpha/us-east-1/a/small/on-demand');
    expect(apart?.traffic).toBeCloseTo(2, 9);
    expect(apart?.cost).toBeCloseTo(4 * 7.3 + 2, 9);
  });

  test('takes more of one vendor where that reaches a discount, for all of its machines', async () => {
    const discounts = [{ id: 'volume', by: 'machines', tiers: [{ from: 3, off: 0.6 }] }] as const;
    const rows = [far, row('eu-west-3', 0.02, { discount: 'volume' })];
    const [three] = (await select(rows, cheapest([need('web', 3)]), { discounts })).plans;
    expect(told(three?.assignments)).toEqual(['3 web alpha/eu-west-3/a/small/on-demand -60 %']);
    expect(three?.cost).toBeCloseTo(3 * 14.6 * 0.4, 9);
    const [two] = (await select(rows, cheapest([need('web', 2)]), { discounts })).plans;
    expect(told(two?.assignments)).toEqual(['2 web alpha/us-east-1/a/small/on-demand']);
  });

  test('that claims a discount it does not reach, or less than it reaches, is none', () => {
    const discounts = [{ id: 'volume', by: 'machines', tiers: [{ from: 2, off: 0.5 }] }] as const;
    const [offer] = answerDemand(
      OfferTable.build([row('eu-west-3', 0.02, { discount: 'volume' })]),
      cheapest([need('web', 1)]),
    ).offers;
    if (!offer) throw new Error('there is an offer');
    const claims = (count: number, off?: number) =>
      violations(cheapest([need('web', count)]), [{ item: 'web', offer, count, ...(off !== undefined && { off }) }], {
        discounts,
      });
    expect(claims(1, 0.5)).toEqual(['alpha/eu-west-3/a/small/on-demand: 50 % off, though the plan reaches 0 %']);
    expect(claims(2)).toEqual(['alpha/eu-west-3/a/small/on-demand: 0 % off, though the plan reaches 50 %']);
    expect(claims(2, 0.5)).toEqual([]);
  });

  test('meets an availability target by as many machines as it takes, and says what that assumes', async () => {
    const rows = [row('eu-west-3', 0.01, { availability: 0.9 }), row('us-east-1', 0.05, { availability: 0.999 })];
    const target = (atLeast: number) => [{ text: `web >= ${atLeast}`, items: ['web'], atLeast }];
    const two = need('web', 3, { minUp: 2 });
    const { plans, explanation } = await select(rows, cheapest([two], { availability: target(0.97) }));
    expect(told(plans[0]?.assignments)).toEqual(['3 web alpha/eu-west-3/a/small/on-demand']);
    expect(explanation.notes).toContain(
      'Availability targets are met by what vendors declare; the failures of machines are taken as independent of each other.',
    );
    const better = (await select(rows, cheapest([two], { availability: target(0.98) }))).plans[0];
    expect(told(better?.assignments)).toEqual([
      '2 web alpha/eu-west-3/a/small/on-demand',
      '1 web alpha/us-east-1/a/small/on-demand',
    ]);
  });

  test('takes no more than an account and the tenant have left, however many answers speak of it', async () => {
    const demand = cheapest([need('web', 3)], { quotas: [{ of: 'cores', left: 6 }] });
    const other = row('fr-par', 0.05, { agent: 'beta', vendor: 'scaleway' });
    const answers = [2, 1].map((left) =>
      answerDemand(OfferTable.build([far]), demand, { quotas: [{ agent: 'alpha', of: 'machines', left }] }),
    );
    const merged = mergeAnswers([...answers, answerDemand(OfferTable.build([other]), demand)], demand);
    const { plans } = await selectPlans(demand, merged, { solver: { highs } });
    expect(told(plans[0]?.assignments)).toEqual([
      '1 web alpha/us-east-1/a/small/on-demand',
      '2 web beta/fr-par/a/small/on-demand',
    ]);
    const plenty = {
      ...merged,
      quotas: [...(merged.quotas ?? []), { agent: 'beta', region: 'fr-par', of: 'machines', left: 400 } as const],
    };
    const { plans: none, explanation } = await selectPlans({ ...demand, quotas: [{ of: 'cores', left: 5 }] }, plenty, {
      solver: { highs },
    });
    expect(none).toEqual([]);
    expect(explanation.notes.join(' ')).toContain('the tenant has 5 cores left, alpha has 1 machines left');
    expect(explanation.notes.join(' ')).not.toContain('beta has');
  });
});

describe('what runs', () => {
  const demand = cheapest([need('web', 2)]);
  const runs = async (switching: number, leastGain: number) => {
    const dear = (await select([row('eu-west-3', 0.02)], demand)).plans[0]?.assignments ?? [];
    return (await select([row('us-east-1', 0.015)], demand, {}, { running: { assignments: dear, switching, leastGain } })).plans;
  };

  test('moves for what is cheaper, the moves counted', async () => {
    const [plan] = await runs(1, 0.1);
    expect(told(plan?.assignments)).toEqual(['2 web alpha/us-east-1/a/small/on-demand']);
    expect(plan?.moving).toBe(2);
    expect(plan?.cost).toBeCloseTo(2 * 10.95 + 2, 9);
  });

  test('stays where that gains less than is asked, and the plan says how much better one could be', async () => {
    const [plan] = await runs(1, 0.2);
    expect(told(plan?.assignments)).toEqual(['2 web alpha/eu-west-3/a/small/on-demand']);
    expect(plan).toMatchObject({ moving: 0, optimal: false });
    expect(plan?.gap).toBeGreaterThan(0);
  });

  test('stays where moving costs more than it saves, and nothing is better', async () => {
    const [plan] = await runs(4, 0);
    expect(told(plan?.assignments)).toEqual(['2 web alpha/eu-west-3/a/small/on-demand']);
    expect(plan).toMatchObject({ moving: 0, optimal: true });
  });
});

describe('what is too much to be planned exactly', () => {
  test('is refused: traffic between two large items', async () => {
    const demand = cheapest([need('web', 21), need('db', 21)], { traffic: [{ from: 'web', to: 'db', volume: 10 }] });
    await expect(select([row('eu-west-3', 0.01)], demand)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Split one into items of at most 20') as string,
    });
  });

  test('is refused: a target on many machines of many availabilities', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => row(`r${index}`, 0.01, { availability: 0.9 + index / 200 }));
    const demand = cheapest([need('web', 8, { minUp: 6 })], {
      availability: [{ text: 'web >= 0.99', items: ['web'], atLeast: 0.99 }],
    });
    await expect(select(rows, demand)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('10 different availabilities, which can be put together in 24310 ways') as string,
    });
  });
});
