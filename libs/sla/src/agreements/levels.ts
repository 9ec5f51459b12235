/** Service levels: what holds at which, and when an agreement goes from one to the other. It reads no clock: the time comes with each call. */
import type { Guarantee, ServiceLevel } from '../documents/call.js';
import { agreedLevel, isInPlaceOf } from '../documents/levels.js';
import type { Interval } from '../guarantees/interval.js';

/** What an agreement promises: its guarantees, and the level it may fall back to. */
export interface Promises {
  readonly guarantees: readonly Guarantee[];
  readonly fallback?: ServiceLevel;
}

/** The level of an agreement since an instant, ms. */
export interface Standing {
  readonly level: string;
  readonly since: number;
}

/** A guarantee under the number it has in its agreement whatever the level: first those of the call, then those of the level. */
export interface Numbered {
  readonly index: number;
  readonly level: string;
  readonly guarantee: Guarantee;
}

/** Every guarantee that may ever hold. */
export function allGuarantees({ guarantees, fallback }: Promises): readonly Numbered[] {
  const own = guarantees.map((guarantee) => ({ level: agreedLevel, guarantee }));
  const others = (fallback?.guarantees ?? []).map((guarantee) => ({ level: fallback?.name ?? agreedLevel, guarantee }));
  return [...own, ...others].map((one, index) => ({ index, ...one }));
}

/** Those that hold at a level: at the lower one its own, and of the call those that it has nothing in place of. */
export function guaranteesAt(promises: Promises, level: string): readonly Numbered[] {
  const { fallback } = promises;
  const all = allGuarantees(promises);
  if (level !== fallback?.name) return all.filter((one) => one.level === agreedLevel);
  return all.filter((one) => one.level === level || !fallback.guarantees.some((instead) => isInPlaceOf(instead, one.guarantee)));
}

/**
 * The level after what has been violated so far: the lower one once `times` violations were opened within `per`, the agreed one after `back_after`
 * without any open. What was violated before the present level counts no more.
 */
export function levelAfter(promises: Promises, standing: Standing, violations: readonly Interval[], now: number): Standing {
  const { fallback } = promises;
  if (!fallback) return standing;
  if (standing.level === agreedLevel) {
    const since = Math.max(standing.since, now - fallback.after.per);
    const recent = violations.filter(({ from }) => from > since);
    return recent.length >= fallback.after.times ? { level: fallback.name, since: now } : standing;
  }
  const back = backAt(promises, standing, violations);
  return back !== undefined && back <= now ? { level: agreedLevel, since: now } : standing;
}

/** When the agreed level holds again if nothing breaks before; undefined at the agreed level, and while a violation is open. */
export function backAt({ fallback }: Promises, standing: Standing, violations: readonly Interval[]): number | undefined {
  if (!fallback || standing.level === agreedLevel) return undefined;
  if (violations.some(({ until }) => until === null)) return undefined;
  const quietSince = Math.max(standing.since, ...violations.map(({ from, until }) => until ?? from));
  return quietSince + fallback.backAfter;
}

/** When a guarantee held, in order and without overlaps, by the history of levels; before the first of them the agreed level held. */
export function heldDuring(promises: Promises, history: readonly Standing[], index: number): readonly Interval[] {
  const standings = [{ level: agreedLevel, since: -Infinity }, ...history];
  const spans: { from: number; until: number | null }[] = [];
  for (const [place, { level, since }] of standings.entries()) {
    if (!guaranteesAt(promises, level).some((one) => one.index === index)) continue;
    const until = standings[place + 1]?.since ?? null;
    const last = spans.at(-1);
    if (last?.until === since) last.until = until;
    else spans.push({ from: since, until });
  }
  return spans;
}
