import fc from 'fast-check';
import { Differences, nearMs } from './differences.js';
import type { SampleSource } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';

const minute = 60_000;
const figure = (at: number, value: number, metric = 'cpu_utilisation', placement = 'web-1'): Measurement => ({
  placement,
  metric,
  at,
  value,
});

/** Takes one figure after the other, each when it was measured; says what came of them. */
function apart(...told: readonly (readonly [SampleSource, Measurement])[]): readonly Measurement[] {
  const differences = new Differences();
  return told.flatMap(([source, measurement]) => differences.take(source, [measurement], measurement.at));
}

describe('differences between the vendor’s figures and the client’s own', () => {
  const first = ['vendor', figure(0, 0.5)] as const;

  it('are told at the time of the vendor’s value, whichever comes first', () => {
    expect(apart(first, ['resource', figure(10_000, 0.75)])).toEqual([figure(0, 0.25, 'cpu_utilisation.difference')]);
    expect(apart(first, ['resource', figure(5 * minute, 0.25)], ['vendor', figure(5 * minute + 10_000, 0.75)])).toEqual([
      figure(5 * minute + 10_000, 0.5, 'cpu_utilisation.difference'),
    ]);
  });

  it('are taken from the own value that is nearest in time', () => {
    const own = [10, 25, 40].map((seconds) => ['resource', figure(5 * minute + seconds * 1_000, seconds / 100)] as const);
    const [found] = apart(first, ...own, ['vendor', figure(5 * minute + 27_000, 0.3)]);
    expect(found?.value).toBeCloseTo(0.05);
  });

  it('are not made of what was measured too far apart, of another metric, or of another machine', () => {
    expect(apart(first, ['resource', figure(nearMs + 1, 0.5)])).toEqual([]);
    expect(apart(first, ['resource', figure(0, 0.5, 'memory_utilisation')])).toEqual([]);
    expect(apart(first, ['resource', figure(0, 0.5, 'cpu_utilisation', 'web-2')])).toEqual([]);
    expect(apart(first, ['business', figure(0, 0.5)])).toEqual([]);
  });

  it('are told once for each value of the vendor’s, never below 0, never of what was measured farther apart', () => {
    const told = fc.array(
      fc.record({
        source: fc.constantFrom<SampleSource>('vendor', 'resource', 'probe'),
        at: fc.integer({ min: 0, max: 20 * minute }),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(told, (figures) => {
        const found = apart(...figures.map(({ source, at, value }) => [source, figure(at, value)] as const));
        const [vendor, own] = [
          figures.filter(({ source }) => source === 'vendor'),
          figures.filter(({ source }) => source !== 'vendor'),
        ];
        expect(found.length).toBeLessThanOrEqual(vendor.length);
        for (const { at, value } of found)
          expect(
            vendor.some(
              (one) =>
                one.at === at &&
                own.some((other) => Math.abs(other.at - at) <= nearMs && Math.abs(other.value - one.value) === value),
            ),
          ).toBe(true);
      }),
    );
  });
});
