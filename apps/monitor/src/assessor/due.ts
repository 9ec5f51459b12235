import type { Guarantee, Verdict } from '@cloud-agency/sla';

const soonMs = 1_000;
/** However long its window, a guarantee is looked at so often, ms: what leaves the window is gone by then. */
const atTheLatestMs = 30_000;
/** The part of its window that a guarantee is looked at again after. */
const partOfWindow = 60;

/**
 * When a guarantee is to be judged though nothing was measured: windows move on, downtime grows, silence lasts. What is kept, and has
 * been for long, is looked at seldom. Samples that may change the verdict have it judged at once, whenever that is.
 * @param restless whether something has spoken against it since it was judged last
 */
export function dueAfter(guarantee: Guarantee, verdict: Verdict, restless: boolean, now: number): number {
  if (verdict.state !== 'fulfilled' || restless || isBeingSpent(verdict)) return now + soonMs;
  const { over, missing } = guarantee;
  const window = typeof over === 'number' ? over : Infinity;
  const silence = missing && missing.as === 'fails' ? missing.after : Infinity;
  return now + Math.max(soonMs, Math.min(atTheLatestMs, window / partOfWindow, silence / 2));
}

/** By the shortest of the windows that burn rates are read over. */
const isBeingSpent = ({ burns }: Verdict): boolean => burns.some(({ shortRate }) => shortRate > 0);
