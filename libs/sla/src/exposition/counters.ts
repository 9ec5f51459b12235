import { type SeriesValue, seriesKey } from './series.js';

/** What was not told for so long begins anew: nobody knows when it grew meanwhile, ms. */
const staleMs = 5 * 60_000;
const mostKept = 100_000;

interface Followed {
  readonly value: number;
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
    put(this.series, key, { value: told.value, at, seen: now });
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

/** `since` is from when on its owner is followed. */
function grown({ kind, value, since: began = -Infinity }: SeriesValue, before: Followed | undefined, since: number): number {
  if (kind === 'increase') return value;
  if (!before) return began >= since ? value : 0;
  return value >= before.value ? value - before.value : value;
}

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
