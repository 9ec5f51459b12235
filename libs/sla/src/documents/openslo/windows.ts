import { exactly } from '../exactly.js';
import type { Problems } from '../problems.js';
import type { Source } from '../source.js';
import { said } from './fields-of-call.js';
import type { Duration, Window } from './objects.js';

const minute = 60_000;
const day = 24 * 60 * minute;
/** The specification leaves open how long a month is; its SDK counts like this. */
const lengths: Readonly<Record<Duration['unit'], number>> = {
  m: minute,
  h: 60 * minute,
  d: day,
  w: 7 * day,
  M: 30 * day,
  Q: 90 * day,
  Y: 365 * day,
};

export const milliseconds = ({ count, unit }: Duration): number => count * lengths[unit];
export const words = ({ count, unit }: Duration): string => `${count}${unit}`;

/** `over` of a guarantee, and `time_zone` where it has one. A calendar window begins with the day, the week, the month or the quarter; others are refused as unsupported. */
export function overOf({ place, duration, calendar }: Window, problems: Problems): Readonly<Record<string, Source>> | undefined {
  if (!calendar) return { over: said(place, exactly(milliseconds(duration), 'duration')) };
  const { startTime, timeZone } = calendar;
  const period = periods.find(({ of }) => of.includes(words(duration)));
  if (!period)
    problems.unsupported(place, `a calendar window of ${words(duration)}: only 1d, 1w, 1M and 1Q (3M) are carried out`);
  else if (!period.begins(startTime.value))
    problems.unsupported(
      startTime.place,
      `it would begin at ${startTime.value}: a ${period.name} begins at midnight of its first day, weeks on Monday`,
    );
  else return { over: said(place, period.name), time_zone: said(place, timeZone) };
  return undefined;
}

const midnight = / 00:00:00$/;
const dateOf = (startTime: string): Date => new Date(`${startTime.slice(0, 10)}T00:00:00Z`);

/** Which windows are periods of the calendar, and whether one of them begins at an instant of its own clocks. */
const periods: readonly { readonly name: string; readonly of: readonly string[]; readonly begins: (start: string) => boolean }[] =
  [
    { name: 'day', of: ['1d'], begins: (start: string) => midnight.test(start) },
    { name: 'week', of: ['1w', '7d'], begins: (start: string) => midnight.test(start) && dateOf(start).getUTCDay() === 1 },
    { name: 'month', of: ['1M'], begins: (start: string) => midnight.test(start) && dateOf(start).getUTCDate() === 1 },
    {
      name: 'quarter',
      of: ['1Q', '3M'],
      begins: (start: string) =>
        midnight.test(start) && dateOf(start).getUTCDate() === 1 && dateOf(start).getUTCMonth() % 3 === 0,
    },
  ];
