import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import type { Highs } from 'highs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { answerDemand, type OfferRow, OfferTable, type Plan, readTactic, selectPlans, situationOf } from '../src/index.js';
import { tactics as registry } from '../src/negotiation/tactics/registry.js';
import { demandBy, market } from './demands.js';
import { highs as loadHighs } from './highs.js';
import { offerRow } from './offer-row.js';
import { counters, group, type Heard, heard, levelIn, onDemand, round, tactics, web } from './tactics.js';

const month = 730 * 3_600_000;
const spot = { ...onDemand, market: 'spot' } as const;

describe('a time-dependent vendor', () => {
  const levels = (tactic: object, rounds: number) =>
    Array.from({ length: rounds }, (_, index) =>
      levelIn({ use: 'time-dependent', floor: '80 %', ...tactic }, round(index + 1, { rounds })),
    );

  test('goes from its list price to its floor by the last round', () => {
    expect(levels({}, 5)).toEqual([1, 0.95, 0.9, 0.85, 0.8]);
  });

  test('asks its list price in what is no negotiation, such as the search for a replacement', () => {
    expect(levelIn({ use: 'time-dependent', floor: '80 %' }, round(4, { rounds: undefined }))).toBe(1);
  });

  test('holds out until late as a Boulware, gives way early as a Conceder', () => {
    expect(levels({ beta: 0.25 }, 5)).toEqual([1, 0.9993, 0.9875, 0.9368, 0.8]);
    expect(levels({ beta: 4 }, 5)).toEqual([1, 0.8586, 0.8319, 0.8139, 0.8]);
  });

  test('takes the exponential curve too, between the same ends', () => {
    const [first = 0, second = 0, last = 0] = levels({ curve: 'exponential', beta: 0.5, start: '99 %' }, 3);
    expect([first, last]).toEqual([0.99, 0.8]);
    expect(second).toBeGreaterThan(0.95);
  });

  test('has its first price where there is one round only', () => {
    expect(levels({}, 1)).toEqual([1]);
    expect(levels({ start: '97 %' }, 1)).toEqual([0.97]);
  });

  test('gives no more while it wins, and what time has made of it when it loses again', () => {
    const heardSo = (...told: readonly Heard[]) =>
      levelIn({ use: 'time-dependent', floor: '80 %' }, round(told.length + 1, { rounds: 5, counters: counters(...told) }));
    expect(heardSo('far')).toBe(0.95);
    expect(heardSo('far', 'won')).toBe(0.95);
    expect(heardSo('far', 'won', 'won')).toBe(0.95);
    expect(heardSo('far', 'won', 'won', 'near')).toBe(0.8);
  });
});

describe('a behaviour-dependent vendor', () => {
  const after = (...told: readonly Heard[]) =>
    levelIn({ use: 'behaviour-dependent', step: '8 %', floor: '75 %' }, round(told.length + 1, { counters: counters(...told) }));

  test('asks its list price until it hears of a gap', () => {
    expect(after()).toBe(1);
    expect(after('won')).toBe(1);
  });

  test('gives as much again while the gap narrows, half where it stays, nothing where it widens', () => {
    expect(after('far')).toBe(0.92);
    expect(after('far', 'middle')).toBe(0.84);
    expect(after('far', 'far')).toBe(0.88);
    expect(after('middle', 'far')).toBe(0.92);
  });

  test('gives no more than the band says is missing, and never goes below its floor', () => {
    expect(after('near')).toBe(0.95);
    expect(after('far', 'middle', 'near')).toBe(0.798);
    expect(after('far', 'middle', 'near', 'won', 'near', 'near', 'near', 'near')).toBe(0.75);
  });

  test('meets what the client pays at most at once, where it can', () => {
    expect(after(0.9)).toBe(0.9);
    expect(after(0.6)).toBe(1);
    expect(after(0.9, 0.9)).toBe(0.86);
  });
});

describe('discounts', () => {
  test('are by the machines that a call asks for', () => {
    const volume = {
      use: 'volume',
      tiers: [
        { from: 10, off: '5 %' },
        { from: 50, off: '10 %' },
      ],
    };
    const asking = (count: number) => levelIn(volume, round(1, { demand: { needs: [web(count - 1), web(1)] } }));
    expect([9, 10, 49, 50].map(asking)).toEqual([1, 0.95, 0.95, 0.9]);
  });

  test('are by what an offer commits to', () => {
    const commitment = { use: 'commitment', tiers: [{ from: '12 month', off: '10 %' }] };
    const committing = (months: number) => levelIn(commitment, round(1), { ...onDemand, commitment: months * month });
    expect([0, 6, 12, 36].map(committing)).toEqual([1, 1, 0.9, 0.9]);
  });
});

