/** Charts as SVG that stands in the page: no scripts, and what is good, bad or not known differs by its form as well as by its colour. */
import type { ReportedDay } from '../month-report.js';
import type { MonthDay } from './calendar.js';
import { dayWidth, edges, type Frame, framed, isUnmeasured, point, promiseLine, roundLevels, x, y } from './frame.js';
import { escaped, figure } from './text.js';

export interface Charted {
  readonly id: string;
  readonly title: string;
  readonly days: readonly MonthDay[];
  /** What is promised of it, in words, and where that is on the axis; undefined: nothing that can be drawn. */
  readonly promise: { readonly wanted: number; readonly words: string } | undefined;
}

/** A bar for each day that is known, lower where fewer probes were answered; a day below what is promised has a mark over it. */
export function availabilityChart({ id, title, days, promise }: Charted): string {
  const known = measured(days);
  const lowest = Math.min(promise?.wanted ?? 100, ...known.map(({ availability }) => availability));
  const least = floorOf(lowest);
  const frame: Frame = {
    ...{ id, title, days, axis: 'probes answered well, %', unit: '%', levels: [least, (least + 100) / 2, 100] },
    description: described(
      days,
      known.map(({ availability }) => availability),
      '%',
      known.length > 0 ? ` Lowest on ${lowestDay(known)}.` : '',
    ),
  };
  const isBroken = ({ availability }: ReportedDay): boolean => promise !== undefined && availability < promise.wanted;
  const bars = days.flatMap(({ figures, number }) => (figures ? bar(frame, number, figures, isBroken(figures)) : []));
  const legend = [
    ...(promise ? [`${key('<line class="promise" x1="0" y1="5" x2="28" y2="5"/>')} ${escaped(promise.words)}`] : []),
    ...(known.some(isBroken) ? [`${key('<path class="mark" d="M9 2h10l-5 7z"/>')} a day below it`] : []),
    ...unmeasuredKey(id, days),
  ];
  return `${framed(frame, [...bars, ...promiseLine(frame, promise?.wanted)])}${legendOf(legend)}`;
}

function bar(frame: Frame, number: number, { day, availability }: ReportedDay, isBroken: boolean): string {
  const [middle, width] = [x(frame, number), dayWidth(frame) * 0.7];
  // A day of nothing but failures is there to be seen too.
  const top = Math.min(y(frame, availability), edges.bottom - 3);
  const mark = `<path class="mark" d="M${point(middle - 5)} ${edges.top - 10}h10l-5 8z"/>`;
  return `<rect class="${isBroken ? 'bar broken' : 'bar'}" x="${point(middle - width / 2)}" y="${point(top)}" width="${point(width)}" height="${point(edges.bottom - top)}"><title>${day}: ${figure(availability, '%')}</title></rect>${isBroken ? mark : ''}`;
}

const lines = [
  { name: 'p50', label: '50 % of the answers', dash: '' },
  { name: 'p95', label: '95 %', dash: '6 3' },
  { name: 'p99', label: '99 %', dash: '2 3' },
] as const;

/** A line for each percentile, broken where a day is not known; they differ by their dashes as well as by their colours. */
export function responseChart({ id, title, days, promise }: Charted): string {
  const known = measured(days);
  const all = known.flatMap(({ p50, p95, p99 }) => [p50, p95, p99].filter((value) => value !== null));
  const frame: Frame = {
    ...{ id, title, days, axis: 'response time, ms', unit: 'ms' },
    levels: roundLevels(Math.max(...all, (promise?.wanted ?? 0) * 1.05) || 1),
    description: described(
      days,
      known.flatMap(({ p95 }) => p95 ?? []),
      'ms, the time within which 95 % of answers came',
    ),
  };
  const drawn = lines.flatMap(({ name, dash }) => [
    ...stretches(days, name).map(
      (some) => `<polyline class="line ${name}" stroke-dasharray="${dash}" points="${some.map(at(frame)).join(' ')}"/>`,
    ),
    ...stretches(days, name)
      .flat()
      .map(
        ([day, value]) =>
          `<circle class="dot ${name}" cx="${point(x(frame, day))}" cy="${point(y(frame, value))}" r="2.5"><title>day ${day}: ${figure(value, 'ms', 1)}</title></circle>`,
      ),
  ]);
  const legend = [
    ...lines.map(
      ({ name, label, dash }) =>
        `${key(`<line class="line ${name}" stroke-dasharray="${dash}" x1="0" y1="5" x2="28" y2="5"/>`)} ${label}`,
    ),
    ...(promise ? [`${key('<line class="promise" x1="0" y1="5" x2="28" y2="5"/>')} ${escaped(promise.words)}`] : []),
    ...unmeasuredKey(id, days),
  ];
  return `${framed(frame, [...drawn, ...promiseLine(frame, promise?.wanted)])}${legendOf(legend)}`;
}

type Point = readonly [day: number, value: number];

const at =
  (frame: Frame) =>
  ([day, value]: Point): string =>
    `${point(x(frame, day))},${point(y(frame, value))}`;

/** Runs of days that follow one another: a line over a day that nobody knows would say that it was like its neighbours. */
function stretches(days: readonly MonthDay[], name: 'p50' | 'p95' | 'p99'): readonly (readonly Point[])[] {
  const found: Point[][] = [[]];
  for (const { number, figures } of days) {
    const value = figures?.[name] ?? null;
    if (value === null) found.push([]);
    else found.at(-1)?.push([number, value]);
  }
  return found.filter((run) => run.length > 0);
}

const measured = (days: readonly MonthDay[]): readonly ReportedDay[] => days.flatMap(({ figures }) => figures ?? []);

const key = (content: string): string => `<svg class="key" viewBox="0 0 28 10" aria-hidden="true">${content}</svg>`;

const unmeasuredKey = (id: string, days: readonly MonthDay[]): readonly string[] =>
  days.some(isUnmeasured)
    ? [`${key(`<rect class="unmeasured" fill="url(#${id}-hatch)" x="0" y="0" width="28" height="10"/>`)} not measured`]
    : [];

const legendOf = (entries: readonly string[]): string =>
  entries.length === 0
    ? ''
    : `<figcaption class="legend">${entries.map((entry) => `<span>${entry}</span>`).join(' ')}</figcaption>`;

function described(days: readonly MonthDay[], values: readonly number[], unit: string, more = ''): string {
  const missing = days.filter(isUnmeasured).length;
  const gaps = missing === 0 ? '' : ` ${missing} ${missing === 1 ? 'day was' : 'days were'} not measured.`;
  if (values.length === 0) return `Nothing was measured.${gaps}`;
  const count = `${values.length} ${values.length === 1 ? 'day' : 'days'}`;
  return `${count}, between ${figure(Math.min(...values))} and ${figure(Math.max(...values))} ${unit}.${more}${gaps}`;
}

const lowestDay = (days: readonly ReportedDay[]): string =>
  days.reduce((lowest, day) => (day.availability < lowest.availability ? day : lowest)).day;

/** The axis begins at a round number below all that is shown, so that small differences are seen and large ones are not cut off. */
function floorOf(lowest: number): number {
  return [99.9, 99, 95, 90, 75, 50].find((floor) => floor < lowest) ?? 0;
}
