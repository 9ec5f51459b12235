import type { TSchema, Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { type Mishap, mishapAt, shortPage } from '../mishap.js';

/** A failure as the API tells it: `{"error": {"code", "message"}}`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export const notFound = (what: string): ApiError => new ApiError(404, 'not_found', `There is no ${what}.`);
export const invalid = (message: string): ApiError => new ApiError(400, 'invalid', message);

/** An admitted request for one region. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  readonly place: { readonly cloud: string; readonly region: string };
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

type Handler<Asked> = (call: Asked) => Answer;

/** The routes of one cloud, below `/<cloud>/v1`. */
export class Api {
  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly cloud: Cloud,
  ) {}

  /** Below a region. */
  regional(method: HTTPMethods, path: string, handler: Handler<Call>): void {
    this.route(method, `/regions/:region${path}`, (request) => handler(this.callOf(request)));
  }

  global(method: HTTPMethods, path: string, handler: Handler<{ readonly testbed: Testbed; readonly cloud: Cloud }>): void {
    this.route(method, path, () => handler({ testbed: this.testbed, cloud: this.cloud }));
  }

  private route(method: HTTPMethods, path: string, answer: (request: FastifyRequest) => Answer): void {
    this.app.route({
      method,
      url: `/${this.cloud.name}/v1${path}`,
      handler: async (request, reply) => {
        try {
          await this.admit(`${method} ${path}`, request);
          const { status = 200, body } = answer(request);
          return await reply.code(status).send(body);
        } catch (error) {
          return sendError(reply, asApiError(error));
        }
      },
    });
  }

  private async admit(action: string, request: FastifyRequest): Promise<void> {
    const { testbed, cloud } = this;
    testbed.requests.add(cloud.name, action);
    const { region } = request.params as { region?: string };
    const mishap = await mishapAt(testbed, { cloud: cloud.name, ...(region === undefined ? {} : { region }) }, request);
    if (mishap) throw mishapError(mishap);
    if (request.headers.authorization !== `Bearer ${accessKeyOf(cloud.name).secret}`) throw unauthorized();
  }

  private callOf(request: FastifyRequest): Call {
    const params = request.params as Readonly<Record<string, string>>;
    const region = this.cloud.region(params.region ?? '');
    if (!region) throw notFound(`region '${params.region ?? ''}'`);
    return {
      testbed: this.testbed,
      cloud: this.cloud,
      region,
      place: { cloud: this.cloud.name, region: region.region },
      params,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      body: request.body,
    };
  }
}

/** @throws ApiError invalid naming the first field that is wrong. */
export function readBody<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  if (Value.Check(schema, body)) return body;
  const problem = Value.Errors(schema, body).First();
  throw invalid(`${problem?.path.slice(1).replaceAll('/', '.') || 'body'}: ${problem?.message ?? 'invalid'}`);
}

const pageLength = 100;

/** A page of a list, from the cursor of the query on: `{"<name>": [...], "next": cursor or null}`. */
export function page({ testbed, place, query }: Call, name: string, things: readonly unknown[]): Answer {
  const start = Number(query.get('cursor') ?? '0');
  if (!Number.isInteger(start) || start < 0) throw invalid('cursor: not one of ours');
  const end = start + (shortPage(testbed, place) ?? pageLength);
  return { body: { [name]: things.slice(start, end), next: end < things.length ? String(end) : null } };
}

export function sendError(reply: FastifyReply, { status, code, message, retryAfter }: ApiError): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(status).send({ error: { code, message } });
}

/** What Fastify itself refuses, such as a body that is no JSON. */
export const asFramed = ({ statusCode = 500, message }: FastifyError): ApiError =>
  new ApiError(statusCode, statusCode < 500 ? 'invalid' : 'internal', message);

const unauthorized = (): ApiError => new ApiError(401, 'unauthorized', 'The token is not one of this cloud.');

function mishapError(mishap: Mishap): ApiError {
  switch (mishap.kind) {
    case 'rate-limit':
      return new ApiError(429, 'rate_limited', 'Too many requests.', mishap.retryAfter);
    case 'region-down':
      return new ApiError(503, 'unavailable', 'The region does not answer.');
    case 'server-error':
      return new ApiError(500, 'internal', 'Something went wrong here.');
    case 'revoked':
      return unauthorized();
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return new ApiError(403, 'quota_exceeded', error.message);
  return new ApiError(409, error.reason === 'no-capacity' ? 'no_capacity' : 'conflict', error.message);
}
