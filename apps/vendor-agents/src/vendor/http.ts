import axios, { type AxiosInstance, AxiosError, type AxiosResponse } from 'axios';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  type IPolicy,
  retry,
} from 'cockatiel';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Gate } from './gate.js';
import { ownTurn } from './own-turn.js';
import { Pace } from './pace.js';
import { asVendorError, VendorError } from './vendor-error.js';

export interface HttpOptions {
  /** For one attempt, from connecting to the last byte, ms. */
  readonly timeoutMs: number;
  /** Calls of the account in flight at once; more wait. */
  readonly concurrency: number;
  /** Calls of the account a second, retries included; absent: as many as are answered. */
  readonly perSecond?: number;
  /** How many processes share these two, now; absent: this one has them alone. */
  readonly sharers?: () => number;
  /** 0 ≤ random() < 1, for jitter. */
  readonly random: () => number;
  /** Ends every call in flight. */
  readonly signal: AbortSignal;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What breaks together: a region. */
  readonly scope: string;
  /** Whether asking twice is the same as asking once: only such calls are retried. */
  readonly idempotent: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const attempts = 3;
const longestWaitMs = 5_000;
const failuresUntilBroken = 10;
const brokenForMs = 2_000;
const timedOut = Symbol('timed out');
const largestAnswer = 64 * 1024 * 1024;
/** Characters from which on reading an answer is work that is noticed. */
const largeAnswer = 32 * 1024;

/**
 * The one HTTP client of an account, and the only place that retries: jittered back-off, Retry-After honoured, a limit on concurrency, and
 * a circuit breaker for each region. Any status is an answer; only what prevents one is thrown.
 * @throws VendorError timeout, unavailable, or rate-limited when the vendor asks for a longer wait than a retry is worth.
 */
export class VendorHttp {
  private readonly client: AxiosInstance;
  private readonly agents: readonly [HttpAgent, HttpsAgent];
  private readonly retrying: IPolicy;
  private readonly gate: Gate;
  private readonly pace: Pace | undefined;
  private readonly inFlight = new Set<AbortController>();
  private readonly breakers = new Map<string, CircuitBreakerPolicy>();

  constructor(private readonly options: HttpOptions) {
    const sockets = { keepAlive: true, maxSockets: options.concurrency };
    this.agents = [new HttpAgent(sockets), new HttpsAgent(sockets)];
    this.client = axios.create({
      httpAgent: this.agents[0],
      httpsAgent: this.agents[1],
      responseType: 'text',
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: largestAnswer,
      proxy: false,
    });
    // AbortSignal.any would tie each call to the life-long signal for good.
    options.signal.addEventListener('abort', () => {
      for (const call of this.inFlight) call.abort();
    });
    const { concurrency, perSecond, sharers = () => 1 } = options;
    this.pace = perSecond === undefined ? undefined : new Pace(() => perSecond / sharers());
    this.gate = new Gate(() => Math.max(1, Math.floor(concurrency / sharers())));
    const backoff = new DelegateBackoff<{ attempt: number; result: unknown }>(({ attempt, result }) =>
      this.wait(attempt, result),
    );
    this.retrying = retry(handleWhen(isPassing).orWhenResult(isPassingAnswer), { maxAttempts: attempts - 1, backoff });
  }

  async send(call: HttpCall): Promise<HttpAnswer> {
    const breaker = this.breakerOf(call.scope);
    const once = (): Promise<HttpAnswer> => breaker.execute(() => this.gate.pass(() => this.attempt(call)));
    try {
      return call.idempotent ? await this.retrying.execute(once) : await once();
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new VendorError(
          'unavailable',
          `${call.scope} has failed ${failuresUntilBroken} times in a row; it is asked again in a moment`,
          {
            neverSent: true,
          },
        );
      }
      throw asVendorError(error);
    }
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private async attempt(call: HttpCall): Promise<HttpAnswer> {
    await this.pace?.turn();
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort(timedOut);
    }, this.options.timeoutMs);
    this.inFlight.add(abort);
    if (this.options.signal.aborted) abort.abort();
    try {
      const response: AxiosResponse<string> = await this.client.request({
        method: call.method,
        url: call.url,
        headers: { ...call.headers },
        ...(call.body === undefined ? {} : { data: call.body }),
        signal: abort.signal,
      });
      if (response.data.length >= largeAnswer) await ownTurn();
      return { status: response.status, headers: lowerCased(response), body: response.data };
    } catch (error) {
      throw networkError(call, error, abort.signal.reason === timedOut ? this.options.timeoutMs : undefined);
    } finally {
      clearTimeout(timer);
      this.inFlight.delete(abort);
    }
  }

  private breakerOf(scope: string): CircuitBreakerPolicy {
    const known = this.breakers.get(scope);
    if (known) return known;
    const breaker = circuitBreaker(handleWhen(isPassing).orWhenResult(isServerError), {
      halfOpenAfter: brokenForMs,
      breaker: new ConsecutiveBreaker(failuresUntilBroken),
    });
    this.breakers.set(scope, breaker);
    return breaker;
  }

  /** Doubling from 100 ms, at random between half and all of it; what the vendor asks for, where that is bearable. */
  private wait(attempt: number, result: unknown): number {
    const doubling = Math.min(longestWaitMs, 100 * 2 ** attempt) * (0.5 + this.options.random() / 2);
    return isAnswered(result) ? (retryAfterMs(result.value) ?? doubling) : doubling;
  }
}

/** What the vendor asks callers to wait (RFC 9110, 10.2.3: seconds or a date), ms. */
export function retryAfterMs(answer: HttpAnswer, now = Date.parse(answer.headers.date ?? '')): number | undefined {
  const text = answer.headers['retry-after'];
  if (text === undefined) return undefined;
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}

const isPassing = (error: Error): boolean => error instanceof VendorError && error.passing;

/** A wait longer than a retry is worth goes to the caller at once, with the answer that asks for it. */
function isPassingAnswer(value: unknown): boolean {
  const answer = value as HttpAnswer;
  const wait = retryAfterMs(answer);
  // With a Retry-After, 413 is a passing condition too (RFC 9110, 15.5.14): some vendors say so that there were too many calls.
  const passing = [429, 500, 502, 503, 504].includes(answer.status) || (answer.status === 413 && wait !== undefined);
  return passing && (wait ?? 0) <= longestWaitMs;
}

/** 503 is also how some vendors say that there were too many calls: no reason to break. */
const isServerError = (value: unknown): boolean => [500, 502, 504].includes((value as HttpAnswer).status);

function isAnswered(result: unknown): result is { value: HttpAnswer } {
  return typeof result === 'object' && result !== null && 'value' in result;
}

const lowerCased = (response: AxiosResponse): Record<string, string> =>
  Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

/** Only code and host are told: the request, with its credentials, stays behind. */
function networkError(call: HttpCall, error: unknown, timedOutAfter: number | undefined): VendorError {
  const { host } = new URL(call.url);
  if (timedOutAfter !== undefined)
    return new VendorError('timeout', `${host} did not answer within ${timedOutAfter} ms`, { code: 'ETIMEDOUT' });
  const code = error instanceof AxiosError ? (error.code ?? 'network') : 'network';
  return new VendorError('unavailable', `${host} cannot be reached (${code}); check the endpoint and the network`, {
    code,
    neverSent: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code),
  });
}
