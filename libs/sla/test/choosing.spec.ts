import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { type Demand, parseCall, parsePolicy } from '../src/index.js';
import { judged } from '../src/selection/ahp.js';
import { parseExpression } from '../src/vocabulary/expression.js';

function selected(select: string): Demand {
  return parseCall(
    `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources: { web: { kind: compute } }\nselect: ${select}\n`,
  ).call.demand;
}

function refusal(select: string): AgencyError {
  try {
    selected(select);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('how a call chooses', () => {
  test('by objectives in their order, each with what it may give up', () => {
    expect(
      selected('{ policy: lexicographic, objectives: [{ minimise: cost, tolerance: 5 % }, { maximise: availability }] }'),
    ).toMatchObject({
      policy: 'lexicographic',
      objectives: [
        { of: 'cost', direction: 'minimise', tolerance: 0.05 },
        { of: 'availability', direction: 'maximise' },
      ],
      proposals: 3,
    });
  });

  test('by the Pareto front: all of it unless the call says how much, or its knee', () => {
    expect(selected('{ policy: pareto, objectives: [{ minimise: cost }, { minimise: carbon }] }').proposals).toBe(20);
    expect(selected('{ policy: pareto, front: knee }').front).toBe('knee');
  });

  test('by latency from a point, by any number that offers carry, and by an expression', () => {
    const to = { latitude: 48.85, longitude: 2.35 };
    expect(
      selected(
        '{ objectives: [{ minimise: latency, to: { latitude: 48.85, longitude: 2.35 } }, { maximise: cores, weight: 2 }, { minimise: price / cores }] }',
      ).objectives,
    ).toEqual([
      { of: 'latency', direction: 'minimise', weight: 1, to },
      { of: 'cores', direction: 'maximise', weight: 2 },
      { of: 'expression', expression: 'price / cores', direction: 'minimise', weight: 1 },
    ]);
  });

  test('by what a machine can do, where more is better', () => {
    const objectives = ['cpu_speed', 'io_speed', 'performance'].map((of) => ({ maximise: of }));
    expect(selected(JSON.stringify({ objectives })).objectives.map(({ of }) => of)).toEqual([
      'cpu_speed',
      'io_speed',
      'performance',
    ]);
    expect(refusal('{ objectives: [{ minimise: performance }] }').message).toContain('only be an objective to maximise');
    expect(refusal('{ objectives: [{ minimise: price }] }').message).toContain('"price" is not one of cost, cores');
  });

  test('by weights that pairwise comparisons amount to', () => {
    const { objectives } = selected(
      '{ policy: weighted, objectives: [{ minimise: cost }, { maximise: availability }, { minimise: carbon }], compare: [{ prefer: cost, over: availability, by: 2 }, { prefer: cost, over: carbon, by: 6 }, { prefer: availability, over: carbon, by: 3 }] }',
    );
    expect(objectives.map(({ weight }) => Number(weight.toFixed(6)))).toEqual([0.6, 0.3, 0.1]);
  });

  test('names the two objectives whose comparison the others contradict', () => {
    const error = refusal(
      '{ objectives: [{ minimise: cost }, { maximise: availability }, { minimise: carbon }, { maximise: cores }], compare: [{ prefer: cost, over: availability, by: 2 }, { prefer: carbon, over: cost, by: 9 }, { prefer: cost, over: cores, by: 4 }, { prefer: availability, over: carbon, by: 3 }, { prefer: availability, over: cores, by: 2 }, { prefer: carbon, over: cores, by: 0.7 }] }',
    );
    expect(error.code).toBe('contradictory-constraints');
    expect(error.message).toContain('cost over carbon is 1/9, though the others make it 5.86');
  });

  test.each([
    ['{ policy: topsys }', /did you mean topsis/],
    ['{ front: knee }', /belongs to the policy pareto/],
    ['{ policy: pareto, front: knee, proposals: 3 }', /the knee of the front is one plan/],
    ['{ objectives: [{ minimise: cost, tolerance: 5 % }] }', /belongs to the policy lexicographic/],
    ['{ objectives: [{ minimise: latency }] }', /measured from somewhere/],
    ['{ objectives: [{ minimise: latency, to: { latitude: 91, longitude: 0 } }] }', /degrees from -90 to 90/],
    ['{ objectives: [{ maximise: latency, to: { latitude: 9, longitude: 0 } }] }', /only be an objective to minimise/],
    ['{ objectives: [{ minimise: price / coers }] }', /did you mean cores/],
    ['{ objectives: [{ minimise: price * latency }] }', /do not carry latency: it is from a point/],
    ['{ objectives: [{ minimise: 2 * 3 }] }', /reads no attribute/],
    ['{ objectives: [{ minimise: "price.constructor" }] }', /made of numbers, names/],
    ['{ objectives: [{ minimise: "constructor(price)" }] }', /not a function here/],
    ['{ objectives: [{ minimise: "price > 1" }] }', /not an operator here/],
    ['{ objectives: [{ minimise: "price +" }] }', /not an expression/],
    ['{ policy: lexicographic, compare: [] }', /no weights to find/],
    ['{ objectives: [{ minimise: cost }, { minimise: carbon }], compare: [] }', /missing: cost with carbon/],
    ['{ compare: [{ prefer: cost, over: carbon, by: 2 }] }', /"carbon" is compared, but it is no objective/],
  ])('says what is wrong with %s', (select, message) => {
    const error = refusal(select);
    expect(error.code).toBe('invalid-document');
    expect(error.message).toMatch(message);
  });

  test('reads expressions as arithmetic does', () => {
    const values: Readonly<Record<string, number>> = { price: 0.5, cores: 4, memory: 16 };
    const worth = (written: string) => parseExpression(written).valueOf((name) => values[name] ?? NaN);
    expect(worth('price / cores + 2 * -memory')).toBe(0.125 - 32);
    expect(worth('2 ** 3 ** 2 - (cores - 1) % 2')).toBe(511);
    expect(worth('min(cores, memory) * max(1, sqrt(memory))')).toBe(16);
    expect(worth('carbon * 0')).toBeNaN();
  });

  test('finds the weights behind comparisons that agree, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 10 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const { weights: found, consistencyRatio } = judged(weights.map((mine) => weights.map((other) => mine / other)));
        expect(consistencyRatio).toBeLessThan(1e-9);
        found.forEach((weight, index) => {
          expect(weight).toBeCloseTo((weights[index] ?? 0) / total, 9);
        });
      }),
    );
  });
});

