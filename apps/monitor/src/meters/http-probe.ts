import type { Clock } from '@cloud-agency/runtime';
import http from 'node:http';
import https from 'node:https';
import { performance } from 'node:perf_hooks';

/** What a probe found out. `milliseconds` is null when it failed: no answer has no response time. */
export interface Reading {
  readonly ok: boolean;
  readonly milliseconds: number | null;
  readonly detail: string;
}

export interface HttpProbe {
  readonly url: string;
  /** ms, for everything: the connection, the answer, the whole of its body. */
  readonly timeout: number;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
}

/**
 * Sends one GET and measures until the whole answer is there. Any status from 200 to 299 within the timeout is a success. Each probe opens
 * a connection of its own, as a new client would: an old one can outlive the service that it was opened to.
 */
export async function probeHttp({ url, timeout, clock, signal }: HttpProbe): Promise<Reading> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return failed(`${url} is not an http(s) URL`);
  const begun = performance.now();
  return await new Promise((resolve) => {
    const settle = (reading: Reading): void => {
      callOff();
      request.destroy();
      resolve(reading);
    };
    const fail = (error: Error): void => {
      settle(failed(error.message));
    };
    const request = (url.startsWith('https:') ? https : http).get(url, { agent: false, signal }, (response) => {
      response.resume();
      response.once('error', fail);
      response.once('end', () => {
        settle(answered(response.statusCode ?? 0, performance.now() - begun));
      });
    });
    request.on('error', fail);
    const callOff = clock.after(timeout, () => {
      fail(new Error(`no answer within ${String(timeout)} ms`));
    });
  });
}

const failed = (detail: string): Reading => ({ ok: false, milliseconds: null, detail });

function answered(status: number, milliseconds: number): Reading {
  const detail = `HTTP ${String(status)}`;
  if (status < 200 || status > 299) return failed(detail);
  return { ok: true, milliseconds: Math.round(milliseconds * 1000) / 1000, detail };
}
