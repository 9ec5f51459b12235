import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FaultPlace } from '../cloud/faults.js';
import type { Testbed } from '../testbed.js';

/** What befalls a request before its cloud looks at it. Each face says it in its protocol's own words. */
export type Mishap =
  { readonly kind: 'region-down' | 'server-error' | 'revoked' } | { readonly kind: 'rate-limit'; readonly retryAfter: number };

const defaultDelayMs = 2000;
const defaultRetryAfter = 1;

/** What happens to an answer on its way back, after the request has had its effect. */
const garblings = new WeakMap<FastifyRequest, 'malformed' | 'wrong-content-type'>();

/**
 * Strikes with the faults that are switched on here; a slow cloud is waited for. A face asks before it looks at who is asking, and says
 * `revoked` as it says that credentials are bad.
 */
export async function mishapAt({ faults, clock }: Testbed, place: FaultPlace, request: FastifyRequest): Promise<Mishap | null> {
  const slow = faults.strike('slow', place);
  if (slow) await new Promise<void>((resolve) => clock.after(slow.delay_ms ?? defaultDelayMs, resolve));
  if (faults.strike('region-down', place)) return { kind: 'region-down' };
  const limited = faults.strike('rate-limit', place);
  if (limited) return { kind: 'rate-limit', retryAfter: limited.retry_after ?? defaultRetryAfter };
  if (faults.strike('server-error', place)) return { kind: 'server-error' };
  if (faults.strike('revoked', place)) return { kind: 'revoked' };
  for (const kind of ['malformed', 'wrong-content-type'] as const) if (faults.strike(kind, place)) garblings.set(request, kind);
  return null;
}

/** Answers are cut off in the middle, or replaced by a page of some proxy in between, where a fault says so. */
export function garbleAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const kind = garblings.get(request);
    const whole = Buffer.isBuffer(payload) ? payload.toString() : payload;
    if (kind === undefined || typeof whole !== 'string') {
      done(null, payload);
      return;
    }
    void reply.removeHeader('content-length');
    if (kind === 'wrong-content-type') void reply.code(200).type('text/html; charset=utf-8');
    done(null, kind === 'malformed' ? whole.slice(0, Math.floor(whole.length / 2)) : proxyPage);
  });
}

const proxyPage =
  '<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>Please log in to the network.</p></body></html>';

/** How many things a page has at most, where a fault makes pages short; undefined where there is none. */
export const shortPage = ({ faults }: Testbed, place: FaultPlace): number | undefined =>
  faults.isOn('short-pages', place) ? shortPageLength : undefined;

const shortPageLength = 2;
