import fc from 'fast-check';
import type { Discount, Quota } from '../src/index.js';
import { seldom, unit } from './demands.js';

/** What holds for all offers of an agent: its discount, and what its account may still take. */
export interface Terms {
  readonly discounts: readonly Discount[];
  readonly quotas: readonly Quota[];
}

const discount = (agent: string): fc.Arbitrary<Discount> =>
  fc
    .constantFrom<Omit<Discount, 'id'>>(
      { by: 'machines', tiers: [{ from: 2, off: 0.1 }] },
      {
        by: 'machines',
        tiers: [
          { from: 1, off: 0.05 },
          { from: 3, off: 0.5 },
        ],
      },
      { by: 'spend', tiers: [{ from: 14.6, off: 0.1 }] },
      {
        by: 'spend',
        tiers: [
          { from: 15, off: 0.2 },
          { from: 43.8, off: 0.4 },
        ],
      },
    )
    .map((terms) => ({ id: `${agent}-volume`, ...terms }));

const quota: fc.Arbitrary<Quota> = fc
  .record({
    agent: fc.constantFrom('north', 'south'),
    region: fc.constantFrom(undefined, undefined, 'r1'),
    of: unit,
    left: fc.constantFrom(1, 2, 4),
  })
  .map(({ region, ...rest }) => ({ ...rest, ...(region !== undefined && { region }) }));

export const terms: fc.Arbitrary<Terms> = fc
  .record({
    north: seldom(discount('north')),
    south: seldom(discount('south')),
    quotas: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(quota) }),
  })
  .map(({ north, south, quotas }) => ({ discounts: [north, south].filter((each) => each !== undefined), quotas }));

/** From which of the possible plans (0..1) so many machines of each item stay, and so many others run, at a price that much higher. */
export interface Placed {
  readonly plan: number;
  readonly fixed: number;
  readonly running: number;
  readonly dearer: number;
  readonly switching: number;
  readonly leastGain: number;
}

export const placed: fc.Arbitrary<Placed> = fc.record({
  plan: fc.double({ min: 0, max: 0.999, noNaN: true }),
  fixed: fc.constantFrom(0, 0, 1),
  running: fc.constantFrom(0, 1, 3),
  dearer: fc.constantFrom(0, 0, 0.01, -0.005),
  switching: fc.constantFrom(0, 5, 30),
  leastGain: fc.constantFrom(0, 0.02, 0.2, 0.6),
});
