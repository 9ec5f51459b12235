import type { CalendarPeriod } from '../documents/guarantee.js';
import type { Span } from '../guarantees/interval.js';
import { dayIn, instantIn, weekdayOf } from './zone.js';

const day = 86_400_000;

/** The calendar period in which an instant is. */
export function periodAt({ period, zone }: CalendarPeriod, at: number): Span {
  const today = dayIn(zone, at);
  const [first, next] = daysOf(period, today);
  return { from: instantIn(zone, first, 0), until: instantIn(zone, next, 0) };
}

/** The longest that one is, ms, put back clocks aside. */
export const longest: Readonly<Record<CalendarPeriod['period'], number>> = {
  day,
  week: 7 * day,
  month: 31 * day,
  quarter: 92 * day,
};

/** The first day of the period, and that of the next. */
function daysOf(period: CalendarPeriod['period'], today: number): readonly [number, number] {
  if (period === 'day') return [today, today + 1];
  const monday = today - weekdayOf(today);
  if (period === 'week') return [monday, monday + 7];
  const date = new Date(today * day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const [first, months] = period === 'month' ? [month, 1] : [month - (month % 3), 3];
  return [Date.UTC(year, first) / day, Date.UTC(year, first + months) / day];
}
