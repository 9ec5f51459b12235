import fc from 'fast-check';
import { CountedTime } from '../src/guarantees/counted-time.js';
import { periodAt } from '../src/times/period.js';
import * as brute from './brute-times.js';

/** The clocks of these change by an hour or by half of one, at night, at midnight or over it, or are at odd quarters of an hour. */
const zone = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Pacific/Chatham',
);
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const quarters = fc.integer({ min: 0, max: 95 }).map((number) => number / 4);

const timetable: fc.Arbitrary<brute.Timetable> = fc
  .tuple(zone, fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), quarters, quarters)
  .map(([clocks, days, from, until]) => ({
    written: `${days.map((day) => weekdays[day - 1] ?? '').join(',')} ${clock(from)}-${until === from ? '24:00' : clock(until)} ${clocks}`,
    zone: clocks,
    days,
    from,
    until: until === from ? 24 : until < from ? until + 24 : until,
  }));

const clock = (hours: number): string =>
  `${String(Math.floor(hours)).padStart(2, '0')}:${String((hours % 1) * 60).padStart(2, '0')}`;

const hour = 3_600_000;
const day = 24 * hour;
/** About the nights in which clocks change somewhere, and ends of months. */
const around = fc
  .tuple(
    fc.constantFrom(
      '2026-03-08',
      '2026-03-29',
      '2026-04-05',
      '2026-04-24',
      '2026-09-06',
      '2026-10-04',
      '2026-10-25',
      '2026-11-01',
      '2026-10-30',
      '2028-02-29',
    ),
    fc.integer({ min: -8 * 24 * 60, max: 4 * 24 * 60 }),
  )
  .map(([date, minutes]) => Date.parse(date) + minutes * 60_000);
const date = around.map((at) => new Date(at).toISOString().slice(0, 10));

const times: fc.Arbitrary<brute.Times> = fc.record(
  {
    during: timetable,
    holidays: fc.array(date, { minLength: 1, maxLength: 3 }),
    except: fc.array(
      fc.oneof(
        timetable,
        fc.tuple(around, fc.integer({ min: 1, max: 48 })).map(([at, hours]) => ({ from: at, until: at + hours * hour })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

describe('when a guarantee holds', () => {
  it('is what the clocks on the wall say of every quarter of an hour', () => {
    fc.assert(
      fc.property(times, around, fc.integer({ min: 0, max: 10 * 24 * 60 }), (said, from, minutes) => {
        const until = from + minutes * 60_000;
        const counted = new CountedTime(brute.timesOf(said));
        const edges = brute.edgesOf((said.except ?? []).filter((one) => !('written' in one)));
        const holds = (at: number): boolean => brute.countsAt(said, at);
        expect(counted.within(from, until)).toBe(
          brute.lasting({ from, until }, holds, [...brute.quartersIn({ from, until }), ...edges]),
        );
        expect(counted.counts(from)).toBe(holds(from));
        expect(counted.counts(until)).toBe(holds(until));
      }),
      { numRuns: 300, seed: 20261127 },
    );
  });
});

describe('a calendar period', () => {
  it('is all around an instant that the clocks give the same name', () => {
    const period = fc.constantFrom('day', 'week', 'month', 'quarter');
    fc.assert(
      fc.property(period, zone, around, (of, clocks, at) => {
        const found = periodAt({ period: of, zone: clocks }, at);
        expect(found).toEqual(brute.periodAt({ period: of, zone: clocks }, at));
        expect(found.until - found.from).toBeLessThanOrEqual(92 * day + hour);
      }),
      { numRuns: 300, seed: 20261127 },
    );
  });
});
