/** Waits between tries, ms; the last one is repeated until the day is over. */
const waits = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000];
const dayMs = 24 * 3_600_000;
/** Each wait is this much shorter or longer, so that what failed together does not come back together. */
const spread = 0.2;
/** A receiver that asks for patience gets no more, ms. */
const longestAskedFor = 14_400_000;

export interface FailedTry {
  /** How often it was tried, this time included. */
  readonly attempts: number;
  /** When its day began, ms. */
  readonly queuedAt: number;
  readonly now: number;
  /** What the receiver asked for, ms (Retry-After). */
  readonly retryAfter?: number | undefined;
}

/**
 * When to try again: the waits grow, and the last try is 24 h after the event. Undefined: no more. One that had to wait for others longer
 * than that is tried once all the same. `random` is in [0, 1).
 */
export function nextTry({ attempts, queuedAt, now, retryAfter = 0 }: FailedTry, random: () => number): number | undefined {
  const end = queuedAt + dayMs;
  if (now >= end) return undefined;
  const usual = (waits[attempts - 1] ?? waits.at(-1) ?? 0) * (1 - spread + 2 * spread * random());
  return Math.min(now + Math.max(usual, Math.min(retryAfter, longestAskedFor)), end);
}

/** Retry-After, a number of seconds or a date (RFC 9110, 10.2.3), as ms from now; undefined where there is none that can be read. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
