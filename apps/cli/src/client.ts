import { AgencyError } from '@cloud-agency/errors';
import { isWsagJson, isXml } from '@cloud-agency/sla';
import axios, { type AxiosInstance, type AxiosRequestConfig, isAxiosError } from 'axios';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Entity } from './entities/entity.js';
import type { AgencyEvent } from './entities/event.js';
import type { History, HistoryQuery, PriceChange, Statistic, StatisticsQuery } from './measured.js';
import { serverSentEvents } from './server-sent-events.js';

/** What the Agency answered instead of what was asked (RFC 9457). */
export class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.name = 'RefusedRequest';
  }
}

function contentType(document: string): string {
  if (isXml(document)) return 'application/wsag+xml';
  return isWsagJson(document) ? 'application/wsag+json' : 'application/yaml';
}

export interface EventsQuery {
  readonly cfp?: string;
  readonly agreement?: string;
  /** A compute. */
  readonly resource?: string;
  /** Types, e.g. `sla.*,resource.down`. */
  readonly types?: string;
  /** Only events after this one, or since this time; without either those from now on. */
  readonly after?: number;
  readonly since?: string;
}

/** Whether events come at the moment. */
export type OnConnection = (isConnected: boolean) => void;

const json = 'application/occi+json';
const actionsOf = (kind: string): string => `http://schemas.cloud-agency.dev/occi/agency/${kind}/action#`;

export interface RenegotiationTerms {
  /** The call as it is to be. */
  readonly document: string | undefined;
  readonly gain: string | undefined;
  readonly switching: string | undefined;
  readonly accept: string | undefined;
}

export type WebhookAction = 'rotate' | 'test' | 'replay' | 'enable';

/** The Agency's front as its clients see it: OCCI over HTTP in the JSON rendering. */
export class AgencyClient {
  private readonly http: AxiosInstance;

