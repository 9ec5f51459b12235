import fc from 'fast-check';
import type {
  AvailabilityTarget,
  Constraint,
  Demand,
  Need,
  Objective,
  Observed,
  OfferRow,
  PlaceLevel,
  Policy,
  Preference,
  TenantQuota,
  Traffic,
} from '../src/index.js';

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
    availability: fc.constantFrom(0.99, 0.999, 0.9, 0.999, null),
    market: fc.constantFrom('on-demand', 'on-demand', 'spot'),
    egress: fc.constantFrom(
      { internet: 0.09, region: 0.02, zone: 0.01 },
      { internet: 0.12, region: 0.05, zone: 0 },
      { internet: 0.01, region: 0.06, zone: 0.02 },
      null,
    ),
    isDiscounted: fc.boolean(),
  })
  .map(({ site, egress, isDiscounted, ...rest }) => ({
    ...site,
    ...rest,
    city: null,
    disk: null,
    gpu: null,
    ...(egress && { egress }),
    ...(isDiscounted && { discount: `${site.agent}-volume` }),
  }));

/** Rows of different sizes, at most so many offers in all. */
const marketOf = (most: number): fc.Arbitrary<readonly OfferRow[]> =>
  fc
    .uniqueArray(row, {
      minLength: 1,
      maxLength: 7,
      selector: ({ agent, region, instanceType, market: on }) => `${agent}/${region}/${instanceType}/${on}`,
    })
    .map((rows) => {
      let offers = 0;
      return rows.filter(({ zones }) => (offers += zones.length) <= most);
    });

export const market = marketOf(8);
/** For calls that ask for many machines. */
export const fewOffers = marketOf(4);

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
    { type: 'price', text: 'max_price spot 0.02 USD/h', atMost: 0.02, market: 'spot' },
    { type: 'number', text: 'availability >= 0.99', attribute: 'availability', comparison: '>=', value: 0.99 },
    { type: 'numbers', text: 'cores one of 1, 4', attribute: 'cores', anyOf: [1, 4] },
    { type: 'numbers', text: 'memory none of 2', attribute: 'memory', noneOf: [2] },
    { type: 'text', text: 'market not spot', attribute: 'market', noneOf: ['spot'] },
    { type: 'place', text: 'region: near Paris', within: {}, not: {}, near: { latitude: 48.85, longitude: 2.35, km: 500 } },
  ),
);

const preference: fc.Arbitrary<Preference> = fc.constantFrom<Preference>(
  { type: 'extreme', text: 'memory max', attribute: 'memory', direction: 'max', weight: 1 },
  { type: 'extreme', text: 'cores min', attribute: 'cores', direction: 'min', weight: 2 },
  { type: 'place', text: 'region: country FR', within: { country: ['FR'] }, not: {}, weight: 1 },
  { type: 'place', text: 'region: zone b', within: { zone: ['b'] }, not: {}, weight: 3 },
  { type: 'place', text: 'near Bonn', within: {}, not: {}, near: { latitude: 50.73, longitude: 7.1, km: 200 }, weight: 1 },
  {
    type: 'constraint',
    text: 'cores >= 2',
    constraint: { type: 'number', text: 'cores >= 2', attribute: 'cores', comparison: '>=', value: 2 },
    weight: 2,
  },
  {
    type: 'constraint',
    text: 'market on-demand',
    constraint: { type: 'text', text: 'market on-demand', attribute: 'market', anyOf: ['on-demand'] },
    weight: 1,
  },
);

const level = fc.constantFrom<PlaceLevel>('vendor', 'region', 'zone', 'country', 'continent');

