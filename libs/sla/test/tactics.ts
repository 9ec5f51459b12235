import fc from 'fast-check';
import { type Ask, type Counter, gapBands, readTactic, situationOf } from '../src/index.js';
import type { CalledFor, StandingGroup } from '../src/negotiation/tactics/situation.js';
import type { Need } from '../src/index.js';

export const web = (count: number): Need => ({
  item: 'web',
  kind: 'compute',
  count,
  require: [],
  prefer: [],
  spread: [],
  apartFrom: [],
});

/** A round of a negotiation of one machine, unless it says otherwise. */
export const round = (number: number, rest: Partial<CalledFor> = {}): CalledFor => ({
  agent: 'alpha',
  conversation: 'c1',
  round: number,
  rounds: number,
  demand: { needs: [web(1)] },
  ...rest,
});

export const onDemand: StandingGroup = { region: 'r1', market: 'on-demand', commitment: 0, free: null };

/** What an account with this tactic asks in a round, as a share of its list prices. The cheapest that it has lists at 1 USD an hour. */
export function levelIn(tactic: unknown, called: CalledFor, group: StandingGroup = onDemand): number {
  return readTactic(tactic).level(
    situationOf(called, () => 1),
    group,
  );
}

/** Told after each round so far: the gap of the item web; `won`: nothing; a number: what the client pays at most. */
export type Heard = Extract<Ask, { gap: unknown }>['gap'] | 'won' | number;
export const counters = (...heard: readonly Heard[]): readonly Counter[] =>
  heard.map((each, index) => ({ round: index + 1, asks: asksFor(each) }));

function asksFor(heard: Heard): readonly Ask[] {
  if (heard === 'won') return [];
  return [{ item: 'web', attribute: 'price', ...(typeof heard === 'number' ? { reservation: heard } : { gap: heard }) }];
}

const floor = fc.integer({ min: 40, max: 100 }).map((percent) => `${percent} %`);
const step = fc.integer({ min: 1, max: 30 }).map((percent) => `${percent} %`);
const lot = { vary: fc.constantFrom('0 %', '20 %', '100 %'), seed: fc.integer({ min: 0, max: 9 }) };
const tiers = (from: readonly (number | string)[]) =>
  fc.constant(from.map((begins, index) => ({ from: begins, off: `${3 * index + 4} %` })));

const tactic = fc
  .oneof(
    fc.record({ use: fc.constant('time-dependent'), beta: fc.constantFrom(0.2, 1, 4), floor, ...lot }),
    fc.record({
      use: fc.constant('time-dependent'),
      beta: fc.constantFrom(0.5, 3),
      curve: fc.constant('exponential'),
      start: fc.constant('99 %'),
      floor: fc.constant('70 %'),
    }),
    fc.record({ use: fc.constant('behaviour-dependent'), step, floor, ...lot }),
    fc.record({ use: fc.constant('volume'), tiers: tiers([2, 4]) }),
    fc.record({ use: fc.constant('commitment'), tiers: tiers(['1 month', '12 month']) }),
    fc.record({ use: fc.constant('spot'), floor, step }),
    fc.record({ use: fc.constant('capacity-aware'), floor, above: fc.constantFrom('0 %', '50 %') }),
    fc.constant({ use: 'fixed' }),
  )
  .chain((one) => fc.constantFrom(one, { ...one, markets: ['spot'] }));

/** What an account may have under `tactic`. */
export const tactics = fc.oneof(tactic, fc.array(tactic, { minLength: 1, maxLength: 3 }));

export const heard: fc.Arbitrary<readonly Heard[]> = fc.array(
  fc.oneof(fc.constantFrom(...gapBands), fc.constant('won' as const), fc.constantFrom(0.5, 0.8, 0.95)),
  { maxLength: 6 },
);

export const group: fc.Arbitrary<StandingGroup> = fc.record({
  region: fc.constantFrom('r1', 'r2'),
  market: fc.constantFrom('on-demand', 'spot'),
  commitment: fc.constantFrom(0, 12 * 730 * 3_600_000),
  free: fc.constantFrom(null, 0, 0.3, 0.75, 1),
});
