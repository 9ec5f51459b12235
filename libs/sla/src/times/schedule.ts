import { AgencyError, nearest } from '@cloud-agency/errors';
import type { Span } from '../guarantees/interval.js';
import { dayIn, instantIn, isZone, weekdayOf } from './zone.js';

/** When something recurs by the week, by the clocks of one time zone. */
export interface Schedule {
  readonly zone: string;
  readonly rules: readonly Rule[];
}

interface Rule {
  /** By weekday, 0 is Monday. */
  readonly days: readonly boolean[];
  /** Minutes after midnight; `until` is beyond 1440 where it ends on the day after. */
  readonly from: number;
  readonly until: number;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const wholeDay = { from: 0, until: 1440 };

/**
 * Reads `Mon-Fri 08:00-20:00 Europe/Paris`: days and hours, either of them alone, then the zone, UTC where none is named. Days are a range, or
 * several (`Mon,Wed,Fri`); hours may go beyond midnight (`Fri 22:00-06:00` ends on Saturday). Further rules follow after `;`, and without days
 * of their own are for those before: `Mon-Fri 08:00-12:00; 13:00-18:00; Sat 09:00-12:00 Europe/Paris`.
 *
 * Throws AgencyError `invalid-document`.
 */
export function parseSchedule(written: string): Schedule {
  const words = written.trim().split(/\s+/);
  const last = words.at(-1) ?? '';
  const named = /^[A-Z][A-Za-z_]+(\/|$)/.test(last) && !isDays(last);
  const rules: Rule[] = [];
  for (const part of words
    .slice(0, named ? -1 : undefined)
    .join(' ')
    .split(';'))
    rules.push(ruleOf(part.trim(), rules.at(-1), written));
  return { zone: named ? zoneOf(last) : 'UTC', rules };
}

/** @returns the IANA name as it is written. @throws AgencyError `invalid-document`. */
export function zoneOf(written: string): string {
  if (isZone(written)) return written;
  const known = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
  const meant = nearest(written, known);
  throw wrong(`"${written}" is not a time zone${meant ? `: did you mean ${meant}?` : ', such as Europe/Paris or UTC'}`);
}

/** When it is on between two instants, and a little beyond; what overlaps is there twice. */
export function scheduled({ zone, rules }: Schedule, { from, until }: Span): Span[] {
  const found: Span[] = [];
  for (let day = dayIn(zone, from) - 1; day <= dayIn(zone, until); day += 1) {
    for (const rule of rules) if (rule.days[weekdayOf(day)]) found.push(spanOn(zone, day, rule));
  }
  return found;
}

function spanOn(zone: string, day: number, { from, until }: Rule): Span {
  const ends =
    until === 1440 ? instantIn(zone, day + 1, 0) : instantIn(zone, day + Math.floor(until / 1440), until % 1440, 'last');
  return { from: instantIn(zone, day, from), until: ends };
}

function ruleOf(part: string, before: Rule | undefined, whole: string): Rule {
  const words = part === '' ? [] : part.split(' ');
  const [first = '', second] = words;
  if (words.length === 1 && isDays(first)) return { days: daysOf(first, whole), ...wholeDay };
  if (words.length === 1 && before) return { days: before.days, ...hoursOf(first, whole) };
  if (words.length === 1) return { days: weekdays.map(() => true), ...hoursOf(first, whole) };
  if (words.length === 2 && second !== undefined) return { days: daysOf(first, whole), ...hoursOf(second, whole) };
  throw notSchedule(whole);
}

const isDays = (word: string): boolean =>
  weekdays.some((name) => word.slice(0, 3).toLowerCase() === name.toLowerCase() && !word.includes('/'));

function daysOf(word: string, whole: string): readonly boolean[] {
  const days = weekdays.map(() => false);
  for (const range of word.split(',')) {
    const [from = '', until = from, ...more] = range.split('-');
    const [first, last] = [weekdays.indexOf(from), weekdays.indexOf(until)];
    if (first < 0 || last < 0 || more.length > 0) throw notSchedule(whole, `days as ${weekdays.join(', ')}`);
    for (let day = first; ; day = (day + 1) % 7) {
      days[day] = true;
      if (day === last) break;
    }
  }
  return days;
}

function hoursOf(word: string, whole: string): Pick<Rule, 'from' | 'until'> {
  const [, first, last] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(word) ?? [];
  const [from, until] = [minutesOf(first), minutesOf(last)];
  if (from >= 1440 || until > 1440) throw notSchedule(whole, 'hours like 08:00-20:00');
  if (from === until) throw wrong(`"${word}" in "${whole}" is no time at all: a whole day is 00:00-24:00`);
  return { from, until: until < from ? until + 1440 : until };
}

/** Infinity for what is no time of the day. */
function minutesOf(time = ''): number {
  const [hours = NaN, minutes = NaN] = time.split(':').map(Number);
  return minutes < 60 ? hours * 60 + minutes : Infinity;
}

const notSchedule = (written: string, hint = 'days, hours and a time zone'): AgencyError =>
  wrong(`"${written}" is not a schedule: write ${hint}, e.g. Mon-Fri 08:00-20:00 Europe/Paris`);

const wrong = (message: string): AgencyError => new AgencyError('invalid-document', { message });