/** Seldom there, so that most calls with several of them can still be met. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { freq: 1, nil: undefined });
}

const need = (item: string, most: number): fc.Arbitrary<Need> =>
  fc
    .record({
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
      onDemandAtLeast: fc.constantFrom(0, 0, 0, 1, 2),
      minUp: fc.constantFrom(undefined, 1, 1, 2),
    })
    .map(({ onDemandAtLeast, minUp, ...rest }) => ({
      ...rest,
      ...(onDemandAtLeast > 0 && { onDemandAtLeast: Math.min(onDemandAtLeast, rest.count) }),
      ...(minUp !== undefined && { minUp: Math.min(minUp, rest.count) }),
    }));

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
  fc.record({ of: fc.constant('performance' as const), direction: fc.constant('maximise' as const), weight }),
  fc.record({
    of: fc.constant('expression' as const),
    direction: fc.constantFrom('minimise' as const, 'maximise' as const),
    weight,
    expression: fc.constant('memory ** 2 - cores'),
  }),
);

/** For one policy, with all that it may be asked. */
const choosing = (among: readonly Policy[]): fc.Arbitrary<Pick<Demand, 'policy' | 'objectives' | 'front'>> =>
  fc
    .record({
      policy: fc.constantFrom(...among),
      objectives: fc.uniqueArray(objective, { minLength: 1, maxLength: 3, selector: ({ of }) => of }),
      tolerance: fc.constantFrom(0, 0, 0.05, 0.5),
      front: fc.constantFrom('whole', 'knee'),
    })
    .map(({ policy, objectives, tolerance, front }) => ({
      policy,
      objectives: policy === 'lexicographic' ? objectives.map((stated) => ({ ...stated, tolerance })) : objectives,
      ...(policy === 'pareto' && { front }),
    }));

const traffic: fc.Arbitrary<Traffic> = fc.constantFrom(
  { from: 'web', to: 'db', volume: 100 },
  { from: 'web', to: 'db', volume: 400 },
  { from: 'db', to: 'web', volume: 300 },
);
const target: fc.Arbitrary<AvailabilityTarget> = fc
  .record({
    items: fc.constantFrom(['web'], ['web'], ['db'], ['web', 'db']),
    atLeast: fc.constantFrom(0.8, 0.98, 0.99, 0.999, 0.9999),
  })
  .map(({ items, atLeast }) => ({ text: `${items.join(' and ')} >= ${atLeast}`, items, atLeast }));
/** What quotas count. */
export const unit = fc.constantFrom('machines' as const, 'cores' as const, 'memory' as const);
const tenantQuota: fc.Arbitrary<TenantQuota> = fc.record({ of: unit, left: fc.constantFrom(2, 4, 8) });

const uptime = fc.record({
  place: fc.constantFrom(
    { vendor: 'alpha', region: 'r1' },
    { vendor: 'alpha', region: 'r2' },
    { vendor: 'beta', region: 'r1' },
    { vendor: 'beta', region: 'r3' },
  ),
  market: fc.constantFrom('on-demand', 'on-demand', 'spot'),
  hours: fc.constantFrom(100, 1_000, 40_000),
  share: fc.constantFrom(0, 0, 0.0005, 0.01, 0.2, 1),
});
const performance = fc.record({
  vendor: fc.constantFrom('alpha', 'beta'),
  instanceType: fc.constantFrom('m1', 'm2'),
  value: fc.constantFrom(100, 250),
});

/** What the Agency has seen of some places and sizes. */
const observed: fc.Arbitrary<Observed> = fc
  .record({
    prior: fc.constantFrom(100, 720),
    uptimes: fc.uniqueArray(uptime, {
      maxLength: 4,
      selector: ({ place, market: on }) => `${place.vendor} ${place.region} ${on}`,
    }),
    performances: fc.uniqueArray(performance, { maxLength: 2, selector: (each) => `${each.vendor} ${each.instanceType}` }),
  })
  .map(({ prior, uptimes, performances }) => {
    const seen = { machines: 3, asOf: '2026-11-21T09:00:00.000Z' };
    const at = '2026-11-21T10:30:00.000Z';
    const availability = uptimes.map(({ place, share, ...rest }) => ({ ...place, ...rest, down: rest.hours * share, ...seen }));
    return { at, prior, availability, performance: performances.map((each) => ({ ...each, ...seen })) };
  });

