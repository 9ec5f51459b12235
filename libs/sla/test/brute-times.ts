/** What guarantees say of times, by the clock on the wall: every quarter of an hour is looked at. docs/guarantees.md, When it counts. */
import type { CalendarPeriod, Guarantee, Span } from '../src/index.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Everything that these tests say of clocks begins and ends on these. */
export const quarterHour = 15 * minute;

const walls = new Map<string, Map<number, number>>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the clock shows, as if it were one in UTC. */
export function wallAt(zone: string, at: number): number {
  const quarter = Math.floor(at / quarterHour) * quarterHour;
  const known = walls.get(zone) ?? new Map<number, number>();
  walls.set(zone, known);
  const wall = known.get(quarter) ?? readWall(zone, quarter);
  known.set(quarter, wall);
  return wall + at - quarter;
}

function readWall(zone: string, at: number): number {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(zone, clock);
  return Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);
}

const dateAt = (zone: string, at: number): string => new Date(wallAt(zone, at)).toISOString().slice(0, 10);

/** A schedule as the tests have it, beside how it is written. */
export interface Timetable {
  readonly written: string;
  readonly zone: string;
  /** Monday is 1, as in no other place. */
  readonly days: readonly number[];
  /** Hours after midnight; beyond 24 where it ends on the day after. */
  readonly from: number;
  readonly until: number;
}

const known = new WeakMap<Timetable, Map<number, boolean>>();

/** Of a quarter of an hour it is the same all along. */
export function isOn(table: Timetable, at: number): boolean {
  const quarters = known.get(table) ?? new Map<number, boolean>();
  known.set(table, quarters);
  const quarter = Math.floor(at / quarterHour);
  const isSo = quarters.get(quarter) ?? isOnAt(table, quarter * quarterHour);
  quarters.set(quarter, isSo);
  return isSo;
}

/** It lasts from the first instant at which the clock shows its beginning, or more, to the last at which it shows less than its end. */
function isOnAt(table: Timetable, at: number): boolean {
  const today = Math.floor(wallAt(table.zone, at) / day) * day;
  return [today - day, today].some((date) => {
    const weekday = new Date(date).getUTCDay();
    if (!table.days.includes(weekday === 0 ? 7 : weekday)) return false;
    const { from, until } = spanOn(table, date);
    return from <= at && at < until;
  });
}

const spans = new Map<string, Span>();

function spanOn({ zone, from, until }: Timetable, date: number): Span {
  const key = [zone, from, until, date].join(' ');
  const known = spans.get(key);
  if (known) return known;
  const quarters = Array.from({ length: 4 * 100 }, (_, place) => date - 30 * hour + place * quarterHour);
  const first = quarters.find((at) => wallAt(zone, at) >= date + from * hour) ?? NaN;
  const last = quarters.findLast((at) => wallAt(zone, at) < date + until * hour) ?? NaN;
  const span = { from: first, until: last + quarterHour };
  spans.set(key, span);
  return span;
}

export interface Times {
  readonly during?: Timetable;
  readonly holidays?: readonly string[];
  readonly except?: readonly (Timetable | Span)[];
}

/** Whether a guarantee holds at an instant. */
export function countsAt({ during, holidays = [], except = [] }: Times, at: number): boolean {
  if (during && !isOn(during, at)) return false;
  if (holidays.includes(dateAt(during?.zone ?? 'UTC', at))) return false;
  return !except.some((one) => ('written' in one ? isOn(one, at) : one.from <= at && at < one.until));
}

/** As a call has them. */
export const timesOf = ({ during, holidays, except }: Times): Pick<Guarantee, 'during' | 'holidays' | 'except'> => ({
  ...(during && { during: during.written }),
  ...(holidays && { holidays }),
  ...(except && { except: except.map((one) => ('written' in one ? { during: one.written } : one)) }),
});

/** The calendar period that an instant is in: all around it of which the date is of the same. */
export function periodAt({ period, zone }: CalendarPeriod, at: number): Span {
  const name = nameOf(period, dateAt(zone, at));
  const isSame = (quarter: number): boolean => nameOf(period, dateAt(zone, quarter * quarterHour)) === name;
  const now = Math.floor(at / quarterHour);
  const far = (100 * day) / quarterHour;
  return {
    from: firstThat((quarter) => isSame(quarter), now - far, now) * quarterHour,
    until: firstThat((quarter) => !isSame(quarter), now, now + far) * quarterHour,
  };
}

function nameOf(period: CalendarPeriod['period'], date: string): string {
  if (period === 'month') return date.slice(0, 7);
  if (period === 'quarter') return `${date.slice(0, 4)} ${String(Math.ceil(Number(date.slice(5, 7)) / 3))}`;
  if (period === 'day') return date;
  const at = Date.parse(date);
  return String(at - ((new Date(at).getUTCDay() + 6) % 7) * day);
}

/** Since when there have been so many ms, the pauses left out. */
export function reachingBack(now: number, length: number, pauses: readonly Span[]): number {
  if (pauses.length === 0) return now - Math.ceil(length);
  const isShort = (from: number): boolean => lasting({ from, until: now }, (at) => !isIn(pauses, at), edgesOf(pauses)) < length;
  const all = pauses.reduce((sum, { from, until }) => sum + until - from, Math.ceil(length));
  return firstThat(isShort, now - all - 1, now + 1) - 1;
}

/** When so many ms have passed since an instant, the pauses left out. */
export function reachingOn(from: number, length: number, pauses: readonly Span[]): number {
  const isEnough = (until: number): boolean => lasting({ from, until }, (at) => !isIn(pauses, at), edgesOf(pauses)) >= length;
  const all = pauses.reduce((sum, pause) => sum + pause.until - pause.from, length);
  return firstThat(isEnough, from, from + all);
}

/** For how much of a stretch something holds that changes at these instants alone. */
export function lasting({ from, until }: Span, holds: (at: number) => boolean, edges: readonly number[]): number {
  const turns = [...new Set([from, ...edges])].filter((at) => at >= from && at < until).sort((a, b) => a - b);
  return turns.reduce((sum, at, place) => sum + (holds(at) ? (turns[place + 1] ?? until) - at : 0), 0);
}

/** Where clocks and schedules may turn. */
export function quartersIn({ from, until }: Span): number[] {
  const first = Math.ceil(from / quarterHour);
  return Array.from({ length: Math.max(0, Math.ceil(until / quarterHour) - first) }, (_, place) => (first + place) * quarterHour);
}

export const isIn = (spans: readonly Span[], at: number): boolean => spans.some(({ from, until }) => from <= at && at < until);
export const edgesOf = (spans: readonly Span[]): number[] => spans.flatMap(({ from, until }) => [from, until]);

/** The first of the numbers that are so; from that on all are. */
function firstThat(isSo: (number: number) => boolean, from: number, until: number): number {
  let [low, high] = [from, until];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
