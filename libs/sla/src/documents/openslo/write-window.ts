import type { Guarantee } from '../call.js';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The `timeWindow` of an SLO. The first period of a calendar window begins at a day that is the first of every period. */
export function timeWindow(over: Guarantee['over']): object {
  if (typeof over === 'number') return { duration: spelt(over), isRolling: true };
  const { period, zone } = over;
  return { duration: periods[period], isRolling: false, calendar: { startTime: '2024-01-01 00:00:00', timeZone: zone } };
}

/** 1 January 2024 was a Monday. */
const periods = { day: '1d', week: '1w', month: '1M', quarter: '1Q' } as const;

/** How long a window is by the words it is written in, ms: a month has 30 days. */
export function lengthWritten(over: Guarantee['over']): number {
  return typeof over === 'number' ? over : { day: 1, week: 7, month: 30, quarter: 90 }[over.period] * day;
}

/** Whether a rolling window is a whole number of minutes, the shortest that OpenSLO has a word for. */
export const isSpelt = (over: Guarantee['over']): boolean => typeof over !== 'number' || over % minute === 0;

/** A whole number of minutes, in the greatest unit of which it is a whole number. */
export function spelt(ms: number): string {
  if (ms % day === 0) return `${ms / day}d`;
  return ms % (60 * minute) === 0 ? `${ms / (60 * minute)}h` : `${ms / minute}m`;
}
