import fc from 'fast-check';
import type { AvailabilityGuarantee, Guarantee, Span } from '../src/index.js';
import { BruteCondition } from './brute-condition.js';
import { heardOf, type Told } from './brute-uptime.js';
import { Stored } from './evaluating.js';

/** Times are few and small, so that every ms of the window can be looked at. */
const window = 400;
const after = 60;
const origin = 1_000_000;

const story = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 90 }),
    told: fc.array(
      fc.record({
        machine: fc.integer({ min: 0, max: 2 }),
        ago: fc.constantFrom(0, 0, 0, 5, 30),
        value: fc.constantFrom(0, 0, 1),
      }),
      { maxLength: 4 },
    ),
    load: fc.option(fc.integer({ min: 0, max: 100 })),
    pause: fc.integer({ min: 0, max: 12 }).map((one) => one === 0),
    restart: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { maxLength: 30 },
);

interface Step {
  readonly told: readonly { readonly machine: number; readonly ago: number; readonly value: number }[];
  readonly load: number | null;
}

function groupOf(minUp: number, as: NonNullable<Guarantee['missing']>['as'], when: boolean): AvailabilityGuarantee {
  const scope = { as: 'group', minUp } as const;
  const condition = when ? { when: { holds: 'load < 50' } } : {};
  return { term: 'availability', of: 'web', scope, atLeast: 0.75, over: window, missing: { as, after }, ...condition };
}

function toldIn({ told, load }: Step, now: number, when: boolean): Told[] {
  const health = told.map(({ machine, ago, value }) => ({ machine, at: now - ago, value }));
  return when && load !== null ? [...health, { machine: 0, at: now, value: load, load: true }] : health;
}

describe('availability by time', () => {
  const said = fc.record({
    minUp: fc.constantFrom(1, 2, 3),
    allowed: fc.constantFrom(1, 2, 3),
    as: fc.constantFrom<NonNullable<Guarantee['missing']>['as']>('unknown', 'fails', 'passes'),
    when: fc.boolean(),
  });

  it('is what every ms of the window says, in whatever order samples come, and however often it is stopped', () => {
    let violated = 0;
    fc.assert(
      fc.property(said, story, ({ minUp, allowed, as, when }, steps) => {
        const guarantee = groupOf(minUp, as, when);
        const stored = new Stored(guarantee, new Map([[0, allowed]]));
        const machines = ['a', 'b', 'c'].map((machine) => stored.evaluator.join(machine, origin));
        const told: Told[] = [];
        const pauses: Span[] = [];
        let now = origin;
        for (const step of steps) {
          now += step.after;
          for (const one of toldIn(step, now, when)) {
            stored.evaluator.take((machines[one.machine] ?? 0) + (one.load ? 1 : 0), one.at, one.value, 0);
            told.push(one);
          }
          const verdict = stored.evaluator.assess(now, pauses);
          const spent = spentBy({ guarantee, told, pauses, allowed }, now);
          const isBroken = spent.down > spent.counted * 0.25;
          expect(verdict.budget?.spent).toBe(spent.down);
          expect(verdict.budget?.allowance).toBeCloseTo(spent.counted * 0.25, 3);
          expect([isBroken ? 'violated' : 'fulfilled', 'undefined']).toContain(verdict.state);
          violated += Number(verdict.state === 'violated');
          if (step.restart) stored.restart(verdict.state, pauses);
          if (!step.pause) continue;
          pauses.push({ from: now, until: (now += 40) });
          stored.evaluator.assess(now, pauses);
        }
      }),
      { numRuns: 400, seed: 20261127 },
    );
    expect(violated).toBeGreaterThan(100);
  });

  interface Known {
    readonly guarantee: AvailabilityGuarantee;
    readonly told: readonly Told[];
    readonly pauses: readonly Span[];
    readonly allowed: number;
  }

  function spentBy({ guarantee, told, pauses, allowed }: Known, now: number): { down: number; counted: number } {
    const fails = guarantee.missing?.as === 'fails';
    const minUp = guarantee.scope.as === 'group' ? (guarantee.scope.minUp ?? 0) : 1;
    const machines = [0, 1, 2].map((machine) => {
      const own = told.filter((one) => one.machine === machine && !one.load);
      return heardOf(own, { origin, allowed, after, fails, pauses }, now).down;
    });
    const condition = new BruteCondition(after);
    for (const { load, machine, at, value } of told) if (load) condition.take(machine, at, value);
    const isLost = (at: number): boolean => at >= origin && guarantee.when !== undefined && !condition.holdsAt(at);
    const isUp = (down: readonly Span[], at: number): boolean => !down.some(({ from, until }) => from <= at && at < until);
    const isDown = (at: number): boolean => at >= origin && machines.filter((down) => isUp(down, at)).length < minUp;
    const instants = windowUntil(now, pauses).filter((at) => !isLost(at));
    return { down: instants.filter(isDown).length, counted: instants.length };
  }
});

/** Every ms of the window: pauses do not count for it. */
function windowUntil(now: number, pauses: readonly Span[]): number[] {
  const instants: number[] = [];
  for (let at = now - 1; instants.length < window; at -= 1)
    if (!pauses.some(({ from, until }) => from <= at && at < until)) instants.push(at);
  return instants;
}

describe('very many outages', () => {
  it('are counted by parts of the window, and none is lost', () => {
    const hour = 3_600_000;
    const start = Date.parse('2026-03-01T00:00:00Z');
    const guarantee: AvailabilityGuarantee = {
      term: 'availability',
      of: 'web',
      scope: { as: 'each' },
      atLeast: 0.9,
      over: 720 * hour,
    };
    const stored = new Stored(guarantee);
    const series = stored.evaluator.join('web-1', start);
    let now = start;
    let verdict = stored.evaluator.assess(now);
    for (let minute = 0; minute < 60 * 720; minute += 1) {
      now += 60_000;
      stored.evaluator.take(series, now, minute % 5 === 0 ? 0 : 1);
      if (minute % 60 === 0) verdict = stored.evaluator.assess(now);
      if (minute % 5000 === 0) stored.restart(verdict.state);
    }
    verdict = stored.evaluator.assess(now);
    expect(verdict.budget?.spent).toBe(144 * hour);
    expect(verdict).toMatchObject({ state: 'violated', measured: 80 });
    stored.store();
    const bytes = stored.evaluator.dump().reduce((sum, piece) => sum + piece.bytes.length, 0);
    expect(bytes).toBeLessThan(20_000);
  });
});
