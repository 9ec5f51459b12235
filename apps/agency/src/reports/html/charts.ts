/** Charts as SVG that stands in the page: no scripts, and a title and a description for those who do not see them. */
import type { ReportedDay } from '../month-report.js';
import { escaped, figure } from './text.js';

const size = { width: 640, height: 200, left: 56, right: 12, top: 12, bottom: 28 } as const;
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom } as const;

export interface Frame {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Days of the month, and the values at the lower and the upper edge. */
  readonly days: number;
  readonly least: number;
  readonly most: number;
  readonly unit: string;
}

const x = ({ days }: Frame, day: number): number => size.left + ((day - 0.5) * plot.width) / days;
const y = ({ least, most }: Frame, value: number): number =>
  size.top + plot.height - ((Math.min(Math.max(value, least), most) - least) * plot.height) / (most - least || 1);
const point = (value: number): string => value.toFixed(1);
const dayOf = ({ day }: Pick<ReportedDay, 'day'>): number => Number(day.slice(8));

/** A bar for each day that is known, lower where fewer probes were answered; the promise is a dashed line. */
export function availabilityChart(
  id: string,
  title: string,
  days: readonly ReportedDay[],
  monthDays: number,
  wanted: number | undefined,
): string {
  const lowest = Math.min(wanted ?? 100, ...days.map(({ availability }) => availability));
  const frame: Frame = {
    ...{ id, title, days: monthDays, most: 100, unit: '%' },
    least: floorOf(lowest),
    description: `${described(
      days.map(({ availability }) => availability),
      '%',
    )} Lowest on ${lowestDay(days)}.`,
  };
  const width = (plot.width / monthDays) * 0.7;
  const bars = days.map((day) => {
    const top = y(frame, day.availability);
    const isKept = wanted === undefined || day.availability >= wanted;
    return `<rect class="${isKept ? 'bar' : 'bar broken'}" x="${point(x(frame, dayOf(day)) - width / 2)}" y="${point(top)}" width="${point(width)}" height="${point(Math.max(size.top + plot.height - top, 1))}"><title>${day.day}: ${figure(day.availability, '%')}</title></rect>`;
  });
  const known = wanted === undefined ? '' : `; dashed what is promised, ${figure(wanted, '%')}`;
  return `${framed(frame, [...bars, ...promiseLine(frame, wanted)])}<figcaption class="legend">Share of probes answered well, by day${escaped(known)}</figcaption>`;
}

const lines = [
  { name: 'p50', label: 'half of all', dash: '' },
  { name: 'p95', label: '95 %', dash: '6 3' },
  { name: 'p99', label: '99 %', dash: '2 3' },
] as const;

/** A line for each percentile; they differ by their dashes as well as by their colours. */
export function responseChart(
  id: string,
  title: string,
  days: readonly ReportedDay[],
  monthDays: number,
  wanted: number | undefined,
): string {
  const known = days.flatMap(({ p50, p95, p99 }) => [p50, p95, p99].filter((value) => value !== null));
  const frame: Frame = {
    ...{ id, title, days: monthDays, least: 0, unit: 'ms' },
    most: Math.max(1, (wanted ?? 0) * 1.1, ...known.map((value) => value * 1.1)),
    description: described(
      days.flatMap(({ p95 }) => p95 ?? []),
      'ms, the time within which 95 % of answers came',
    ),
  };
  const drawn = lines.flatMap(({ name, dash }) => {
    const points = days.flatMap((day) =>
      day[name] === null ? [] : [`${point(x(frame, dayOf(day)))},${point(y(frame, day[name]))}`],
    );
    if (points.length === 0) return [];
    const dots = points.map(
      (at) => `<circle class="dot ${name}" cx="${at.split(',')[0] ?? ''}" cy="${at.split(',')[1] ?? ''}" r="2.5"/>`,
    );
    return [`<polyline class="line ${name}" stroke-dasharray="${dash}" points="${points.join(' ')}"/>`, ...dots];
  });
  const legend = lines
    .map(
      ({ name, label, dash }) =>
        `<span><svg class="key" viewBox="0 0 28 8" aria-hidden="true"><line class="line ${name}" stroke-dasharray="${dash}" x1="0" y1="4" x2="28" y2="4"/></svg> ${escaped(label)}</span>`,
    )
    .join(' ');
  const promise = [...promiseLine(frame, wanted), ...promiseNote(frame, wanted)];
  return `${framed(frame, [...drawn, ...promise])}<figcaption class="legend">Answered within: ${legend}</figcaption>`;
}

function promiseLine(frame: Frame, wanted: number | undefined): readonly string[] {
  if (wanted === undefined) return [];
  const at = point(y(frame, wanted));
  return [`<line class="promise" x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}"/>`];
}

function promiseNote(frame: Frame, wanted: number | undefined): readonly string[] {
  if (wanted === undefined) return [];
  const above = y(frame, wanted) - 4;
  const at = point(above < size.top + 8 ? above + 16 : above);
  return [
    `<text class="note" x="${size.width - size.right - 4}" y="${at}" text-anchor="end">${escaped(`promised: ${figure(wanted, frame.unit)}`)}</text>`,
  ];
}

function framed(frame: Frame, content: readonly string[]): string {
  const { id, title, description, days, least, most, unit } = frame;
  const levels = [least, (least + most) / 2, most].map((value) => {
    const at = point(y(frame, value));
    return `<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}"/><text x="${size.left - 6}" y="${point(y(frame, value) + 4)}" text-anchor="end">${figure(value, unit, unit === '%' ? 2 : 0)}</text>`;
  });
  const names = Array.from({ length: days }, (_, index) => index + 1)
    .filter((day) => day === 1 || day % 5 === 0)
    .map((day) => `<text x="${point(x(frame, day))}" y="${size.height - 8}" text-anchor="middle">${day}</text>`);
  return `<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(description)}</desc>${levels.join('')}${names.join('')}${content.join('')}</svg>`;
}

function described(values: readonly number[], unit: string): string {
  if (values.length === 0) return 'Nothing was measured.';
  return `${values.length} days, between ${figure(Math.min(...values))} and ${figure(Math.max(...values))} ${unit}.`;
}

const lowestDay = (days: readonly ReportedDay[]): string =>
  days.reduce((lowest, day) => (day.availability < lowest.availability ? day : lowest)).day;

/** The axis begins at a round number below all that is shown, so that small differences are seen and large ones are not cut off. */
function floorOf(lowest: number): number {
  return [99.9, 99, 95, 90, 75, 50].find((floor) => floor < lowest) ?? 0;
}
