import type { SeriesValue } from './series.js';

export interface Exposition {
  readonly series: readonly SeriesValue[];
  /** OpenMetrics ends with `# EOF`: without it the rest was lost on the way, and what is there may be a part of a number, or of a sum. */
  readonly isWhole: boolean;
  /** Lines that could not be read: the first, and how many. */
  readonly wrong?: { readonly line: number; readonly text: string; readonly count: number };
}

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
 * over.
 */
export function readOpenMetrics(text: string, { seconds }: { readonly seconds: boolean }): Exposition {
  const types = new Map<string, string>();
  const series: SeriesValue[] = [];
  const unread: { readonly line: number; readonly text: string }[] = [];
  const lines = text.split('\n').map((line) => line.trim());
  const end = lines.indexOf('# EOF');
  for (const [index, line] of lines.slice(0, end < 0 ? lines.length : end).entries()) {
    const told = line === '' || line.startsWith('#') ? noteType(line, types) : sampleIn(line, types, seconds ? 1000 : 1);
    if (told) series.push(told);
    else if (told === undefined) unread.push({ line: index + 1, text: line.slice(0, 100) });
  }
  const [first] = unread;
  return { series, isWhole: !seconds || end >= 0, ...(first && { wrong: { ...first, count: unread.length } }) };
}

/** A comment, or the type of a family. */
function noteType(line: string, types: Map<string, string>): null {
  const [, family, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line.slice(0, longestLine)) ?? [];
  if (family !== undefined && type !== undefined) types.set(family, type);
  return null;
}

/** Longer ones are none. */
const longestLine = 8_192;

/** Name, labels, value and time; what follows `#` is an exemplar. */
const sample =
  /^([A-Za-z_:][\w:]*)(?:[ \t]*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)(?:[ \t]+(-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?))?[ \t]*(?:#.*)?$/;

/** Null: nothing to keep. Undefined: it cannot be read. */
function sampleIn(line: string, types: ReadonlyMap<string, string>, msPerUnit: number): SeriesValue | null | undefined {
  const [, name = '', inside = '', written = '', time] = sample.exec(line) ?? [];
  const [labels, value] = [labelsIn(inside), numberIn(written)];
  if (value === undefined || !labels || line.length > longestLine) return undefined;
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
  const labels: Record<string, string> = {};
  let rest = inside.trim();
  while (rest !== '') {
    const [all, name, value] = /^([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/.exec(rest) ?? [];
    if (all === undefined || name === undefined || value === undefined) return undefined;
    labels[name] = value.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
    rest = rest.slice(all.length);
  }
  return labels;
}
