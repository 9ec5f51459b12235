import { reasonOf } from '@cloud-agency/errors';
import axios from 'axios';
import type { Outcome } from './queue.js';
import { retryAfterMs } from '../../webhooks/back-off.js';
import type { WriteRequest } from './write-request.js';

const timeoutMs = 10_000;
const longestSaid = 200;
/** A receiver that asks for patience gets no more, ms. */
const longestAskedFor = 3_600_000;

/**
 * Posts a request: 2xx is taken, 429 and 5xx are for later, as is what cannot be reached; whatever else is refused for good (the specification, Retries &
 * Backoff). `now` is ms.
 */
export async function send(
  url: string,
  request: WriteRequest,
  own: Readonly<Record<string, string>>,
  now: number,
): Promise<Outcome> {
  try {
    const {
      status,
      data,
      headers: answered,
    } = await axios.post<unknown>(url, request.body, {
      headers: { ...request.headers, ...own },
      timeout: timeoutMs,
      maxRedirects: 0,
      responseType: 'text',
      validateStatus: () => true,
    });
    if (status >= 200 && status < 300) return isUnderstood(request, answered) ? { is: 'taken' } : notUnderstood;
    const why = `the receiver answered ${status}: ${String(data).trim().slice(0, longestSaid)}`;
    if (status !== 429 && status < 500) return { is: 'refused', why };
    const after = retryAfterMs(String(answered['retry-after'] ?? ''), now);
    return { is: 'again', why, ...(after !== undefined && { after: Math.min(after, longestAskedFor) }) };
  } catch (error) {
    return { is: 'again', why: reasonOf(error) };
  }
}

/** Those of protocol 2 say how much they wrote; one that does not may have read an empty request of protocol 1 (the second specification, Required Written Response Headers). */
const isUnderstood = ({ samples, headers }: WriteRequest, answered: Readonly<Record<string, unknown>>): boolean =>
  samples === 0 ||
  headers['X-Prometheus-Remote-Write-Version'] !== '2.0.0' ||
  answered['x-prometheus-remote-write-samples-written'] !== undefined;

const notUnderstood: Outcome = {
  is: 'refused',
  why: 'the receiver does not say that it wrote anything, so it does not speak protocol 2: set protocol: 1',
};
