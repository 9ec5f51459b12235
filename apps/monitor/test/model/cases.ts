/** What guarantees may promise, one of each kind. */
import type { AvailabilityGuarantee, Guarantee, MeasuredGuarantee } from '@cloud-agency/sla';
import type { Source } from './machines.js';

const second = 1_000;
const minute = 60 * second;

type Kind = (Omit<AvailabilityGuarantee, 'over' | 'of' | 'scope'> | Omit<MeasuredGuarantee, 'over' | 'of' | 'scope'>) & {
  readonly by: NonNullable<Guarantee['by']>;
};
export interface Case {
  readonly reads: readonly string[];
  readonly counters: readonly boolean[];
  readonly kind: Kind;
  readonly value?: (values: readonly number[]) => number;
}

const gauge = { reads: ['queue'], counters: [false] };
const queue = { term: 'metric', metric: 'queue' } as const;
const orders = { reads: ['orders'], counters: [true] };
const all = { reads: ['requests'], counters: [true] };
const requests = { reads: ['requests', 'errors'], counters: [true, true] };
const up = { reads: ['up'], counters: [false] };

/**
 * Each with what it reads, which of that are counters, and what an expression makes of it. Slices are so long that what comes late finds none of
 * them closed: when they are depends on when they were looked at.
 */
export const cases = (by: Source): readonly Case[] => [
  { ...gauge, kind: { ...queue, by, statistic: 'mean', atMost: 50 } },
  { ...gauge, kind: { ...queue, by, statistic: 'mean', atLeast: 40, atMost: 60 } },
  { ...gauge, kind: { ...queue, by, statistic: 'minimum', atLeast: 6 } },
  { ...gauge, kind: { ...queue, by, statistic: 'maximum', atMost: 94 } },
  { ...gauge, kind: { ...queue, by, statistic: 'sum', atMost: 1_500 } },
  { ...gauge, kind: { ...queue, by, statistic: 'sum', atLeast: 900 } },
  { ...gauge, kind: { ...queue, by, statistic: 'count', atLeast: 20 } },
  { ...gauge, kind: { ...queue, by, statistic: 'count', atMost: 30 } },
  { ...gauge, kind: { ...queue, by, percentile: 80, atMost: 80 } },
  { ...gauge, kind: { ...queue, by, percentile: 12.5, atLeast: 10 } },
  { ...gauge, kind: { ...queue, by, percentile: 50, atLeast: 35, atMost: 65 } },
  { ...gauge, kind: { ...queue, by, percentile: 80, atMost: 80, slices: { each: 5 * minute, atLeast: 0.8 } } },
  { ...gauge, kind: { ...queue, by, statistic: 'mean', atMost: 60, slices: { each: 330 * second, atLeast: 0.75 } } },
  { ...orders, kind: { term: 'metric', metric: 'orders', by, statistic: 'rate', atLeast: 0.5, atMost: 4 } },
  { ...orders, kind: { term: 'throughput', metric: 'orders', by, atLeast: 1 } },
  ...(by === 'probe'
    ? [
        { ...up, kind: { term: 'availability', by, counted: 'requests', atLeast: 0.9 } as const },
        {
          ...{ reads: ['response_time'], counters: [false] },
          kind: { term: 'response_time', by, percentile: 95, atMost: 200 } as const,
        },
      ]
    : [
        { ...requests, kind: { term: 'availability', by, counted: 'requests', atLeast: 0.8 } as const },
        { ...all, kind: { term: 'metric', metric: 'requests', by, statistic: 'sum', atMost: 2_500 } as const },
        { ...all, kind: { term: 'metric', metric: 'requests', by, statistic: 'sum', atLeast: 900 } as const },
        { ...requests, kind: { term: 'error_rate', by, atMost: 0.2 } as const },
        {
          ...{ reads: ['cpu_utilisation'], counters: [false] },
          kind: { term: 'cpu_utilisation', by, atLeast: 0.2, atMost: 0.75 } as const,
        },
        {
          ...{ reads: ['errors', 'requests'], counters: [true, true] },
          kind: { term: 'expression', by, value: 'errors / requests', atMost: 0.2 } as const,
          value: ([errors = NaN, all = NaN]: readonly number[]) => errors / all,
        },
        {
          ...{ reads: ['queue', 'errors', 'load'], counters: [false, true, false] },
          kind: {
            term: 'expression',
            by,
            value: 'max(queue, 40) - errors / 10 + 2 * (load - queue)',
            atLeast: -20,
            atMost: 70,
          } as const,
          value: ([one = NaN, errors = NaN, load = NaN]: readonly number[]) => Math.max(one, 40) - errors / 10 + 2 * (load - one),
        },
      ]),
  { ...up, kind: { term: 'availability', by, atLeast: 0.9 } },
  { ...up, kind: { term: 'availability', by, atLeast: 0.8 } },
];
