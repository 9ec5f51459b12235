import { type SeriesValue, seriesKey } from './series.js';

/** What was not told for so long begins anew: nobody knows when it grew meanwhile, ms. */
const staleMs = 5 * 60_000;
/** Of one owner: whoever tells more loses those that it told longest ago, and nobody else loses any. */
const mostSeries = 10_000;
const mostText = 2_000_000;

interface Followed {
  readonly value: number;
  /** When it began, where it says so. */
  readonly began: number | undefined;
  readonly at: number;
  readonly seen: number;
}
interface Total {
  readonly value: number;
  readonly seen: number;
}
interface Owner {
  readonly since: number;
  readonly series: Kept<Followed>;
  readonly totals: Kept<Total>;
  seen: number;
}

/**
 * Follows counters of several series, each of which may begin again by itself, so that what they come to together only grows. The first value of
 * a series counts nothing, unless it began since its owner is followed; one that is lower than the one before began again, from nothing; one that
 * is told late changes nothing, and one that is told again neither. It reads no clock: `now` is when something came.
 */
export class Counters {
  private readonly owners = new Map<string, Owner>();

  /** By how much a series of an owner has grown since it was told last; undefined when it is told late. */
  growth(of: string, told: SeriesValue, now: number): number | undefined {
    const { series, since } = this.owner(of, now);
    const key = seriesKey(told);
    const at = told.at ?? now;
    const known = series.get(key);
    const before = known && now - known.seen <= staleMs ? known : undefined;
    if (before && at < before.at) return undefined;
    series.put(key, { value: told.value, began: told.since, at, seen: now });
    return before?.at === at ? 0 : grown(told, before, since);
  }

  /** What a metric of an owner has come to, with this growth. It begins at 0 where nothing is remembered. */
  total(of: string, metric: string, growth: number, now: number): number {
    const { totals } = this.owner(of, now);
    const value = (totals.get(metric)?.value ?? 0) + growth;
    totals.put(metric, { value, seen: now });
    return value;
  }

  /** To be called now and then: forgets who has not told anything for long. */
  forget(now: number): void {
    for (const [of, { seen }] of this.owners) {
      if (now - seen <= staleMs) return;
      this.owners.delete(of);
    }
  }

  private owner(of: string, now: number): Owner {
    const owner = this.owners.get(of) ?? { since: now, seen: now, series: new Kept<Followed>(), totals: new Kept<Total>() };
    for (const kept of [owner.series, owner.totals]) kept.forget(now);
    owner.seen = now;
    // Those that were heard of last are last.
    this.owners.delete(of);
    this.owners.set(of, owner);
    return owner;
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

/** What was told, those last that were told last, up to a number of them and a length of their names. */
class Kept<T extends { readonly seen: number }> {
  private readonly all = new Map<string, T>();
  private text = 0;

  get(key: string): T | undefined {
    return this.all.get(key);
  }

  put(key: string, value: T): void {
    if (!this.all.delete(key)) this.text += key.length;
    this.all.set(key, value);
    this.dropWhile(() => this.all.size > mostSeries || this.text > mostText);
  }

  forget(now: number): void {
    this.dropWhile(({ seen }) => now - seen > staleMs);
  }

  private dropWhile(isToGo: (first: T) => boolean): void {
    for (const [key, value] of this.all) {
      if (!isToGo(value)) return;
      this.all.delete(key);
      this.text -= key.length;
    }
  }
}