/** Calls ranked by these policies; on a front every plan is a search, so those that are to be quick ask for few machines. */
export const demandBy = (
  among: readonly Policy[],
  [most, mostOfOther]: readonly [number, number] = [3, 2],
): fc.Arbitrary<Demand> =>
  fc
    .record({
      web: need('web', most),
      db: fc.option(need('db', mostOfOther), { freq: 2 }),
      apart: seldom(level),
      beside: seldom(level),
      besideWeb: fc.boolean(),
      budget: seldom(fc.constantFrom(20, 40, 60, 80, 120)),
      traffic: seldom(fc.uniqueArray(traffic, { minLength: 1, maxLength: 2, selector: ({ from }) => from })),
      availability: seldom(fc.uniqueArray(target, { minLength: 1, maxLength: 2, selector: ({ text }) => text })),
      quotas: seldom(fc.tuple(tenantQuota)),
      seen: fc.option(observed, { freq: 2, nil: undefined }),
      chosen: choosing(among),
    })
    .map(({ web, db, apart, beside, besideWeb, budget, traffic: flows, availability, quotas, seen, chosen }) => {
      const needs = db ? placedBeside(web, apartFrom(db, apart), beside, besideWeb) : [web];
      const targets = availability?.filter(({ items }) => db ?? !items.includes('db')) ?? [];
      return {
        needs,
        ...chosen,
        ...(budget !== undefined && { budget: { atMost: budget } }),
        ...(db && flows && { traffic: flows }),
        ...(targets.length > 0 && { availability: targets }),
        ...held(quotas, seen),
        proposals: isFront(chosen.policy) ? 20 : 3,
      };
    });

function held(quotas?: readonly TenantQuota[], seen?: Observed): Pick<Demand, 'quotas' | 'observed'> {
  return { ...(quotas && { quotas }), ...(seen && { observed: seen }) };
}

function apartFrom(db: Need, over: PlaceLevel | undefined): Need {
  return over === undefined ? db : { ...db, apartFrom: [{ item: 'web', over }] };
}

function placedBeside(web: Need, db: Need, over: PlaceLevel | undefined, besideWeb: boolean): readonly Need[] {
  if (over === undefined) return [web, db];
  return besideWeb ? [web, { ...db, with: [{ item: 'web', over }] }] : [{ ...web, with: [{ item: 'db', over }] }, db];
}

function isFront(policy: Policy): boolean {
  return policy === 'pareto' || policy === 'topsis';
}

export const demand = fc.oneof(
  { weight: 3, arbitrary: demandBy(['weighted', 'lowest-cost', 'lexicographic']) },
  { weight: 1, arbitrary: demandBy(['pareto', 'topsis'], [2, 1]) },
);

/** Without what changes only a whole plan's cost and availability, without sets and distances: spread, apart, budget, and plain requirements. */
export const plainDemand: fc.Arbitrary<Demand> = demand.map(({ needs, policy, objectives, proposals, budget }) => ({
  needs: needs.map(({ item, kind, count, require, prefer, spread, apartFrom: apart }) => {
    return { item, kind, count, require: require.filter(isPlain), prefer, spread, apartFrom: apart };
  }),
  policy,
  objectives,
  proposals,
  ...(budget && { budget }),
}));

function isPlain(stated: Constraint): boolean {
  const isSet = stated.type === 'numbers' || (stated.type === 'text' && stated.noneOf !== undefined);
  const isSpecial =
    (stated.type === 'place' && stated.near !== undefined) || (stated.type === 'price' && stated.market !== undefined);
  return !isSet && !isSpecial;
}

/** Units left in a zone: sometimes fewer than a call wants. */
export const capacities: fc.Arbitrary<(agent: string, region: string, zone: string) => number | null> = fc
  .array(fc.constantFrom(null, null, 0, 1, 2), { minLength: 4, maxLength: 4 })
  .map((left) => (agent, region, zone) => left[(agent.length + region.charCodeAt(1) + zone.charCodeAt(0)) % 4] ?? null);
