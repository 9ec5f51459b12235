/** Clocks of time zones, by the rules that the runtime knows (Intl). Days are numbered from 1970-01-01, by the date on the clock. */

const day = 86_400_000;
const minute = 60_000;

/** The number of a day that a Gregorian date names; undefined for one that there is not, such as 2026-02-30. */
export function dayOf(date: string): number | undefined {
  const [, year, month, dayOfMonth] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)?.map(Number) ?? [];
  if (year === undefined || month === undefined || dayOfMonth === undefined) return undefined;
  const at = Date.UTC(year, month - 1, dayOfMonth);
  return new Date(at).toISOString().startsWith(date) ? at / day : undefined;
}

/** 0 is Monday. */
export const weekdayOf = (dayNumber: number): number => (((dayNumber + 3) % 7) + 7) % 7;

/** Whether there is a time zone of this IANA name. */
export function isZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Which day it is in the zone. */
export const dayIn = (zone: string, at: number): number => Math.floor((at + offsetAt(zone, at)) / day);

/**
 * When the clocks of the zone show so many minutes after midnight of a day (1440: its end). A time that comes twice is the first or the last of the
 * two; one that is left out, the instant at which the clocks are put forward.
 */
export function instantIn(zone: string, dayNumber: number, minutes: number, which: 'first' | 'last' = 'first'): number {
  const shown = dayNumber * day + minutes * minute;
  if (zone === 'UTC') return shown;
  const [before, after] = [offsetAt(zone, shown - day), offsetAt(zone, shown + day)];
  const found = [shown - before, shown - after].filter((at) => at + offsetAt(zone, at) === shown);
  if (found.length > 0) return which === 'first' ? Math.min(...found) : Math.max(...found);
  return changeBetween(zone, shown - Math.max(before, after), shown - Math.min(before, after));
}

/** How far ahead of UTC the clocks of the zone are, ms. */
function offsetAt(zone: string, at: number): number {
  if (zone === 'UTC') return 0;
  const shown: Record<string, number> = {};
  for (const { type, value } of clockOf(zone).formatToParts(at)) shown[type] = Number(value);
  const { year = 0, month = 1, day: dayOfMonth = 1, hour = 0, minute: minutes = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, dayOfMonth, hour, minutes, second) - Math.floor(at / 1000) * 1000;
}

function changeBetween(zone: string, from: number, until: number): number {
  const before = offsetAt(zone, from);
  let [low, high] = [from, until];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const numeric = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const clock = new Intl.DateTimeFormat('en-US', { ...numeric, timeZone: zone, hourCycle: 'h23', calendar: 'gregory' });
  clocks.set(zone, clock);
  return clock;
}
