import type { SeriesValue } from './series.js';

export interface Exposition {
  readonly series: readonly SeriesValue[];
  /** OpenMetrics ends with `# EOF`: without it the rest was lost on the way, and what is there may be a part of a number, or of a sum. */
  readonly isWhole: boolean;
  /** Lines that could not be read: the first, and how many. */
  readonly wrong?: { readonly line: number; readonly text: string; readonly count: number };
  /** There is more of it than is taken at a time: it was read no further. */
  readonly isTooLong?: true;
}

/** Values that are taken of one resource at a time. */
export const mostValues = 10_000;
/** Comments and blank ones included. */
const mostLines = 5 * mostValues;

type Kind = SeriesValue['kind'];

/** Suffixes of what a family is made of, by its type: their series count up. */
const counting: Readonly<Record<string, readonly string[]>> = {
  counter: ['', '_total'],
  histogram: ['_bucket', '_count', '_sum'],
  summary: ['_count', '_sum'],
};

/**
 * Reads OpenMetrics 1.0 text, and the Prometheus text format 0.0.4 that it came from: in the first times are seconds, in the other
 * milliseconds. A line that cannot be read spoils no other. Exemplars, what is not a number, and `_created` of a counter, a histogram or a summary are passed
 * over. Whoever wrote it is not trusted: it takes time and memory in proportion to its length, up to a bound.
 */
export function readOpenMetrics(text: string, { seconds }: { readonly seconds: boolean }): Exposition {
  const types = new Map<string, string>();
  const series: SeriesValue[] = [];
  const unread = { line: 0, text: '', count: 0 };
  let number = 0;
  let isWhole = !seconds;
  for (const line of linesOf(text)) {
    if (line === '# EOF') {
      isWhole = true;
      break;
    }
    number += 1;
    if (number > mostLines || series.length > mostValues) return { series: [], isWhole, isTooLong: true };
    const told = readLine(line, types, seconds ? 1000 : 1);
    if (told) series.push(told);
    else if (told === undefined) note(unread, number, line);
  }
  return { series, isWhole, ...(unread.count > 0 && { wrong: unread }) };
}

/** One after the other: a text that is all line breaks would make millions at once. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from <= text.length;) {
    const found = text.indexOf('\n', from);
    const to = found < 0 ? text.length : found;
    yield text.slice(from, to).trim();
    from = to + 1;
  }
}

function note(unread: { line: number; text: string; count: number }, line: number, text: string): void {
  unread.count += 1;
  if (unread.count === 1) Object.assign(unread, { line, text: text.slice(0, 100) });
}

/** As `sampleIn`. */
const readLine = (line: string, types: Map<string, string>, msPerUnit: number): SeriesValue | null | undefined =>
  line === '' || line.startsWith('#') ? noteType(line, types) : sampleIn(line, types, msPerUnit);

/** A comment, or the type of a family. */
function noteType(line: string, types: Map<string, string>): null {
  const [, family, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line.slice(0, longestLine)) ?? [];
  if (family !== undefined && type !== undefined) types.set(family, type);
  return null;
}

/** Longer ones are none. */
const longestLine = 8_192;

/** Name, labels, value and time; what follows `#` is an exemplar, so a value has none: there is but one way to read a line. */
const sample =
  /^([A-Za-z_:][\w:]*)(?:[ \t]*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([^\s#]+)(?:[ \t]+(-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?))?(?:[ \t]+#.*)?$/;

/** Null: nothing to keep. Undefined: it cannot be read. */
function sampleIn(line: string, types: ReadonlyMap<string, string>, msPerUnit: number): SeriesValue | null | undefined {
  if (line.length > longestLine) return undefined;
  const [, name = '', inside = '', written = '', time] = sample.exec(line) ?? [];
  const [labels, value] = [labelsIn(inside), numberIn(written)];
  if (value === undefined || !labels) return undefined;
  if (!Number.isFinite(value) || isCreated(name, types)) return null;
  return { name, labels, kind: kindOf(name, types), value, ...timed(time, msPerUnit) };
}

/** When a counter began. A gauge may have a name like that of its own, as `kube_pod_created`. */
const isCreated = (name: string, types: ReadonlyMap<string, string>): boolean =>
  name.endsWith('_created') && (types.get(name.slice(0, -'_created'.length)) ?? 'gauge') in counting;

const timed = (time: string | undefined, msPerUnit: number): Pick<SeriesValue, 'at'> =>
  time === undefined ? {} : { at: Number(time) * msPerUnit };

function kindOf(name: string, types: ReadonlyMap<string, string>): Kind {
  for (const [type, suffixes] of Object.entries(counting))
    for (const suffix of suffixes)
      if (name.endsWith(suffix) && types.get(name.slice(0, name.length - suffix.length)) === type) return 'counter';
  // Without a TYPE line the name is all there is to go by: OpenMetrics keeps `_total` for counters.
  return name.endsWith('_total') && !types.has(name) ? 'counter' : 'gauge';
}

function numberIn(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(lower)) return lower.startsWith('-') ? -Infinity : Infinity;
  if (lower === 'nan') return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(lower) ? Number(lower) : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

function labelsIn(inside: string): Record<string, string> | undefined {
  const labels: [string, string][] = [];
  let rest = inside.trim();
  while (rest !== '') {
    const [all, name, value] = /^([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/.exec(rest) ?? [];
    if (all === undefined || name === undefined || value === undefined) return undefined;
    labels.push([name, value.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character)]);
    rest = rest.slice(all.length);
  }
  return Object.fromEntries(labels);
}
