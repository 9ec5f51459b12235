import fc from 'fast-check';
import type { Constraint, Demand, Need, Objective, OfferRow, PlaceLevel, Preference } from '../src/index.js';

/** The same calls in every run, so that what passed once passes again; another seed looks for new ones. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });

/** Small markets and demands: few enough plans to try them all, with values from short lists so that ties and exact fits are common. */

const regions = [
  { agent: 'north', vendor: 'alpha', region: 'r1', country: 'FR', continent: 'EU', latitude: 48.85, longitude: 2.35 },
  { agent: 'north', vendor: 'alpha', region: 'r2', country: 'DE', continent: 'EU', latitude: 50.11, longitude: 8.68 },
  { agent: 'south', vendor: 'beta', region: 'r1', country: 'US', continent: 'NA', latitude: 38.13, longitude: -78.45 },
  { agent: 'south', vendor: 'beta', region: 'r3', country: null, continent: null },
] as const;

const row: fc.Arbitrary<OfferRow> = fc
  .record({
    site: fc.constantFrom(...regions),
    zones: fc.constantFrom(['a'], ['a', 'b'], ['b']),
    instanceType: fc.constantFrom('m1', 'm1.large', 'm2', 't1'),
    price: fc.constantFrom(0.01, 0.02, 0.03, 0.04),
    cores: fc.constantFrom(1, 2, 4),
    memory: fc.constantFrom(1, 2, 4, null),
    architecture: fc.constantFrom('x64', 'x64', 'arm64', null),
    carbon: fc.constantFrom(50, 400, 400, null),
    availability: fc.constantFrom(0.99, 0.999, 0.999, null),
  })
  .map(({ site, ...rest }) => ({ ...site, ...rest, city: null, market: 'on-demand', disk: null, gpu: null }));

/** Rows of different sizes, at most eight offers in all. */
export const market: fc.Arbitrary<readonly OfferRow[]> = fc
  .uniqueArray(row, {
    minLength: 1,
    maxLength: 7,
    selector: ({ agent, region, instanceType }) => `${agent}/${region}/${instanceType}`,
  })
  .map((rows) => {
    let offers = 0;
    return rows.filter(({ zones }) => (offers += zones.length) <= 8);
  });

const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc
    .record({
      attribute: fc.constantFrom('cores' as const, 'memory' as const),
      comparison: fc.constantFrom('>=', '<=', '=', '!=', '>', '<'),
      value: fc.constantFrom(1, 2),
    })
    .map((parts) => ({ type: 'number' as const, text: `${parts.attribute} ${parts.comparison} ${parts.value}`, ...parts })),
  fc.constantFrom<Constraint>(
    { type: 'text', text: 'architecture = x64', attribute: 'architecture', anyOf: ['x64'] },
    { type: 'place', text: 'region: continent EU', within: { continent: ['EU'] }, not: {} },
    { type: 'place', text: 'region: not country FR', within: {}, not: { country: ['FR'] } },
    { type: 'place', text: 'region: zone a', within: { zone: ['a'] }, not: {} },
    { type: 'price', text: 'max_price 0.03 USD/h', atMost: 0.03 },
  ),
);

const preference: fc.Arbitrary<Preference> = fc.constantFrom<Preference>(
  { type: 'extreme', text: 'memory max', attribute: 'memory', direction: 'max', weight: 1 },
  { type: 'extreme', text: 'cores min', attribute: 'cores', direction: 'min', weight: 2 },
  { type: 'place', text: 'region: country FR', within: { country: ['FR'] }, not: {}, weight: 1 },
  { type: 'place', text: 'region: zone b', within: { zone: ['b'] }, not: {}, weight: 3 },
);

const level = fc.constantFrom<PlaceLevel>('vendor', 'region', 'zone', 'country', 'continent');

const need = (item: string, most: number): fc.Arbitrary<Need> =>
  fc.record({
    item: fc.constant(item),
    kind: fc.constant('compute' as const),
    count: fc.integer({ min: 1, max: most }),
    require: fc.uniqueArray(constraint, { maxLength: 2, selector: ({ text }) => text }),
    prefer: fc.uniqueArray(preference, { maxLength: 2, selector: ({ text }) => text }),
    spread: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.tuple(fc.record({ over: level, atMost: fc.integer({ min: 1, max: 2 }) })) },
    ),
    apartFrom: fc.constant([]),
  });

const weight = fc.integer({ min: 1, max: 3 });
const objective: fc.Arbitrary<Objective> = fc.oneof(
  fc.record({ of: fc.constant('cost' as const), direction: fc.constant('minimise' as const), weight }),
  fc.record({ of: fc.constant('availability' as const), direction: fc.constant('maximise' as const), weight }),
  fc.record({
    of: fc.constant('latency' as const),
    direction: fc.constant('minimise' as const),
    weight,
    to: fc.constantFrom({ latitude: 48.85, longitude: 2.35 }, { latitude: 40.71, longitude: -74 }),
  }),
  fc.record({ of: fc.constant('carbon' as const), direction: fc.constant('minimise' as const), weight }),
  fc.record({
    of: fc.constant('expression' as const),
    direction: fc.constantFrom('minimise' as const, 'maximise' as const),
    weight,
    expression: fc.constant('memory ** 2 - cores'),
  }),
);

/** For one policy, with all that it may be asked. */
const choosing: fc.Arbitrary<Pick<Demand, 'policy' | 'objectives' | 'front'>> = fc
  .record({
    policy: fc.constantFrom('weighted', 'weighted', 'lowest-cost', 'lexicographic', 'pareto', 'topsis'),
    objectives: fc.uniqueArray(objective, { minLength: 1, maxLength: 3, selector: ({ of }) => of }),
    tolerance: fc.constantFrom(0, 0, 0.05, 0.5),
    front: fc.constantFrom('whole', 'knee'),
  })
  .map(({ policy, objectives, tolerance, front }) => ({
    policy,
    objectives: policy === 'lexicographic' ? objectives.map((stated) => ({ ...stated, tolerance })) : objectives,
    ...(policy === 'pareto' && { front }),
  }));

export const demand: fc.Arbitrary<Demand> = fc
  .record({
    web: need('web', 3),
    db: fc.option(need('db', 2), { freq: 2 }),
    apart: fc.option(level, { freq: 1 }),
    budget: fc.option(fc.constantFrom(20, 40, 60, 80), { freq: 1 }),
    choosing,
  })
  .map(({ web, db, apart, budget, choosing: chosen }) => ({
    needs: db ? [web, { ...db, apartFrom: apart ? [{ item: 'web', over: apart }] : [] }] : [web],
    ...(budget !== null && { budget: { atMost: budget } }),
    ...chosen,
    proposals: chosen.policy === 'pareto' || chosen.policy === 'topsis' ? 20 : 3,
  }));

/** Units left in a zone: sometimes fewer than a call wants. */
export const capacities: fc.Arbitrary<(agent: string, region: string, zone: string) => number | null> = fc
  .array(fc.constantFrom(null, null, 0, 1, 2), { minLength: 4, maxLength: 4 })
  .map((left) => (agent, region, zone) => left[(agent.length + region.charCodeAt(1) + zone.charCodeAt(0)) % 4] ?? null);