describe('a stored policy', () => {
  const green = parsePolicy(
    '{ policy: weighted, objectives: [{ minimise: carbon, weight: 3 }, { minimise: cost, weight: 1 }], max_price: 0.20 USD/h }',
  );
  const named = (select: string) =>
    parseCall(
      `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources: { web: { kind: compute } }\nselect: ${select}\n`,
      new Map([['green-first', green.selecting]]),
    ).call.demand;

  test('decides for the calls that name it, which may still say how many proposals they want', () => {
    expect(green.maxPrice).toBe(0.2);
    expect(named('{ policy: green-first }')).toMatchObject({ ...green.selecting, proposals: 3 });
    expect(named('{ policy: green-first, proposals: 1 }').proposals).toBe(1);
  });

  test('is whole: a call cannot add to it', () => {
    expect(() => named('{ policy: green-first, objectives: [{ minimise: cost }] }')).toThrow(/part of the named policy/);
  });

  test('that nobody stored is refused with the known names', () => {
    expect(() => named('{ policy: gren-first }')).toThrow(/did you mean green-first/);
    expect(() => named('{ policy: best-of-all-worlds }')).toThrow(/POST \/policy\//);
  });

  test('is checked when it is stored', () => {
    expect(() => parsePolicy('{ policy: lowest-cost, objectives: [{ maximise: memory }] }')).toThrow(/looks at cost alone/);
    expect(() => parsePolicy('{ max_price: 1 USD/h }')).toThrow(/"policy" is missing/);
    expect(() => parsePolicy('{ policy: weighted, speed: 9 }')).toThrow(/unknown field "speed"/);
  });
});
