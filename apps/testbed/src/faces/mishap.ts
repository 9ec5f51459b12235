import type { FaultPlace } from '../cloud/faults.js';
import type { Testbed } from '../testbed.js';

/** What befalls a request before its cloud looks at it. Each face says it in its protocol's own words. */
export type Mishap =
  { readonly kind: 'region-down' | 'server-error' } | { readonly kind: 'rate-limit'; readonly retryAfter: number };

const defaultDelayMs = 2000;
const defaultRetryAfter = 1;

/** Strikes with the faults that are switched on here; a slow cloud is waited for. */
export async function mishapAt({ faults, clock }: Testbed, place: FaultPlace): Promise<Mishap | null> {
  const slow = faults.strike('slow', place);
  if (slow) await new Promise<void>((resolve) => clock.after(slow.delay_ms ?? defaultDelayMs, resolve));
  if (faults.strike('region-down', place)) return { kind: 'region-down' };
  const limited = faults.strike('rate-limit', place);
  if (limited) return { kind: 'rate-limit', retryAfter: limited.retry_after ?? defaultRetryAfter };
  return faults.strike('server-error', place) ? { kind: 'server-error' } : null;
}
