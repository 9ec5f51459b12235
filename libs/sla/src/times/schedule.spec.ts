import fc from 'fast-check';
import { CountedTime } from '../guarantees/counted-time.js';
import { periodAt } from './period.js';
import { parseSchedule } from './schedule.js';

const at = (iso: string): number => Date.parse(iso);
const hour = 3_600_000;
const hours = (during: string, from: string, until: string): number =>
  new CountedTime({ during }).within(at(from), at(until)) / hour;

describe('a schedule', () => {
  it('is by the clocks of its zone, through the year', () => {
    const office = new CountedTime({ during: 'Mon-Fri 08:00-20:00 Europe/Paris' });
    expect([at('2026-01-15T07:00:00Z'), at('2026-07-15T06:00:00Z')].map((instant) => office.counts(instant))).toEqual([
      true,
      true,
    ]);
    expect(
      [at('2026-01-15T06:59:59Z'), at('2026-01-15T19:00:00Z'), at('2026-01-17T12:00:00Z')].map((instant) =>
        office.counts(instant),
      ),
    ).toEqual([false, false, false]);
  });

  it('has 23 hours on the day the clocks go on, and 25 on the day they go back', () => {
    expect(hours('Sun Europe/Paris', '2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z')).toBe(23);
    expect(hours('Sun Europe/Paris', '2026-10-24T00:00:00Z', '2026-10-27T00:00:00Z')).toBe(25);
  });

  it('begins when the clocks have gone on where its own beginning is left out, and counts an hour that comes twice twice', () => {
    expect(hours('02:30-04:00 Europe/Paris', '2026-03-29T00:00:00Z', '2026-03-29T12:00:00Z')).toBe(1);
    expect(hours('01:00-02:30 Europe/Paris', '2026-10-24T22:00:00Z', '2026-10-25T12:00:00Z')).toBe(2.5);
  });

  it('goes over midnight on the day that it began on', () => {
    const nights = new CountedTime({ during: 'Fri 22:00-06:00' });
    expect(nights.counts(at('2026-11-28T05:59:59Z'))).toBe(true);
    expect(nights.counts(at('2026-11-27T05:00:00Z'))).toBe(false);
    expect(nights.within(at('2026-11-23T00:00:00Z'), at('2026-11-30T00:00:00Z'))).toBe(8 * hour);
  });

  it('leaves out holidays by its own calendar, and what is excepted', () => {
    const time = new CountedTime({
      during: 'Mon-Fri 08:00-20:00 Europe/Paris',
      holidays: ['2026-12-25'],
      except: [
        { during: 'Thu 12:00-13:00 Europe/Paris' },
        { from: at('2026-12-22T07:00:00Z'), until: at('2026-12-22T10:00:00Z') },
      ],
    });
    expect(time.within(at('2026-12-21T00:00:00Z'), at('2026-12-28T00:00:00Z'))).toBe((4 * 12 - 1 - 3) * hour);
  });

  it.each([
    ['Mon-Fri 08:00-12:00; 13:00-18:00; Sat 09:00-12:00 Europe/Paris', 5 * 9 + 3],
    ['Mon,Wed,Fri', 72],
    ['Sat-Mon', 72],
    ['00:00-24:00 America/New_York', 168],
  ])('reads "%s"', (during, inAWeek) => {
    expect(hours(during, '2026-06-01T04:00:00Z', '2026-06-08T04:00:00Z')).toBe(inAWeek);
  });

  it.each([
    ['workdays', '"workdays" is not a schedule'],
    ['Mon-Fri 8-20', 'hours like 08:00-20:00'],
    ['Mon-Fri 08:00-25:00', 'hours like 08:00-20:00'],
    ['Mon-Fry 08:00-20:00', 'days as Mon, Tue'],
    ['08:00-08:00', 'is no time at all'],
    ['Mon-Fri 08:00-20:00 Europe/Pariss', '"Europe/Pariss" is not a time zone: did you mean Europe/Paris?'],
    ['Mon Tue 08:00-20:00', 'is not a schedule'],
    ['', 'is not a schedule'],
  ])('refuses "%s"', (written, told) => {
    expect(() => parseSchedule(written)).toThrow(told);
  });

  it('counts every stretch like the sum of its parts, in whatever order they are asked for', () => {
    const instant = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(
        fc.constantFrom('Mon-Fri 08:00-20:00 Europe/Paris', 'Fri 22:00-06:00; Sun America/New_York'),
        instant,
        instant,
        instant,
        (during, a, b, c) => {
          const [first = 0, second = 0, third = 0] = [a, b, c].sort((one, other) => one - other);
          const time = new CountedTime({ during });
          const whole = time.within(first, third);
          expect(time.within(second, third) + time.within(first, second)).toBe(whole);
          expect(new CountedTime({ during }).within(first, third)).toBe(whole);
        },
      ),
      { numRuns: 60, seed: 20261127 },
    );
  });
});

describe('a calendar period', () => {
  it.each([
    ['day', 'Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['week', 'UTC', '2026-11-27T09:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['month', 'America/New_York', '2026-03-31T23:00:00Z', '2026-03-01T05:00:00Z', '2026-04-01T04:00:00Z'],
    ['month', 'UTC', '2028-02-29T23:59:59Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['quarter', 'UTC', '2026-11-27T09:00:00Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ] as const)('%s in %s at %s', (period, zone, instant, from, until) => {
    expect(periodAt({ period, zone }, at(instant))).toEqual({ from: at(from), until: at(until) });
  });
});