test('a spot seller lowers spot prices alone, step by step to its floor', () => {
  const seller = { use: 'spot', floor: '85 %', step: '10 %' };
  expect([1, 2, 3].map((number) => levelIn(seller, round(number), spot))).toEqual([1, 0.9, 0.85]);
  expect(levelIn(seller, round(3))).toBe(1);
});

test('a capacity-aware vendor gives more the more is free, and nothing where nobody knows', () => {
  const aware = { use: 'capacity-aware', above: '50 %', floor: '80 %' };
  const withFree = (free: number | null) => levelIn(aware, round(1), { ...onDemand, free });
  expect([null, 0.2, 0.5, 0.75, 1].map(withFree)).toEqual([1, 1, 1, 0.9, 0.8]);
});

describe('several tactics', () => {
  const volume = { use: 'volume', tiers: [{ from: 1, off: '10 %' }] };

  test('take off one after the other, and the highest floor holds', () => {
    expect(levelIn([volume, { use: 'time-dependent', floor: '50 %', start: '80 %' }], round(1))).toBe(0.72);
    expect(levelIn([volume, { use: 'time-dependent', floor: '85 %' }], round(2, { rounds: 2 }))).toBe(0.85);
  });

  test('are each for the markets that they name', () => {
    const mixed = [{ use: 'fixed', markets: ['on-demand'] }, volume];
    expect([onDemand, spot].map((each) => levelIn(mixed, round(1), each))).toEqual([1, 0.9]);
  });
});

test('a lot is drawn once for each negotiation: the same for a seed wherever it is asked, another for another negotiation', () => {
  const varied = (seed: number) => ({ use: 'time-dependent', floor: '80 %', vary: '50 %', seed });
  const last = (seed: number, conversation: string) => levelIn(varied(seed), round(2, { rounds: 2, conversation }));
  expect(last(7, 'c1')).toBe(last(7, 'c1'));
  const drawn = Array.from({ length: 20 }, (_, index) => last(7, `c${index}`));
  expect(new Set(drawn).size).toBeGreaterThan(15);
  expect(last(8, 'c1')).not.toBe(last(7, 'c1'));
  for (const level of drawn) expect(level >= 0.8 && level <= 0.9).toBe(true);
});

test('no vendor goes below its floor or above its list price, or takes back what it gave', () => {
  fc.assert(
    fc.property(tactics, heard, group, (tactic, told, where) => {
      const conceding = readTactic(tactic);
      const rounds = told.length + 1;
      let before = 1;
      for (let number = 1; number <= rounds; number += 1) {
        const called = round(number, { rounds, counters: counters(...told.slice(0, number - 1)) });
        const level = conceding.level(
          situationOf(called, () => 1),
          where,
        );
        expect(level).toBeGreaterThanOrEqual(conceding.lowest(where) - 1e-12);
        expect(level).toBeLessThanOrEqual(before);
        expect(levelIn(tactic, called, where)).toBe(level);
        before = level;
      }
    }),
    { numRuns: 2000 },
  );
});

describe('what is wrong with a tactic', () => {
  const problems = (tactic: unknown) => {
    try {
      readTactic(tactic);
    } catch (error) {
      if (error instanceof AgencyError) return error.message;
      throw error;
    }
    throw new Error('it was taken');
  };

  test.each<[unknown, RegExp]>([
    ['time-dependent', /must be fields with values, not "time-dependent"/],
    [{ beta: 1 }, /"use" is missing/],
    [{ use: 'time-dependant', floor: '80 %' }, /not one of fixed, time-dependent.*did you mean time-dependent/],
    [{ use: 'time-dependent' }, /"floor" is missing/],
    [{ use: 'time-dependent', floor: '80 %', bta: 2 }, /unknown field "bta" \(did you mean beta/],
    [{ use: 'time-dependent', floor: '180 %' }, /floor: 180 % is more than 100 %/],
    [{ use: 'time-dependent', floor: '80 %', start: '70 %' }, /start: it cannot start below its floor/],
    [{ use: 'time-dependent', floor: '80 %', curve: 'exponential' }, /has to start below 100 %/],
    [{ use: 'time-dependent', floor: '80 %', markets: ['spott'] }, /did you mean spot/],
    [{ use: 'capacity-aware', floor: '80 %', above: '100 %' }, /no place has more than 100 % free/],
    [
      [
        {
          use: 'volume',
          tiers: [
            { from: 5, off: '5 %' },
            { from: 5, off: '9 %' },
          ],
        },
      ],
      /\[0\]\.tiers: each tier must begin later/,
    ],
  ])('%j', (tactic, message) => {
    expect(problems(tactic)).toMatch(message);
  });

  test('is told all at once', () => {
    expect(problems([{ use: 'spot', step: 'big' }, { use: 'volume' }])).toMatch(/3 problems/);
  });
});

describe('docs/negotiation.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/negotiation.md'), 'utf8');

  test('has a line for each tactic, and no other', () => {
    const [conceding = ''] = page.split('## What vendors are told');
    const told = [...conceding.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual([...registry.keys()].sort());
  });

  test('shows tactics that are taken', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const { accounts } = parse(example) as { accounts: [{ tactic: readonly object[] }] };
    expect(accounts[0].tactic).toHaveLength(3);
    readTactic(accounts[0].tactic);
  });
});

