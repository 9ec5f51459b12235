import fc from 'fast-check';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import type { ReactionRow } from '../../src/store/tables.js';
import { callWith, RulesWorld } from './rules-world.js';

const minute = 60_000;
const hour = 60 * minute;

const told = (rows: readonly ReactionRow[]): readonly string[] =>
  rows.map(({ action, resource, state, message }) => `${action} ${resource ?? ''}: ${state === 'begun' ? state : message}`);

describe.each(Object.entries(databases))('rules over %s', (_, openDatabase) => {
  let database: TestDatabase;
  let world: RulesWorld;
  const open = async (...rules: readonly string[]): Promise<void> => {
    world = await RulesWorld.open(database, callWith(...rules));
  };
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(async () => {
    await database.end();
  });
  afterEach(async () => {
    await world.close();
  });

  it('do no more than their limit allows, whichever machines it is about, and say so once for all events in a row', async () => {
    await open('{ on: resource.down, do: replace, at_most: "2 per 1 h" }');
    for (const machine of ['web-1', 'web-2', 'web-3']) await world.happens('resource.down', machine);
    await world.restart();
    world.now += 59 * minute;
    await world.happens('resource.down', 'web-3');
    expect(told(await world.reactions())).toEqual([
      'replace web-1: begun',
      'replace web-2: begun',
      'replace web-3: not done: the rule allows 2 per 1 h',
    ]);
    expect((await world.reactions())[2]).toMatchObject({ state: 'skipped', attempts: 2, event: 'resource.down' });
    world.now += 2 * minute;
    await world.happens('resource.down', 'web-3');
    expect(told(await world.reactions()).at(-1)).toBe('replace web-3: begun');
  });

  it('leave what they have acted on alone while they cool down, and that alone', async () => {
    await open('{ on: resource.overused, above: 80 %, for: 1 min, do: migrate, cool_down: 10 min }');
    await world.happens('resource.overused', 'web-1');
    world.now += minute;
    await world.finishes((await world.reactions())[0]!.id, 'done');
    world.now += 9 * minute;
    await world.happens('resource.overused', 'web-1');
    await world.happens('resource.overused', 'web-2');
    expect(told(await world.reactions())).toEqual(
      [
        'migrate web-1: moved',
        'migrate web-1: not done: the rule cools down for 10 min after it has acted',
        'migrate web-2: begun',
      ].map((line) => line.replace('moved', 'being moved after resource.overused')),
    );
    world.now += 2 * minute;
    await world.happens('resource.overused', 'web-1');
    expect(told(await world.reactions()).at(-1)).toBe('migrate web-1: begun');
  });

  it('hold a condition against what the event says', async () => {
    await open('{ on: sla.violated, if: measured > 1.5 * wanted && machines == 3, do: terminate }');
    await world.happens('sla.violated', 'web-1', 119);
    expect(await world.reactions()).toEqual([]);
    await world.happens('sla.violated', 'web-1', 121);
    expect(told(await world.reactions())).toEqual(['terminate : begun']);
  });

  it('act on a risk for the reason that they name, and on a budget that burns as fast over both windows', async () => {
    await open(
      '{ on: sla.at_risk, burn_rate: 6, do: migrate }',
      '{ on: sla.at_risk, risk: trend, do: scale, by: 1, up_to: 9 }',
      '{ on: sla.at_risk, risk: burn_rate, do: notify }',
    );
    const burning = (factor: number, rate: number) => ({ by: 'burn_rate', factor, rate, window: hour }) as const;
    await world.isAtRisk('web-1', { by: 'trend', at: '2026-11-27T12:00:00Z' });
    expect(told(await world.reactions())).toEqual(['scale-out : begun']);
    // Over a day it burns eight times too fast, but no longer over the hours that a factor of 6 is about.
    await world.isAtRisk('web-2', burning(3, 8));
    expect(told(await world.reactions()).slice(1)).toEqual(['notify : told to every webhook of the call']);
    await world.isAtRisk('web-3', burning(6, 7));
    expect(told(await world.reactions()).slice(2)).toContain('migrate web-3: begun');
  });

  it('tell webhooks of events as often as their limits allow', async () => {
    await open('{ on: resource.down, do: notify, at_most: "1 per 1 h" }', '{ on: resource.up, do: notify }');
    for (const machine of ['web-1', 'web-2']) await world.happens('resource.down', machine);
    await world.happens('resource.up', 'web-1');
    expect(await world.deliveries()).toBe(1);
  });

  it('do one thing at a time to a machine, but replace it when it goes down while it moves', async () => {
    await open(
      '{ on: resource.overused, above: 80 %, for: 1 min, do: scale, size: larger }',
      '{ on: sla.violated, do: migrate }',
      '{ on: resource.down, do: replace }',
    );
    await world.happens('resource.overused', 'web-1');
    await world.happens('sla.violated', 'web-1');
    await world.happens('resource.down', 'web-1');
    expect(told(await world.reactions())).toEqual([
      'resize web-1: given up: resource.down came in between, and it is replaced instead',
      'migrate web-1: not done: resize is under way',
      'replace web-1: begun',
    ]);
  });

  it('keep out of the way of what its client does to a machine, and end with it', async () => {
    await open('{ on: sla.violated, do: migrate }', '{ on: resource.down, do: replace }');
    await world.operates('web-1');
    await world.happens('sla.violated', 'web-1');
    await world.happens('resource.down', 'web-2');
    await world.deletes('web-2');
    expect(told(await world.reactions())).toEqual([
      'migrate web-1: not done: an operation is under way on the machine',
      'replace web-2: the client deleted it',
    ]);
  });

  it('never decide twice when two events come at the same moment', async () => {
    await open('{ on: resource.overused, above: 80 %, for: 1 min, do: scale, by: 1, up_to: 9, at_most: "1 per 1 h" }');
    await Promise.all(['web-1', 'web-2', 'web-3', 'web-1'].map((machine) => world.happens('resource.overused', machine)));
    const begun = (await world.reactions()).filter(({ state }) => state === 'begun');
    expect(begun).toHaveLength(1);
  });
});

