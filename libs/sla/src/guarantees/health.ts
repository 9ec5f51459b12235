/** Health of one machine as one probe sees it; `unknown` until a success, or until enough failures (CFP.md 6). */
export type HealthState = 'unknown' | 'up' | 'down';

export interface Health {
  readonly state: HealthState;
  /** Failed probes since the last success. */
  readonly failures: number;
  /** When the first of these was; null without any. A machine found down counts as down from then on. */
  readonly failingSince: number | null;
  /** When the newest probe was that counted; null before the first. */
  readonly seenAt: number | null;
}

/** What one probe found: times in ms since 1970. */
export interface ProbeResult {
  readonly at: number;
  readonly ok: boolean;
}

export const healthOf = (state: HealthState): Health => ({ state, failures: 0, failingSince: null, seenAt: null });

/**
 * The health after one more probe: `up` with the first success, from whatever was before; `down` with the `allowed`-th failure in a row. A
 * probe that is not newer than the newest one seen (late, or told twice) changes nothing.
 */
export function healthAfter(health: Health, probe: ProbeResult, allowed: number): Health {
  if (health.seenAt !== null && probe.at <= health.seenAt) return health;
  if (probe.ok) return { state: 'up', failures: 0, failingSince: null, seenAt: probe.at };
  const failures = health.failures + 1;
  return {
    state: failures >= allowed ? 'down' : health.state,
    failures,
    failingSince: health.failingSince ?? probe.at,
    seenAt: probe.at,
  };
}

/** Health of a machine with several probes: down when one says so, up when all do, else unknown. */
export function combinedHealth(states: readonly HealthState[]): HealthState {
  if (states.includes('down')) return 'down';
  return states.length > 0 && states.every((state) => state === 'up') ? 'up' : 'unknown';
}
