import fc from 'fast-check';
import type { Constraint, Demand, Need, OfferRow, PlaceLevel, Preference } from '../src/index.js';

/** Small markets and demands: few enough plans to try them all, with values from short lists so that ties and exact fits are common. */

const regions = [
  { agent: 'north', vendor: 'alpha', region: 'r1', country: 'FR', continent: 'EU' },
  { agent: 'north', vendor: 'alpha', region: 'r2', country: 'DE', continent: 'EU' },
  { agent: 'south', vendor: 'beta', region: 'r1', country: 'US', continent: 'NA' },
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
    availability: fc.constantFrom(0.99, 0.999, 0.999, null),
  })
  .map(({ site, ...rest }) => ({ ...site, ...rest, city: null, market: 'on-demand', disk: null, gpu: null, carbon: null }));

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

const objectives = fc.constantFrom<Demand['objectives']>(
  [{ of: 'cost', direction: 'minimise', weight: 1 }],
  [{ of: 'availability', direction: 'maximise', weight: 1 }],
  [
    { of: 'cost', direction: 'minimise', weight: 2 },
    { of: 'availability', direction: 'maximise', weight: 1 },
  ],
);

export const demand: fc.Arbitrary<Demand> = fc
  .record({
    web: need('web', 3),
    db: fc.option(need('db', 2), { freq: 2 }),
    apart: fc.option(level, { freq: 1 }),
    budget: fc.option(fc.constantFrom(20, 40, 60, 80), { freq: 1 }),
    policy: fc.constantFrom('weighted' as const, 'weighted' as const, 'lowest-cost' as const),
    objectives,
  })
  .map(({ web, db, apart, budget, policy, objectives: chosen }) => ({
    needs: db ? [web, { ...db, apartFrom: apart ? [{ item: 'web', over: apart }] : [] }] : [web],
    ...(budget !== null && { budget: { atMost: budget } }),
    policy,
    objectives: chosen,
    proposals: 3,
  }));

/** Units left in a zone: sometimes fewer than a call wants. */
export const capacities: fc.Arbitrary<(agent: string, region: string, zone: string) => number | null> = fc
  .array(fc.constantFrom(null, null, 0, 1, 2), { minLength: 4, maxLength: 4 })
  .map((left) => (agent, region, zone) => left[(agent.length + region.charCodeAt(1) + zone.charCodeAt(0)) % 4] ?? null);
