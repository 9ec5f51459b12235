import fc from 'fast-check';
import { groupDowntime, type Member } from './group.js';
import { duration, type Interval, within } from './interval.js';

/** Times are few and small, so that edges meet often and every ms can be looked at. */
const time = fc.integer({ min: 0, max: 40 });
const interval: fc.Arbitrary<Interval> = fc.tuple(time, fc.option(time)).map(([from, until]) => ({
  from: until === null ? from : Math.min(from, until),
  until: until === null ? null : Math.max(from, until),
}));
const span = fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), until: Math.max(a, b) }));

const covers = ({ from, until }: Interval, instant: number): boolean => from <= instant && (until === null || instant < until);
const instants = (from: number, until: number): number[] => Array.from({ length: until - from }, (_, index) => from + index);

describe('downtime within a window', () => {
  it('is every ms that some interval covers, once', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 8 }), span, (intervals, window) => {
        const counted = instants(window.from, window.until).filter((instant) => intervals.some((one) => covers(one, instant)));
        expect(duration(intervals, window)).toBe(counted.length);
      }),
    );
  });

  it('comes in order and without overlaps, whatever the order of the intervals', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 8 }), span, (intervals, window) => {
        const parts = within(intervals, window);
        expect(parts).toEqual(within([...intervals].reverse(), window));
        parts.forEach((part, index) => {
          expect(part.from).toBeLessThan(part.until);
          expect(part.from).toBeGreaterThan(parts[index - 1]?.until ?? -1);
        });
      }),
    );
  });
});

describe('downtime of a group', () => {
  const member: fc.Arbitrary<Member> = fc
    .tuple(interval, fc.array(interval, { maxLength: 4 }))
    .map(([belongs, down]) => ({ ...belongs, down }));

  it('is every ms at which fewer than min_up of its machines could be up', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), span, (members, minUp, window) => {
        const isDown = (instant: number): boolean => {
          const present = members.filter((one) => covers(one, instant));
          const up = present.filter((one) => !one.down.some((outage) => covers(outage, instant)));
          return up.length < Math.min(minUp, present.length);
        };
        const expected = instants(window.from, window.until).filter(isDown).length;
        expect(duration(groupDowntime(members, minUp, window), window)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out the failure of one machine where two of three are enough', () => {
    const three = (down: readonly Interval[][]): Member[] => down.map((outages) => ({ from: 0, until: null, down: outages }));
    const window = { from: 0, until: 1000 };
    expect(groupDowntime(three([[{ from: 100, until: 500 }], [], []]), 2, window)).toEqual([]);
    expect(groupDowntime(three([[{ from: 100, until: 500 }], [{ from: 400, until: null }], []]), 2, window)).toEqual([
      { from: 400, until: 500 },
    ]);
  });
});