  /** `token`: where the Agency asks for one (AGENCY_AUTH). */
  constructor(
    readonly url: string,
    token?: string,
  ) {
    const headers = { Accept: json, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    // Redirects and proxies would only ever hide where an answer comes from.
    this.http = axios.create({ baseURL: url, timeout: 30_000, proxy: false, maxRedirects: 0, headers });
  }

  /** @returns the call's id, and what the Agency shows only once: the secrets it made for webhooks. */
  async submit(document: string): Promise<Entity> {
    return (await this.request({
      method: 'POST',
      url: '/cfp/',
      data: document,
      headers: { 'Content-Type': contentType(document) },
    })) as Entity;
  }

  async entity(kind: string, id: string): Promise<Entity> {
    return (await this.request({ url: `/${kind}/${encodeURIComponent(id)}` })) as Entity;
  }

  /** The report of a month of an agreement, as a media type renders it. */
  async report(agreement: string, type: string, asked: Readonly<Record<string, string>>): Promise<string> {
    return (await this.request({
      url: `/agreement/${encodeURIComponent(agreement)}/report`,
      params: asked,
      headers: { Accept: type },
      responseType: 'text',
    })) as string;
  }

  /** The document that an entity is, as a media type has it. */
  async document(kind: string, id: string, type: string): Promise<string> {
    return (await this.request({
      url: `/${kind}/${encodeURIComponent(id)}`,
      headers: { Accept: type },
      responseType: 'text',
    })) as string;
  }

  /** The entities of a kind whose attributes have these values: all, or the first so many. */
  async entities(kind: string, attributes: Readonly<Record<string, string>> = {}, most?: number): Promise<readonly Entity[]> {
    const filters = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
    const headers = filters.length > 0 ? { 'X-OCCI-Attribute': filters.join(', ') } : {};
    const params = most === undefined ? {} : { page: 1, number: most };
    const { resources = [] } = (await this.request({ url: `/${kind}/`, headers, params })) as { resources?: readonly Entity[] };
    return resources.filter((entity) => Object.entries(attributes).every(([name, value]) => entity.attributes[name] === value));
  }

  async act(kind: 'proposal' | 'renegotiation', id: string, action: 'accept' | 'reject'): Promise<Entity> {
    return await this.invoke(kind, id, action, {});
  }

  /** @returns the agreement. */
  async renegotiate(agreement: string, terms: RenegotiationTerms): Promise<Entity> {
    const given = Object.entries(terms).filter(([, value]) => value !== undefined);
    const attributes = Object.fromEntries(given.map(([name, value]) => [`agency.renegotiation.${name}`, value as unknown]));
    return await this.invoke('agreement', agreement, 'renegotiate', attributes);
  }

  /** True once the Agency serves; else what it still waits for. */
  async readiness(): Promise<{ readonly ready: boolean; readonly parts: Readonly<Record<string, unknown>> }> {
    const { status, data } = await this.send({
      url: '/readyz',
      headers: { Accept: 'application/json' },
    });
    return { ready: status === 200, parts: (data as { parts?: Record<string, unknown> } | null)?.parts ?? {} };
  }

  /**
   * Events as they happen; a connection that breaks is taken up again where it was, until the signal ends it.
   * @throws RefusedRequest when they were asked for in a way that no waiting helps.
   */
  async *events(
    query: EventsQuery,
    signal: AbortSignal,
    onConnection: OnConnection = () => undefined,
  ): AsyncGenerator<AgencyEvent> {
    const { after, ...filters } = query;
    const isOver = (): boolean => signal.aborted;
    let last = after;
    while (!isOver()) {
      try {
        const stream = await this.stream(filters, last, signal);
        onConnection(true);
        for await (const { id, data } of serverSentEvents(stream)) {
          if (data !== '') yield JSON.parse(data) as AgencyEvent;
          if (id !== '') last = Number(id);
        }
      } catch (error) {
        // Aborted by whoever listens, or the connection is gone: either way the loop knows what to do.
        if (isFinal(error)) throw error;
      }
      if (!isOver()) onConnection(false);
      await pause(reconnectMs, signal);
    }
  }

  /** @returns the webhook afterwards; with its new secret where one was made. */
  async actOnWebhook(id: string, action: WebhookAction, attributes: object = {}): Promise<Entity> {
    return await this.invoke('webhook', id, action, attributes);
  }

  private async invoke(kind: string, id: string, action: string, attributes: object): Promise<Entity> {
    return (await this.request({
      method: 'POST',
      url: `/${kind}/${encodeURIComponent(id)}`,
      params: { action },
      data: { action: `${actionsOf(kind)}${action}`, attributes },
      headers: { 'Content-Type': json },
    })) as Entity;
  }

  async history(query: HistoryQuery): Promise<History> {
    return (await this.request({ url: '/history/', params: query, headers: { Accept: 'application/json' } })) as History;
  }

  async statistics(query: StatisticsQuery): Promise<readonly Statistic[]> {
    const answer = await this.request({ url: '/statistics/', params: query, headers: { Accept: 'application/json' } });
    return (answer as { readonly statistics: readonly Statistic[] }).statistics;
  }

  async prices(query: StatisticsQuery): Promise<readonly PriceChange[]> {
    const answer = await this.request({ url: '/statistics/prices/', params: query, headers: { Accept: 'application/json' } });
    return (answer as { readonly prices: readonly PriceChange[] }).prices;
  }

  private async stream(filters: object, last: number | undefined, signal: AbortSignal): Promise<Readable> {
    const headers = {
      Accept: `text/event-stream, ${json};q=0.5`,
      ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }),
    };
    const { status, data } = await this.http.get<Readable>('/events', {
      params: filters,
      headers,
      responseType: 'stream',
      timeout: 0,
      signal,
      validateStatus: () => true,
    });
    if (status !== 200) throw refused(status, await text(data));
    return data;
  }

  private async request(request: AxiosRequestConfig): Promise<unknown> {
    const { status, data } = await this.send(request);
    if (status < 200 || status > 299) throw refused(status, data);
    return data;
  }

  private async send(request: AxiosRequestConfig): Promise<{ status: number; data: unknown }> {
    try {
      return await this.http.request<unknown>({ ...request, validateStatus: () => true });
    } catch (cause) {
      if (isAxiosError(cause)) throw new AgencyError('agency-unreachable', { url: this.url, reason: cause.message }, { cause });
      throw cause;
    }
  }
}

const reconnectMs = 500;

/** The request itself is wrong, or what came cannot be read; what is only too early or too much may be asked again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof RefusedRequest)) return error instanceof SyntaxError;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

function refused(status: number, answered: unknown): RefusedRequest {
  const body = typeof answered === 'string' ? unwrapped(answered) : answered;
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = [problem.detail, problem.title, typeof body === 'string' ? body.trim() : undefined].find(
    (part) => typeof part === 'string' && part !== '',
  );
  const code = typeof problem.code === 'string' ? problem.code : 'internal';
  return new RefusedRequest(status, code, (text as string | undefined) ?? `The Agency answered ${status}.`, problem);
}

/** A problem may come where text was asked for. */
function unwrapped(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
