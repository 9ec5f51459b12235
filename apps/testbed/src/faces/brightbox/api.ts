import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { mishapAt } from '../mishap.js';
import { originOf } from '../request.js';
import { asBrightboxError, BrightboxError, invalid, invalidToken, mishapError } from './errors.js';

/** A request with a good token. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  /** An endpoint serves one region. */
  readonly region: RegionProfile;
  /** Where things are: `<base>/servers/srv-…`. */
  readonly base: string;
  readonly id: string;
  readonly body: unknown;
}

export interface Answer {
  /** 200 when it is not given. */
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;

export class Api {
  readonly region: RegionProfile;

  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly cloud: Cloud,
  ) {
    this.region = regionOf(cloud);
  }

  route(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, handler: Handler): void {
    this.app.route({
      method,
      url: `/${this.cloud.name}/1.0${path}`,
      handler: (request, reply) => this.answer(`${method} ${path}`, handler, request, reply),
    });
  }

  private async answer(action: string, handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const { status = 200, body, headers = {} } = handler(await this.admit(action, request));
      return await reply.code(status).headers(headers).send(body);
    } catch (error) {
      return sendError(reply, asBrightboxError(error));
    }
  }

  private async admit(action: string, request: FastifyRequest): Promise<Call> {
    const { testbed, cloud, region } = this;
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
    if (mishap) throw mishapError(mishap, invalidToken);
    const [, token = ''] = /^(?:OAuth|Bearer) +(\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!testbed.sessions.isValid(token, cloud.name)) throw invalidToken();
    if (Buffer.isBuffer(request.body)) throw new BrightboxError(415, 'unsupported_media_type', 'Only JSON is understood');
    const { id = '' } = request.params as { id?: string };
    const base = `${originOf(request)}/${cloud.name}/1.0`;
    return { testbed, cloud, region, base, id, body: request.body };
  }
}

/** The only region of the cloud. @throws Error for a file of data/testbed without one. */
export function regionOf({ profile }: Cloud): RegionProfile {
  const [region] = profile.regions;
  if (!region) throw new Error(`${profile.vendor} has no region.`);
  return region;
}

/** @throws BrightboxError 422 naming the first field that is missing or wrong. */
export function readBody<Schema extends TSchema>(schema: Schema, { body }: Call): Static<Schema> {
  const given = body ?? {};
  if (Value.Check(schema, given)) return given;
  const problem = Value.Errors(schema, given).First();
  throw invalid(`${problem?.path.slice(1) || 'request'}: ${problem?.message ?? 'invalid'}`);
}

export function sendError(reply: FastifyReply, error: BrightboxError): FastifyReply {
  const { challenge, code, retryAfter } = error;
  if (challenge === 'OAuth') void reply.header('www-authenticate', `OAuth error="${code}"`);
  if (challenge === 'Basic') void reply.header('www-authenticate', 'Basic realm="brightbox"');
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(error.status).send(error.body);
}
