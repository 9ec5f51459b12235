import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { attributes, type Demand, type Need, parseCall, type Problem } from '../src/index.js';

interface Said {
  readonly web?: object;
  readonly db?: object;
  readonly call?: object;
}

/** A call for web servers, a database and a cache, with more said of some of them. */
function demandOf({ web = {}, db = {}, call = {} }: Said): Demand {
  return parseCall(
    JSON.stringify({
      apiVersion: 'cloud-agency/v1',
      kind: 'CallForProposals',
      name: 'shop',
      resources: {
        web: { kind: 'compute', count: 3, ...web },
        db: { kind: 'compute', ...db },
        cache: { kind: 'compute' },
      },
      ...call,
    }),
  ).call.demand;
}

const webOf = (said: Said): Need => demandOf(said).needs[0]!;
/** What is required, without what is implied. */
const required = (require: object) => webOf({ web: { require } }).require.filter(({ text }) => !text.endsWith('(the default)'));
const texts = (require: object) => required(require).map(({ text }) => text);

function refusal(said: Said): AgencyError {
  try {
    demandOf(said);
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

const told = (said: Said): string => {
  const { code, details } = refusal(said);
  const problems = details.problems as readonly Problem[];
  return [code, ...problems.map(({ path, message, hint }) => `${path}: ${message}${hint ? ` (${hint})` : ''}`)].join('\n');
};

describe('a number may be required', () => {
  test.each<[form: unknown, of: string, texts: readonly string[]]>([
    [4, 'cores', ['cores = 4']],
    ['= 4', 'cores', ['cores = 4']],
    ['== 4', 'cores', ['cores = 4']],
    ['!= 4', 'cores', ['cores != 4']],
    ['< 4 GiB', 'memory', ['memory < 4 GiB']],
    ['<=4096MiB', 'memory', ['memory <= 4 GiB']],
    ['> 4', 'cores', ['cores > 4']],
    ['2..8', 'cores', ['cores >= 2', 'cores <= 8']],
    ['4 GiB..16 GiB', 'memory', ['memory >= 4 GiB', 'memory <= 16 GiB']],
    ['512..1024 MiB', 'memory', ['memory >= 0.5 GiB', 'memory <= 1 GiB']],
    ['99..99.9 %', 'availability', ['availability >= 99 %', 'availability <= 99.9 %']],
    [['>= 4 GiB', '< 16384 MiB'], 'memory', ['memory >= 4 GiB', 'memory < 16 GiB']],
    [[2, '4', 2, 8], 'cores', ['cores = 2 or 4 or 8']],
    [[2, 2], 'cores', ['cores = 2']],
    [[2, 4, 8, '>= 4', { not: 8 }], 'cores', ['cores >= 4', 'cores != 8', 'cores = 2 or 4 or 8']],
    [{ not: 3 }, 'cores', ['cores != 3']],
    [{ not: ['3 GiB', '5120 MiB'] }, 'memory', ['memory != 3 GiB or 5 GiB']],
    ['>= 2.4 GHz', 'cpu_speed', ['cpu_speed >= 2.4 GHz']],
    ['>= 0.2 GB/s', 'io_speed', ['io_speed >= 200 MB/s']],
    ['>= 20', 'performance', ['performance >= 20']],
    ['<= 12 month', 'commitment', ['commitment <= 365 d']],
  ])('as %j of %s', (form, of, expected) => {
    expect(texts({ [of]: form })).toEqual(expected);
  });

  test('in its canonical unit, as one of a set or none of one', () => {
    expect(required({ memory: ['1 TiB', '512 MiB'], cores: { not: [3, 5] } })).toEqual([
      { type: 'numbers', text: 'cores != 3 or 5', attribute: 'cores', noneOf: [3, 5] },
      { type: 'numbers', text: 'memory = 1024 GiB or 0.5 GiB', attribute: 'memory', anyOf: [1024, 0.5] },
    ]);
  });

  test.each<[form: object, message: RegExp]>([
    [{ cores: '>= 2..8' }, /">= 2" is not a quantity/],
    [{ cores: '2..' }, /is not a quantity/],
    [{ cores: '1..2..3' }, /"1..2..3" is not a range/],
    [{ cores: [] }, /an empty list allows nothing \(leave the field out\)/],
    [{ cores: { not: [] } }, /an empty list excludes nothing/],
    [{ cores: { nto: 3 } }, /"not" is missing/],
    [{ cores: { not: 'x' } }, /"x" is not a quantity/],
    [{ memory: 'max' }, /a wish, not a requirement/],
  ])('but not as %j', (require, message) => {
    expect(told({ web: { require } })).toMatch(message);
  });

  test('of everything that offers carry; where latency is said instead is told', () => {
    const carried = Object.entries(attributes).filter(([, { offered }]) => offered);
    for (const [name] of carried) expect(required({ [name]: '<= 1' })).toMatchObject([{ attribute: name, value: 1 }]);
    expect(told({ web: { require: { latency: '<= 20 ms' } } })).toMatch(/^unsupported\n.*region: \{ near: \{ latitude: /);
  });
});

describe('a word may be required', () => {
  test.each<[form: object, texts: readonly string[]]>([
    [{ architecture: 'amd64' }, ['architecture = x64']],
    [{ architecture: ['x64', 'aarch64'] }, ['architecture = x64 or arm64']],
    [{ architecture: '!= i386' }, ['architecture != x86']],
    [{ architecture: { not: ['x86', 'arm64'] } }, ['architecture != x86 or arm64']],
    [{ architecture: ['x64', 'x86', { not: 'x86' }] }, ['architecture = x64 or x86', 'architecture != x86']],
    [{ market: 'any' }, ['market = on-demand or spot']],
    [{ market: 'spot' }, ['market = spot']],
    [{ market: { not: 'spot' } }, ['market != spot']],
    [{ image: 'ubuntu-24.04' }, ['image = ubuntu-24.04']],
  ])('as %j', (require, expected) => {
    expect(texts(require)).toEqual(expected);
  });

  test.each<[form: object, message: RegExp]>([
    [{ market: 'spott' }, /not a known market: on-demand, spot \(did you mean spot\?\)/],
    [{ market: { on_demand_at_leest: 2 } }, /unknown field "on_demand_at_leest"/],
    [{ market: { on_demand_at_least: 1.5 } }, /whole number from 1 to 1000/],
    [{ market: { on_demand_at_least: '0 %' } }, /write market: any/],
    [{ market: { on_demand_at_least: 2, not: 'spot' } }, /unknown field "not"/],
    [{ architecture: [] }, /an empty list allows nothing/],
    [{ max_price: {} }, /no market is named/],
    [{ max_price: { spto: 1 } }, /unknown field "spto" \(did you mean spot\?\)/],
  ])('but not as %j', (require, message) => {
    expect(told({ web: { require } })).toMatch(message);
  });
});

describe('of markets and prices', () => {
  test.each<[written: unknown, machines: number]>([
    [2, 2],
    ['50 %', 2],
    ['33.3 %', 1],
    ['34 %', 2],
    ['100 %', 3],
  ])('a call may want %j of three machines on demand', (written, machines) => {
    expect(webOf({ web: { require: { market: { on_demand_at_least: written } } } }).onDemandAtLeast).toBe(machines);
  });

  test('a share is of the exact count: 7 % of 100 machines are 7', () => {
    expect(webOf({ web: { count: 100, require: { market: { on_demand_at_least: '7 %' } } } }).onDemandAtLeast).toBe(7);
  });

  test('a call may cap the price for every market, or for each', () => {
    expect(required({ max_price: '73 USD/month' })).toEqual([{ type: 'price', text: 'max_price 0.1 USD/h', atMost: 0.1 }]);
    expect(required({ max_price: { spot: '0.05 USD/h', 'on-demand': 0.2 } })).toEqual([
      { type: 'price', text: 'max_price 0.2 USD/h on-demand', atMost: 0.2, market: 'on-demand' },
      { type: 'price', text: 'max_price 0.05 USD/h spot', atMost: 0.05, market: 'spot' },
    ]);
  });

  test('nobody is bound for longer than he says', () => {
    const commitment = (require: object) =>
      webOf({ web: { require } }).require.filter((one) => one.type === 'number' && one.attribute === 'commitment');
    expect(commitment({})).toMatchObject([{ text: 'commitment <= 0 (the default)', comparison: '<=', value: 0 }]);
    expect(commitment({ commitment: '<= 1 month' })).toMatchObject([{ comparison: '<=', value: 730 * 3_600_000 }]);
  });
});

describe('of places', () => {
  test('a call may name them, exclude them, and say how near they must be', () => {
    const near = { latitude: 48.85, longitude: 2.35, within: '500 km' };
    expect(required({ region: { continent: 'EU', not: { country: ['GB'] }, near } })).toEqual([
      {
        type: 'place',
        text: 'region: continent EU and not country GB and within 500 km of 48.85, 2.35',
        within: { continent: ['EU'] },
        not: { country: ['GB'] },
        near: { latitude: 48.85, longitude: 2.35, km: 500 },
      },
    ]);
    expect(texts({ region: { near } })).toEqual(['region: within 500 km of 48.85, 2.35']);
  });

  test.each<[region: object, message: RegExp]>([
    [{ near: { latitude: 48.85, within: '5 km' } }, /"longitude" is missing/],
    [{ near: { latitude: 91, longitude: 0, within: '5 km' } }, /degrees from -90 to 90/],
    [{ near: { latitude: 9, longitude: 0 } }, /"within" is missing/],
    [{ near: { latitude: 9, longitude: 0, within: '5 miles' } }, /not a unit known here: use km, m/],
    [{ continent: 'Europe' }, /"Europe" is not a continent \(one of AF, AN, AS, EU, NA, OC, SA\)/],
    [{ country: 'France' }, /"France" is not a country/],
  ])('%j is refused', (region, message) => {
    expect(told({ web: { require: { region } } })).toMatch(message);
  });

  test('an item may stand with others and apart from others, over one level', () => {
    expect(webOf({ web: { place: { with: 'db', apart_from: ['cache'], over: 'region' } } })).toMatchObject({
      with: [{ item: 'db', over: 'region' }],
      apartFrom: [{ item: 'cache', over: 'region' }],
    });
    expect(webOf({ web: { place: { with: ['db', 'cache', 'db'] } } }).with).toEqual([
      { item: 'db', over: 'zone' },
      { item: 'cache', over: 'zone' },
    ]);
    expect(webOf({ web: { place: { spread: { over: 'zone' } } } })).not.toHaveProperty('with');
  });

  test.each<[said: Said, message: RegExp]>([
    [{ web: { place: { with: 'dbb' } } }, /place\.with: there is no item "dbb" \(the items are web, db, cache\)/],
    [{ web: { place: { with: 'web' } } }, /web is always with itself/],
    [{ web: { place: { with: 'db', over: 'city' } } }, /"city" is not one of continent, country, vendor, region, zone/],
  ])('%j is refused', (said, message) => {
    expect(told(said)).toMatch(message);
  });
});

describe('preferences', () => {
  const preferred = (...prefer: readonly object[]) => webOf({ web: { prefer } }).prefer;

  test('may be anything that could be required of one attribute', () => {
    expect(
      preferred(
        { memory: '>= 8 GiB', weight: 2 },
        { architecture: 'arm64' },
        { market: 'on-demand' },
        { cores: [4, 8] },
        { gpu: { not: [1, 3] } },
        { disk: 'max', weight: 3 },
      ),
    ).toEqual([
      {
        type: 'constraint',
        text: 'memory >= 8 GiB',
        constraint: { type: 'number', text: 'memory >= 8 GiB', attribute: 'memory', comparison: '>=', value: 8 },
        weight: 2,
      },
      expect.objectContaining({ type: 'constraint', text: 'architecture = arm64', weight: 1 }),
      expect.objectContaining({ type: 'constraint', text: 'market = on-demand' }),
      expect.objectContaining({
        constraint: { type: 'numbers', text: 'cores = 4 or 8', attribute: 'cores', anyOf: [4, 8] },
      }),
      expect.objectContaining({ text: 'gpu != 1 or 3' }),
      { type: 'extreme', text: 'disk max', attribute: 'disk', direction: 'max', weight: 3 },
    ]);
  });

  test('may be to stand near', () => {
    expect(preferred({ region: { near: { latitude: 1, longitude: 2, within: 3 } } })).toMatchObject([
      { type: 'place', text: 'region: within 3 km of 1, 2', near: { latitude: 1, longitude: 2, km: 3 } },
    ]);
  });

  test.each<[prefer: object, message: RegExp]>([
    [{ image: 'debian-12' }, /every machine of an item runs the same \(write it under require\)/],
    [{ cores: '2..4' }, /one comparison or one set \(state each by itself, with its weight\)/],
    [{ cores: ['>= 2', '<= 4'] }, /one comparison or one set/],
    [{ architecture: ['x64', { not: 'x86' }] }, /one comparison or one set/],
    [{ cores: 'mxa' }, /"mxa" is not max or min, and no comparison \(e\.g\. \{ cores: max \}\)/],
    [{ cores: 'max', memory: 'max' }, /exactly one thing, not 2/],
    [{ market: 'any' }, /not a known market/],
    [{ weight: 2 }, /exactly one thing, not 0/],
  ])('cannot be %j', (prefer, message) => {
    expect(told({ web: { prefer: [prefer] } })).toMatch(message);
  });

  test('say each thing once', () => {
    expect(told({ web: { prefer: [{ cores: 4 }, { cores: '= 4' }] } })).toMatch(/"cores = 4" is preferred twice/);
  });
});

describe('traffic', () => {
  const from = (volume: unknown, others: object = {}) => ({ from: 'web', to: 'db', volume, ...others });

  test('flows from item to item, in GiB a month', () => {
    const traffic = [from('2 TiB/month'), { from: 'db', to: 'web', volume: 20 }];
    expect(demandOf({ call: { traffic } }).traffic).toEqual([
      { from: 'web', to: 'db', volume: 2048 },
      { from: 'db', to: 'web', volume: 20 },
    ]);
    expect(demandOf({ call: { traffic: [] } })).not.toHaveProperty('traffic');
  });

  test.each<[traffic: readonly object[], message: RegExp]>([
    [[from(1, { to: 'dbb' })], /traffic\[0\]\.to: there is no item "dbb"/],
    [[from(1, { to: 'web' })], /not from web to itself/],
    [[from(1), from(2)], /the traffic from web to db is stated twice/],
    [[from('200 GiB')], /use GiB\/month, TiB\/month/],
    [[{ from: 'web', to: 'db' }], /"volume" is missing/],
  ])('cannot be %j', (traffic, message) => {
    expect(told({ call: { traffic } })).toMatch(message);
  });
});

describe('availability', () => {
  test('may be wanted of an item, of which so many machines must be up', () => {
    const demand = demandOf({
      web: { availability: { at_least: '99.99 %', min_up: 1 } },
      db: { availability: { at_least: '99.5 %' } },
    });
    expect(demand.needs.map(({ minUp }) => minUp)).toEqual([1, undefined, undefined]);
    expect(demand.availability).toEqual([
      { text: 'availability of web >= 99.99 % (1 of 3 up)', items: ['web'], atLeast: 0.9999 },
      { text: 'availability of db >= 99.5 %', items: ['db'], atLeast: 0.995 },
    ]);
  });

  test('may say how many must be up, and no more', () => {
    const demand = demandOf({ web: { availability: { min_up: 2 } } });
    expect(demand.needs[0]?.minUp).toBe(2);
    expect(demand).not.toHaveProperty('availability');
  });

  test('may be wanted of several items together, or of all', () => {
    const texts = (availability: unknown, web: object = {}) =>
      demandOf({ web, call: { availability } }).availability?.map(({ text }) => text);
    expect(texts({ at_least: '99.9 %' })).toEqual(['availability of web and db and cache >= 99.9 %']);
    expect(
      texts(
        [
          { at_least: 0.99, of: ['web', 'db'] },
          { at_least: '99.9999999 %', of: 'web' },
        ],
        { availability: { min_up: 2 } },
      ),
    ).toEqual(['availability of web >= 0.999999999 (2 of 3 up)', 'availability of web and db >= 99 %']);
  });

  test.each<[said: Said, message: RegExp]>([
    [{ web: { availability: {} } }, /nothing is said of the availability/],
    [{ web: { availability: { at_least: '100 %' } } }, /no machine is always up/],
    [{ web: { availability: { at_least: 0 } } }, /asks for nothing/],
    [{ web: { availability: { at_least: 99.9 } } }, /write it like 99.9 %/],
    [{ call: { availability: { of: ['web'] } } }, /"at_least" is missing/],
    [{ call: { availability: { at_least: '99 %', of: ['wbe'] } } }, /there is no item "wbe"/],
    [{ call: { availability: { at_least: '99 %', of: [] } } }, /no item is named/],
    [
      { web: { availability: { at_least: '99 %' } }, call: { availability: { at_least: '98 %', of: 'web' } } },
      /the availability of web is stated twice/,
    ],
    [
      {
        call: {
          availability: [
            { at_least: '99 %', of: ['web', 'db'] },
            { at_least: '98 %', of: ['db', 'web'] },
          ],
        },
      },
      /the availability of db and web is stated twice/,
    ],
  ])('%j is refused', (said, message) => {
    expect(told(said)).toMatch(message);
  });
});

describe('a call contradicts itself', () => {
  const eu = { region: { continent: ['EU'] } };
  test.each<[said: Said, message: RegExp]>([
    [{ web: { require: { cores: [2, 4, '>= 8'] } } }, /web\.require: nothing can have cores >= 8 and cores = 2 or 4/],
    [{ web: { require: { cores: [2, 4, { not: [2, 4] }] } } }, /nothing can have cores != 2 or 4 and cores = 2 or 4/],
    [{ web: { require: { cores: ['4..4', '!= 4'] } } }, /nothing can have cores >= 4 and cores <= 4 and cores != 4/],
    [{ web: { require: { cores: ['8..2'] } } }, /nothing can have cores >= 8 and cores <= 2/],
    [{ web: { require: { cores: ['= 2', '= 4'] } } }, /nothing can have cores = 2 and cores = 4/],
    [{ web: { require: { cores: '< 0' } } }, /nothing can have cores < 0/],
    [{ web: { require: { availability: '> 100 %' } } }, /nothing can have availability > 100 %/],
    [{ web: { require: { price: '>= 1 USD/h', max_price: 0.5 } } }, /nothing can have price >= 1 USD\/h and max_price 0.5/],
    [{ web: { require: { architecture: ['x64', { not: 'x64' }] } } }, /nothing can have architecture = x64 and/],
    [{ web: { require: { market: { not: ['spot', 'on-demand'] } } } }, /nothing can have market != spot or on-demand/],
    [
      { web: { require: { market: { on_demand_at_least: 4 } } } },
      /on_demand_at_least: 4 machines must be on demand, but the item has 3/,
    ],
    [{ web: { availability: { min_up: 4 } } }, /min_up: 4 machines must be up, but the item has 3/],
    [
      { web: { place: { with: 'db', apart_from: 'db', over: 'region' } } },
      /web must be with db over region, and the two apart over region/,
    ],
    [
      { web: { place: { with: 'db', over: 'zone' } }, db: { place: { apart_from: 'web', over: 'country' } } },
      /web must be with db over zone, and the two apart over country/,
    ],
    [
      { web: { require: eu, place: { with: 'db' } }, db: { require: { region: { continent: ['NA', 'AS'] } } } },
      /web must be with db over zone, but in the continent EU, and db in NA or AS/,
    ],
  ])('by %j', (said, message) => {
    expect(told(said)).toMatch(message);
    expect(refusal(said).code).toBe('contradictory-constraints');
  });

  test.each<[said: Said]>([
    [{ web: { require: { cores: [2, 4, '>= 4'] } } }],
    [{ web: { require: { cores: ['2..4', { not: [2, 4] }] } } }],
    [{ web: { require: { price: '>= 1 USD/h', max_price: { spot: 0.5 } } } }],
    [{ web: { require: eu, place: { with: 'db', over: 'vendor' } }, db: { require: { region: { continent: 'NA' } } } }],
    [{ web: { place: { with: 'db', over: 'region' } }, db: { place: { apart_from: 'web', over: 'zone' } } }],
  ])('but not by %j', (said) => {
    expect(demandOf(said).needs).toHaveLength(3);
  });

  /** Bounds are whole, so whatever can be met at all is met by a whole or a half. */
  const halves = Array.from({ length: 14 }, (_, index) => index / 2);
  const value = fc.integer({ min: 0, max: 5 });
  const form = fc.oneof(
    value,
    fc.tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), value).map(([sign, of]) => `${sign} ${of}`),
    fc.tuple(value, value).map(([from, to]) => `${from}..${to}`),
    fc.record({ not: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  );

  test('exactly when no number meets everything that is said of it', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(form, { minLength: 1, maxLength: 4 }), (cores) => {
        const can = halves.some((number) => cores.every((one) => meetsForm(one, number, cores)));
        if (!can) refused += 1;
        const said = { web: { require: { cores } } };
        if (can) expect(demandOf(said).needs).toHaveLength(3);
        else expect(told(said)).toMatch(/^contradictory-constraints\n.*nothing can have/);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

type Form = number | string | { readonly not: readonly number[] };

/** By the words of docs/calls.md alone. */
function meetsForm(form: Form, number: number, all: readonly Form[]): boolean {
  if (typeof form === 'number') return all.includes(number);
  if (typeof form === 'object') return !form.not.includes(number);
  const [from, to] = form.split('..').map(Number);
  if (from !== undefined && to !== undefined) return from <= number && number <= to;
  const [sign = '', of] = form.split(' ');
  const order = Math.sign(number - Number(of));
  return { '=': [0], '!=': [-1, 1], '<': [-1], '<=': [-1, 0], '>': [1], '>=': [0, 1] }[sign]?.includes(order) ?? false;
}
