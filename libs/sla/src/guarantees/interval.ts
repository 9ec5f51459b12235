/** A stretch of time [from, until) in ms since 1970; `until` null: it still goes on. */
export interface Interval {
  readonly from: number;
  readonly until: number | null;
}

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The parts of the intervals that lie within the span: in order, without overlaps and without gaps of nothing between them. */
export function within(intervals: readonly Interval[], span: Span): Span[] {
  const merged: { from: number; until: number }[] = [];
  for (const part of clipped(intervals, span)) {
    const last = merged.at(-1);
    if (last && part.from <= last.until) last.until = Math.max(last.until, part.until);
    else merged.push({ ...part });
  }
  return merged;
}

/** How long the intervals are together within the span, ms; what overlaps counts once. */
export function duration(intervals: readonly Interval[], span: Span): number {
  return within(intervals, span).reduce((total, part) => total + part.until - part.from, 0);
}

/** What is left of the intervals outside the gaps. */
export function without(intervals: readonly Interval[], gaps: readonly Interval[]): readonly Interval[] {
  return gaps.reduce<readonly Interval[]>((left, gap) => left.flatMap((interval) => beside(interval, gap)), intervals);
}

function beside({ from, until }: Interval, gap: Interval): readonly Interval[] {
  const before = { from, until: until === null ? gap.from : Math.min(until, gap.from) };
  const after = gap.until === null ? [] : [{ from: Math.max(from, gap.until), until }];
  return [before, ...after].filter((part) => part.until === null || part.until > part.from);
}

/** Since when a window of `over` ms that ends now has lasted: time in which nothing was assessed does not count for it. Pauses may overlap. */
export function windowStart(now: number, over: number, pauses: readonly Span[]): number {
  if (pauses.length === 0) return now - over;
  let start = now - over;
  for (const { from, until } of within(pauses, { from: -Infinity, until: now }).reverse()) {
    if (until <= start) break;
    start -= until - from;
  }
  return start;
}

/** The same the other way: when so long has passed since an instant, pauses left out. */
export function windowEnd(from: number, length: number, pauses: readonly Span[]): number {
  if (pauses.length === 0) return from + length;
  let end = from + length;
  for (const pause of within(pauses, { from, until: Infinity })) {
    if (pause.from >= end) break;
    end += pause.until - pause.from;
  }
  return end;
}

function clipped(intervals: readonly Interval[], span: Span): Span[] {
  return intervals
    .map(({ from, until }) => ({ from: Math.max(from, span.from), until: Math.min(until ?? span.until, span.until) }))
    .filter((part) => part.from < part.until)
    .sort((a, b) => a.from - b.from);
}
