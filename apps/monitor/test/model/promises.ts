/** Guarantees of every kind, as they are drawn. */
import type { Guarantee } from '@cloud-agency/sla';
import type { Making } from '../../../../libs/sla/test/brute-statistics.js';
import { type Times, timesOf, type Timetable, wallAt } from '../../../../libs/sla/test/brute-times.js';
import { type Case, cases } from './cases.js';
import { type Draw, isDrawn, pick, whole } from './draw.js';
import { type Source } from './machines.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export interface DrawnPromise extends Making {
  readonly times: Times;
  /** Which metrics it is about, and whose figures of them. */
  readonly reads: readonly string[];
  readonly source: Source;
  readonly least: number;
  readonly isToReach: boolean;
  /** For so long what is not there may be under way. */
  readonly wait: number;
  /** Of a sum or a count more than one window would come together of what nobody watched. */
  readonly addsUp: boolean;
}

const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu'];
/** Clocks change soon after, a month or a year ends, or it has a day more. */
export const starts = [
  '2026-10-25T00:40:00Z',
  '2026-03-29T00:40:00Z',
  '2026-11-01T05:40:00Z',
  '2026-10-03T15:10:00Z',
  '2026-12-31T22:45:00Z',
  '2028-02-28T23:40:00Z',
  '2028-02-29T23:35:00Z',
  '2026-09-30T21:40:00Z',
].map((written) => Date.parse(written));

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
const clock = (hours: number): string => `${two(hours % 24)}:${two((hours % 1) * 60)}`;
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** It begins or ends near an instant. */
function timetable(next: Draw, start: number): Timetable {
  const zone = pick(next, zones);
  const wall = wallAt(zone, start);
  const hours = Math.floor(((wall % day) / hour) * 4) / 4;
  const from = (hours + pick(next, [-3, -0.25, 0.25, 0.5, 0.75]) + 24) % 24;
  const length = pick(next, [0.25, 0.5, 1, 3, 20]);
  const every = isDrawn(next, 0.6);
  const today = new Date(wall).getUTCDay() || 7;
  const days = every ? [1, 2, 3, 4, 5, 6, 7] : [today, (today % 7) + 1];
  const until = from + length;
  const written = `${every ? '' : `${days.map((one) => dayNames[one - 1]).join(',')} `}${clock(from)}-${until === 24 ? '24:00' : clock(until)} ${zone}`;
  return { written, zone, days, from, until };
}

const dateOf = (zone: string, at: number): string => new Date(wallAt(zone, at)).toISOString().slice(0, 10);

function timesFor(next: Draw, start: number): Times {
  const during = isDrawn(next, 0.25) ? timetable(next, start) : undefined;
  const zone = during?.zone ?? 'UTC';
  return {
    ...(during && { during }),
    ...(isDrawn(next, 0.12) && { holidays: [dateOf(zone, start + pick(next, [0, day, hour]))] }),
    ...(isDrawn(next, 0.2) && {
      except: [
        isDrawn(next, 0.5)
          ? timetable(next, start)
          : { from: start + pick(next, [-5, 5, 12]) * minute, until: start + pick(next, [13, 20, 60]) * minute },
      ],
    }),
  };
}

const rolling = [432 * second, 5 * minute, 10 * minute, 20 * minute, hour];
const periods = (next: Draw): Guarantee['over'][] =>
  (['day', 'week', 'month', 'quarter'] as const).map((period) => ({ period, zone: pick(next, zones) }));

/** What is measured in time, and what waits for what may be under way, ms. */
const waits: Readonly<Record<Source, number>> = { resource: 5 * minute, vendor: 15 * minute, probe: 0 };

const isByTime = (kind: Case['kind']): boolean => kind.term === 'availability' && kind.counted === undefined;
const isOfSums = (kind: Case['kind']): boolean => kind.term === 'metric' && ['sum', 'count'].includes(kind.statistic ?? '');

const leastFor = (next: Draw): number | undefined => (isDrawn(next, 0.4) ? 1 + whole(next, 8) : undefined);

export function promiseFor(next: Draw, start: number): DrawnPromise {
  const source = pick(next, ['resource', 'probe', 'resource', 'vendor'] as const);
  const { kind, ...making } = pick(next, cases(source));
  const times = timesFor(next, start);
  const byTime = isByTime(kind);
  const isSum = isOfSums(kind);
  const isOfGrowth = kind.term === 'expression' && making.counters.includes(true);
  const isToReach = isSum && kind.atLeast !== undefined;
  const least = byTime ? undefined : leastFor(next);
  // What a calendar period comes to in the end is not known before: that is refused.
  const over = pick(next, isToReach ? rolling : [...rolling, ...periods(next)]);
  const guarantee = {
    ...kind,
    ...conditionsFor(next, byTime),
    of: 'web',
    over,
    ...timesOf(times),
    ...(least && { least }),
  } as Guarantee;
  return {
    ...making,
    ...{ guarantee, times, source, isToReach, wait: waits[source] },
    least: least ?? (isSum ? 0 : 5),
    addsUp: typeof over === 'number' && (isSum || isOfGrowth),
  };
}

function conditionsFor(next: Draw, byTime: boolean): Pick<Guarantee, 'scope' | 'when' | 'missing' | 'recover'> {
  const isGroup = isDrawn(next, 0.4);
  const after = pick(next, [1, 2, 4, 10]) * minute;
  return {
    scope: isGroup ? { as: 'group', ...(byTime && { minUp: pick(next, [1, 2]) }) } : { as: 'each' },
    ...(isDrawn(next, 0.15) && { when: { holds: 'load < 50' } }),
    ...((byTime || isDrawn(next, 0.4)) && { missing: { as: pick(next, ['fails', 'passes', 'unknown'] as const), after } }),
    ...(isDrawn(next, 0.3) && {
      recover: pick(next, [{ margin: 0.25 }, { after: 2 * minute }, { margin: 0.4, after: minute }]),
    }),
  };
}