const rules = [
  { text: '{ on: resource.down, do: replace, at_most: "3 per 1 h" }', times: 3, coolDown: 0 },
  {
    text: '{ on: resource.overused, above: 80 %, for: 1 min, do: migrate, at_most: "2 per 1 h", cool_down: 10 min }',
    times: 2,
    coolDown: 10 * minute,
  },
  {
    text: '{ on: resource.underused, below: 9 %, for: 1 min, do: scale, by: -1, down_to: 1, cool_down: 20 min }',
    times: Infinity,
    coolDown: 20 * minute,
  },
  { text: '{ on: sla.violated, do: scale, by: 1, up_to: 6, at_most: "4 per 1 h" }', times: 4, coolDown: 0 },
];
const machine = fc.constantFrom('web-1', 'web-2', 'web-3');
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom('resource.down', 'resource.overused', 'resource.underused', 'sla.violated'), machine),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('finish'), fc.nat(3), fc.constantFrom('done', 'failed')) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('wait'), fc.integer({ min: 1, max: 30 * minute })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('restart')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('delete'), machine) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(world: RulesWorld, [what, which, end]: Step): Promise<void> {
  if (what === 'wait') world.now += which;
  else if (what === 'restart') await world.restart();
  else if (what === 'delete') await world.deletes(which);
  else if (what === 'finish') {
    const begun = (await world.reactions()).filter(({ state }) => state === 'begun');
    const one = begun[which % Math.max(1, begun.length)];
    if (one) await world.finishes(one.id, end);
  } else await world.happens(what, which);
}

const subject = ({ resource, item }: ReactionRow): string => resource ?? `all of ${item ?? 'it'}`;

function check(rows: readonly ReactionRow[]): void {
  const begun = rows.filter(({ state }) => state === 'begun').map(subject);
  expect(new Set(begun).size).toBe(begun.length);
  for (const [index, { times, coolDown }] of rules.entries()) {
    const acted = rows.filter(({ rule, state }) => rule === index && state !== 'skipped');
    for (const { begun_at: at } of acted)
      expect(acted.filter(({ begun_at: other }) => other > at - hour && other <= at).length).toBeLessThanOrEqual(times);
    for (const [place, one] of acted.entries())
      for (const later of acted.slice(place + 1).filter((row) => subject(row) === subject(one)))
        expect(later.begun_at - (one.finished_at ?? one.begun_at)).toBeGreaterThanOrEqual(coolDown);
  }
}

it('whatever happens, and however often the Agency is restarted, limits hold and no two reactions are about one machine or item', async () => {
  const database = await databases['SQLite (libsql)']!();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const world = await RulesWorld.open(database, callWith(...rules.map(({ text }) => text)));
      try {
        for (const one of steps) {
          await take(world, one);
          check(await world.reactions());
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 25 },
  );
  await database.end();
}, 120_000);
