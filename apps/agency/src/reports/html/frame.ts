/** What charts stand in: axes that name their units, and the days of the month, those without figures among them. */
import type { MonthDay } from './calendar.js';
import { escaped, figure } from './text.js';

const size = { width: 640, height: 224, left: 66, right: 12, top: 34, bottom: 46 } as const;
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom } as const;

export const edges = { left: size.left, right: size.width - size.right, top: size.top, bottom: size.top + plot.height } as const;

export interface Frame {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly days: readonly MonthDay[];
  /** What is on the vertical axis, its lines from the lowest to the highest, and how many digits tell them apart. */
  readonly axis: string;
  readonly unit: string;
  readonly levels: readonly number[];
}

const leastOf = ({ levels }: Frame): number => levels[0] ?? 0;
const mostOf = ({ levels }: Frame): number => levels.at(-1) ?? 1;

export const dayWidth = ({ days }: Pick<Frame, 'days'>): number => plot.width / days.length;
export const x = (frame: Pick<Frame, 'days'>, day: number): number => size.left + (day - 0.5) * dayWidth(frame);
export const y = (frame: Frame, value: number): number => {
  const [least, most] = [leastOf(frame), mostOf(frame)];
  return edges.bottom - ((Math.min(Math.max(value, least), most) - least) * plot.height) / (most - least || 1);
};
export const point = (value: number): string => value.toFixed(1);

/** The whole of a chart, with its title and description for those who do not see it. */
export function framed(frame: Frame, content: readonly string[]): string {
  const { id, title, description, days, axis, levels, unit } = frame;
  const lines = levels.map((value) => {
    const at = point(y(frame, value));
    return `<line class="grid" x1="${edges.left}" x2="${edges.right}" y1="${at}" y2="${at}"/><text x="${edges.left - 6}" y="${point(y(frame, value) + 4)}" text-anchor="end">${figure(value, unit)}</text>`;
  });
  const names = days
    .filter(({ number }) => number === 1 || number % 5 === 0)
    .map(({ number }) => `<text x="${point(x(frame, number))}" y="${edges.bottom + 16}" text-anchor="middle">${number}</text>`);
  const axes = `<text class="axis" x="${edges.left}" y="14">${escaped(axis)}</text><text class="axis" x="${edges.right}" y="${size.height - 8}" text-anchor="end">day of the month, UTC</text>`;
  const hatch = `<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>`;
  return `<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(description)}</desc>${hatch}${unmeasured(frame).join('')}${lines.join('')}${names.join('')}${axes}${content.join('')}</svg>`;
}

/** A day of which nothing is known is hatched from top to bottom: neither good nor bad. */
const unmeasured = (frame: Frame): readonly string[] =>
  frame.days.filter(isUnmeasured).map(({ number, day }) => {
    const left = x(frame, number) - dayWidth(frame) / 2;
    return `<rect class="unmeasured" fill="url(#${frame.id}-hatch)" x="${point(left)}" y="${edges.top}" width="${point(dayWidth(frame))}" height="${plot.height}"><title>${day}: not measured</title></rect>`;
  });

export const isUnmeasured = ({ figures, isLived }: MonthDay): boolean => isLived && figures === null;

export function promiseLine(frame: Frame, wanted: number | undefined): readonly string[] {
  if (wanted === undefined) return [];
  const at = point(y(frame, wanted));
  return [`<line class="promise" x1="${edges.left}" x2="${edges.right}" y1="${at}" y2="${at}"/>`];
}

/** Lines at round numbers from 0 to at least `most`: 0, 50, 100, 150. */
export function roundLevels(most: number): readonly number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
