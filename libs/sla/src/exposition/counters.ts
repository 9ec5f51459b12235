import { type SeriesValue, seriesKey } from './series.js';

/** What was not told for so long begins anew: nobody knows when it grew meanwhile, ms. */
const staleMs = 5 * 60_000;
const mostKept = 100_000;

interface Followed {
  readonly value: number;
  /** When it began, where it says so. */
  readonly began: number | undefined;
  readonly at: number;
  readonly seen: number;
}

/**
 * Follows counters of several series, each of which may begin again by itself, so that what they come to together only grows. The first value of
 * a series counts nothing, unless it began since its owner is followed; one that is lower than the one before began again, from nothing; one that
 * is told late changes nothing, and one that is told again neither. It reads no clock: `now` is when something came.
 */
export class Counters {
  private readonly series = new Map<string, Followed>();
  private readonly totals = new Map<string, { value: number; seen: number }>();
  private readonly owners = new Map<string, { since: number; seen: number }>();

  /** By how much a series of an owner has grown since it was told last; undefined when it is told late. */
  growth(of: string, told: SeriesValue, now: number): number | undefined {
    const key = `${of} ${seriesKey(told)}`;
    const at = told.at ?? now;
    const known = this.series.get(key);
    const before = known && now - known.seen <= staleMs ? known : undefined;
    const since = this.followedSince(of, now);
    if (before && at < before.at) return undefined;
    put(this.series, key, { value: told.value, began: told.since, at, seen: now });
    return before?.at === at ? 0 : grown(told, before, since);
  }

  /** What a metric of an owner has come to, with this growth. It begins at 0 where nothing is remembered. */
  total(of: string, metric: string, growth: number, now: number): number {
    const key = `${of} ${metric}`;
    const value = (this.totals.get(key)?.value ?? 0) + growth;
    put(this.totals, key, { value, seen: now });
    return value;
  }

  /** To be called now and then: forgets what was not told for long. */
  forget(now: number): void {
    for (const kept of [this.series, this.totals, this.owners]) dropOld(kept, now);
  }

  private followedSince(of: string, now: number): number {
    const since = this.owners.get(of)?.since ?? now;
    put(this.owners, of, { since, seen: now });
    return since;
  }
}

/** `followed` is from when on its owner is followed. */
function grown(told: SeriesValue, before: Followed | undefined, followed: number): number {
  const { kind, value } = told;
  if (kind === 'increase') return value;
  const began = knownStart(told);
  if (!before) return began !== undefined && began >= followed ? value : 0;
  return value >= before.value && !hasBegunAgain(began, before) ? value - before.value : value;
}

/** A start that is the time of the value itself says that nobody knows (OpenTelemetry, Metrics Data Model, unknown start time). */
const knownStart = ({ since, at }: SeriesValue): number | undefined => (since === at ? undefined : since);

/** It may have passed by now where it was. */
const hasBegunAgain = (start: number | undefined, { began, at }: Followed): boolean =>
  start !== undefined && began !== undefined && start > began && start >= at;

/** Those that were told last are last. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
}

function dropOld(kept: Map<string, { readonly seen: number }>, now: number): void {
  for (const [key, { seen }] of kept) {
    if (now - seen <= staleMs && kept.size <= mostKept) return;
    kept.delete(key);
  }
}