describe('offers at conceded prices', () => {
  let highs: Highs;
  beforeAll(async () => {
    highs = await loadHighs();
  });

  /** All in one place, so that they are held against each other, though some of them commit to a year and get more off for it. */
  const together = (rows: readonly OfferRow[]): readonly OfferRow[] =>
    rows.map((row, index) => {
      const { agent, vendor, region, zones, country, continent } = rows[0] ?? row;
      const commitment = index % 2 === 0 ? {} : { commitment: 12 * month };
      return { ...row, agent, vendor, region, zones, country, continent, instanceType: `t${index}`, ...commitment };
    });

  test('are pruned as exactly as others: the best plans are those of all of them', async () => {
    let pruned = 0;
    await fc.assert(
      fc.asyncProperty(
        market,
        demandBy(['weighted', 'lowest-cost', 'lexicographic']),
        tactics,
        heard,
        async (rows, wanted, tactic, told) => {
          const list = OfferTable.build(together(rows));
          const situation = situationOf(round(told.length + 1, { counters: counters(...told), demand: wanted }), () => 1);
          const conceding = readTactic(tactic);
          const levels = list.blocks.map(({ stand }) => conceding.level(situation, { ...stand, free: 0.5 }));
          const answers = [true, false].map((prune) => answerDemand(list.conceded(levels), wanted, { prune }));
          const [kept, whole] = await Promise.all(answers.map((answer) => selectPlans(wanted, answer, { solver: { highs } })));
          const toldOf = (plans: readonly Plan[] = []) => plans.map(({ score, cost }) => [score.toFixed(7), cost.toFixed(4)]);
          expect(toldOf(kept?.plans)).toEqual(toldOf(whole?.plans));
          pruned += answers.reduce((before, { offers }) => offers.length - before, 0);
        },
      ),
      { numRuns: 150 },
    );
    expect(pruned).toBeGreaterThan(10);
  }, 60_000);

  test('tell their list price, which the offers of the table before keep as their price', () => {
    const rows = [offerRow('r1', 'small', 0.1), offerRow('r2', 'small', 0.2), offerRow('r1', 'large', 0.3)];
    const list = OfferTable.build(rows);
    const wanted = { needs: [web(1)], policy: 'lowest-cost', objectives: [], proposals: 1 } as const;
    const pricesIn = (table: OfferTable) =>
      answerDemand(table, wanted, { prune: false }).offers.map(({ price, list: listed }) => [price, listed]);
    const conceded = list.conceded(list.blocks.map(({ stand }) => (stand.region === 'r1' ? 0.93 : 1)));
    expect(pricesIn(conceded)).toEqual([
      [0.093, 0.1],
      [0.279, 0.3],
      [0.2, undefined],
    ]);
    expect(pricesIn(list)).toEqual([
      [0.1, undefined],
      [0.3, undefined],
      [0.2, undefined],
    ]);
  });

  test('stand in the order of their ids where two prices come to be the same', () => {
    const list = OfferTable.build([offerRow('r1', 'a', 0.100_000_001), offerRow('r1', 'b', 0.1)]);
    const conceded = list.conceded([0.4]);
    expect([0, 1].map((row) => conceded.offer(row, 0, null)).map(({ id, price, list: listed }) => [id, price, listed])).toEqual([
      ['alpha/r1/a/a/on-demand', 0.04, 0.100_000_001],
      ['alpha/r1/a/b/on-demand', 0.04, 0.1],
    ]);
  });
});
