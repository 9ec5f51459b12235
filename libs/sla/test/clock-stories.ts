/** What guarantees may say of times, and when nothing was assessed, as it is generated. */
import fc from 'fast-check';
import { burnPairs, type Guarantee, type Span } from '../src/index.js';
import type { Times, Timetable } from './brute-times.js';

const minute = 60_000;
const hour = 60 * minute;

const office: Timetable = {
  written: 'Mon-Fri 08:00-20:00 Europe/Paris',
  zone: 'Europe/Paris',
  days: [1, 2, 3, 4, 5],
  from: 8,
  until: 20,
};
const early: Timetable = {
  written: '05:00-01:00 Europe/Paris',
  zone: 'Europe/Paris',
  days: [1, 2, 3, 4, 5, 6, 7],
  from: 5,
  until: 25,
};
const nights: Timetable = {
  written: 'Fri-Sun 22:00-06:30 America/New_York',
  zone: 'America/New_York',
  days: [5, 6, 7],
  from: 22,
  until: 30.5,
};
const weekend: Timetable = { written: 'Sat,Sun', zone: 'UTC', days: [6, 7], from: 0, until: 24 };
const backup: Timetable = {
  written: '01:30-02:30 Europe/Paris',
  zone: 'Europe/Paris',
  days: [1, 2, 3, 4, 5, 6, 7],
  from: 1.5,
  until: 2.5,
};

/** The clocks of Paris, New York or Lord Howe change soon after, a month or a year ends, or it has a day more. */
export const starts = [
  '2026-10-24T09:00:00Z',
  '2026-03-28T14:00:00Z',
  '2026-10-31T08:00:00Z',
  '2026-10-03T09:00:00Z',
  '2026-12-31T03:00:00Z',
  '2028-02-28T20:00:00Z',
].map((written) => Date.parse(written));

export const times: fc.Arbitrary<Times> = fc.record(
  {
    during: fc.constantFrom(office, early, nights, weekend),
    holidays: fc.constantFrom(['2026-10-25', '2026-03-29', '2026-11-01'], ['2026-10-24', '2027-01-01', '2028-02-29']),
    except: fc.constantFrom<NonNullable<Times['except']>>(
      [backup],
      [{ from: Date.parse('2026-10-24T12:30:00Z'), until: Date.parse('2026-10-24T22:15:00Z') }, office],
    ),
  },
  { requiredKeys: [] },
);
export const over = fc.constantFrom<Guarantee['over']>(
  hour,
  6 * hour,
  48 * hour,
  { period: 'day', zone: 'Europe/Paris' },
  { period: 'day', zone: 'Australia/Lord_Howe' },
  { period: 'week', zone: 'UTC' },
  { period: 'month', zone: 'America/New_York' },
  { period: 'quarter', zone: 'Australia/Lord_Howe' },
);

/** Nothing is assessed for so many minutes, for one reason, and about their end for so many before and after, for another. */
export type Pause = readonly [number, number] | null;

export const pause: fc.Arbitrary<Pause> = fc.option(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(0, 0, 10)), {
  freq: 12,
});

/** The latest to end is the last. */
export function paused([minutes, about]: NonNullable<Pause>, now: number): readonly Span[] {
  const end = now + minutes * minute;
  const first = { from: now, until: end };
  return about === 0 ? [first] : [first, { from: Math.max(now, end - about * minute), until: end + about * minute }];
}

/** The windows that burn rates of a window so long are of, ms; the longer first. */
export const pairsIn = (length: number): readonly (readonly [number, number])[] =>
  burnPairs.filter(({ short }) => short * length >= 5_000).map(({ long, short }) => [long * length, short * length] as const);
