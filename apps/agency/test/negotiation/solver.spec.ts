import { type Answer, answerDemand, type Demand, type Need, type OfferRow, OfferTable, violations } from '@cloud-agency/sla';
import { Solver } from '../../src/negotiation/solver.js';

const thread = new URL('../../../../dist/solver-thread.js', `file://${__filename}`);

/** A repeatable sequence of numbers of 0..1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function row(index: number, next: () => number): OfferRow {
  return {
    agent: `a${index % 5}`,
    vendor: `a${index % 5}`,
    region: `r${Math.floor(next() * 8)}`,
    zones: ['a'],
    city: null,
    country: null,
    continent: null,
    carbon: null,
    instanceType: `t${index}`,
    market: 'on-demand',
    price: 0.01 + next(),
    cores: 1 + Math.floor(next() * 32),
    memory: 1 + Math.floor(next() * 128),
    disk: null,
    gpu: null,
    architecture: 'x64',
    availability: 0.99 + next() / 100,
  };
}

/** Items in a chain, each apart from the one before, under a budget that is felt. */
function chain(items: number): Demand {
  const needs = Array.from({ length: items }, (_, index): Need => {
    const apartFrom = index > 0 ? [{ item: `i${index - 1}`, over: 'region' as const }] : [];
    return { item: `i${index}`, kind: 'compute', count: 2, require: [], prefer: [], spread: [], apartFrom };
  });
  return {
    needs,
    policy: 'weighted',
    objectives: [
      { of: 'cost', direction: 'minimise', weight: 3 },
      { of: 'availability', direction: 'maximise', weight: 1 },
      { of: 'memory', direction: 'maximise', weight: 1 },
    ],
    budget: { atMost: items * 2 * 120 },
    proposals: 3,
  };
}

const next = numbers(7);
const table = OfferTable.build(Array.from({ length: 600 }, (_, index) => row(index, next)));
const answerTo = (demand: Demand): Answer => answerDemand(table, demand);

describe('the solver threads', () => {
  test('solve what is asked at once, each answer its own', async () => {
    const solver = new Solver(thread);
    try {
      const demands = [1, 2, 3, 4].map((items) => chain(items));
      const found = await Promise.all(demands.map((demand) => solver.select(demand, answerTo(demand))));
      found.forEach(({ plans }, index) => {
        const demand = demands[index] ?? chain(1);
        expect(new Set(plans[0]?.assignments.map(({ item }) => item)).size).toBe(index + 1);
        expect(plans[0]?.optimal).toBe(true);
        expect(violations(demand, plans[0]?.assignments ?? [], {})).toEqual([]);
      });
    } finally {
      await solver.close();
    }
  }, 60_000);

  test('never answer with what is unchecked when time runs out, and then serve the next', async () => {
    const solver = new Solver(thread, 0.15);
    try {
      const hard = chain(40);
      const outcome = await solver.select(hard, answerTo(hard)).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ code: 'time-limit-reached' });
      } else {
        const { plans } = outcome as Awaited<ReturnType<Solver['select']>>;
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) expect(violations(hard, plan.assignments, {})).toEqual([]);
        expect(plans.every(({ optimal }) => optimal)).toBe(false);
      }
      const easy = { ...chain(1), proposals: 1 };
      expect((await solver.select(easy, answerTo(easy))).plans).toHaveLength(1);
    } finally {
      await solver.close();
    }
  }, 60_000);

  test('say what a call asks that cannot be worked out, in words that its author can use', async () => {
    const solver = new Solver(thread);
    try {
      const two = chain(2);
      const demand: Demand = {
        ...two,
        needs: two.needs.map((need) => ({ ...need, count: 30 })),
        traffic: [{ from: 'i0', to: 'i1', volume: 100 }],
      };
      const egress = { internet: 0.09, region: 0.02, zone: 0.01 };
      const rows = Array.from({ length: 100 }, (_, index) => ({ ...row(index, next), egress }));
      await expect(solver.select(demand, answerDemand(OfferTable.build(rows), demand))).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(/^traffic: .*at most 20 machines/) as string,
      });
    } finally {
      await solver.close();
    }
  }, 60_000);

  test('say so when a thread cannot start', async () => {
    const solver = new Solver(new URL('file:///nowhere/solver-thread.js'));
    const demand = chain(1);
    await expect(solver.select(demand, answerTo(demand))).rejects.toMatchObject({ code: 'internal' });
    await solver.close();
  });
});
