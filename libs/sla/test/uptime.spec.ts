import fc from 'fast-check';
import type { AvailabilityGuarantee, Guarantee, Span } from '../src/index.js';
import { Stored } from './evaluating.js';

/** Times are few and small, so that every ms of the window can be looked at. */
const window = 400;
const after = 60;
const origin = 1_000_000;

interface Told {
  readonly at: number;
  readonly machine: number;
  readonly value: number;
  /** Of the condition's metric instead of the health. */
  readonly load?: boolean;
}

/** When a machine was down by definition: see docs/guarantees.md, Availability by time. */
function downAt(told: readonly Told[], allowed: number, fails: boolean, now: number): (at: number) => boolean {
  const heard: Told[] = [];
  for (const one of told) if (one.at >= origin && one.at > (heard.at(-1)?.at ?? -Infinity)) heard.push(one);
  const down: Span[] = [];
  let row: number[] = [];
  let isDown = false;
  let last = origin;
  let open: number | undefined;
  const close = (until: number): void => {
    if (open !== undefined && until > open) down.push({ from: open, until });
    open = undefined;
  };
  for (const { at, value } of heard) {
    if (at - last > after) {
      if (fails) down.push({ from: last + after, until: at });
      else {
        close(last + after);
        row = [];
      }
    }
    last = at;
    if (value > 0) {
      close(at);
      isDown = false;
      row = [];
      continue;
    }
    row.push(at);
    if (isDown) open ??= at;
    else if (row.length >= allowed) {
      isDown = true;
      open = row[0];
    }
  }
  if (fails && now - last > after) down.push({ from: last + after, until: now });
  close(fails ? now : Math.min(now, last + after));
  return (at) => down.some(({ from, until }) => from <= at && at < until);
}

/** A condition `load < 50` holds from a sample until the next, no longer than `after`. */
function heldAt(told: readonly Told[]): (at: number) => boolean {
  const heard: Told[] = [];
  for (const one of told) if (one.at > (heard.at(-1)?.at ?? -Infinity)) heard.push(one);
  return (at) => {
    const last = heard.findLast((one) => one.at <= at);
    return last !== undefined && last.value < 50 && at - last.at < after;
  };
}

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
        const guarantee: AvailabilityGuarantee = {
          term: 'availability',
          of: 'web',
          scope: { as: 'group', minUp },
          atLeast: 0.75,
          over: window,
          missing: { as, after },
          ...(when && { when: { holds: 'load < 50' } }),
        };
        const stored = new Stored(guarantee, new Map([[0, allowed]]));
        const machines = ['a', 'b', 'c'].map((machine) => stored.evaluator.join(machine, origin));
        const told: Told[] = [];
        const pauses: Span[] = [];
        let now = origin;
        for (const step of steps) {
          now += step.after;
          for (const { machine, ago, value } of step.told) {
            stored.evaluator.take(machines[machine] ?? 0, now - ago, value, 0);
            told.push({ machine, at: now - ago, value });
          }
          if (when && step.load !== null) {
            stored.evaluator.take((machines[0] ?? 0) + 1, now, step.load);
            told.push({ machine: 0, at: now, value: step.load, load: true });
          }
          const verdict = stored.evaluator.assess(now, pauses);
          const spent = spentBy({ guarantee, told, pauses, allowed }, now);
          expect(verdict.budget?.spent).toBe(spent.down);
          expect(verdict.budget?.allowance).toBeCloseTo(spent.counted * 0.25, 3);
          if (verdict.state !== 'undefined')
            expect(verdict.state).toBe(spent.down > spent.counted * 0.25 ? 'violated' : 'fulfilled');
          if (verdict.state === 'violated') violated += 1;
          if (step.restart) stored.restart(verdict.state);
          if (step.pause) {
            pauses.push({ from: now, until: now + 40 });
            now += 40;
          }
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
    const machines = [0, 1, 2].map((machine) =>
      downAt(
        told.filter((one) => one.machine === machine && !one.load),
        allowed,
        fails,
        now,
      ),
    );
    const held = guarantee.when ? heldAt(told.filter(({ load }) => load)) : () => true;
    const paused = (at: number): boolean => pauses.some(({ from, until }) => from <= at && at < until);
    let [down, counted] = [0, 0];
    for (let at = now - 1, left = window; left > 0; at -= 1) {
      if (paused(at)) continue;
      left -= 1;
      if (at >= origin && !held(at)) continue;
      counted += 1;
      if (at >= origin && machines.filter((isDown) => !isDown(at)).length < minUp) down += 1;
    }
    return { down, counted };
  }
});

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
