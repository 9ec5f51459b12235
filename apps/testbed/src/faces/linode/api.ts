import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { FaultPlace } from '../../cloud/faults.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import { mishapAt } from '../mishap.js';
import { asLinodeError, invalidToken, LinodeError, mishapError } from './errors.js';
import { regionOf } from './places.js';

/** A request that may be answered. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  /** The region it is about, where it says so. */
  readonly place: FaultPlace;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The header X-Filter, as it came. */
  readonly filter: string | undefined;
  readonly body: unknown;
}

/** Returns what is answered with status 200. @throws LinodeError or Refusal */
export type Handler = (call: Call) => unknown;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What everybody may see without a token: regions, types, public images (Linode API v4, Authentication). */
type Audience = 'everybody' | 'account';

/** The API of one cloud: `/<cloud>/v4`. */
export class Api {
  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly cloud: Cloud,
  ) {}

  route(method: Method, path: string, handler: Handler, audience: Audience = 'account'): void {
    this.app.route({
      method,
      url: `/${this.cloud.name}/v4${path}`,
      handler: (request, reply) => this.answer(`${method} ${path}`, { handler, audience }, request, reply),
    });
  }

  private async answer(
    action: string,
    { handler, audience }: { readonly handler: Handler; readonly audience: Audience },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    try {
      return await reply.send(handler(await this.admit(action, audience, request)));
    } catch (error) {
      return sendError(reply, asLinodeError(error));
    }
  }

  private async admit(action: string, audience: Audience, request: FastifyRequest): Promise<Call> {
    const { testbed, cloud } = this;
    const params = request.params as Readonly<Record<string, string>>;
    const region = regionOf({ testbed, cloud, params, body: request.body });
    const place = { cloud: cloud.name, ...(region === undefined ? {} : { region }) };
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, place, request);
    if (mishap) throw mishapError(mishap);
    checkToken(cloud, audience, request.headers.authorization);
    const filter = request.headers['x-filter'];
    return {
      testbed,
      cloud,
      place,
      params,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      filter: filter === undefined ? undefined : String(filter),
      body: jsonOf(request),
    };
  }
}

export function sendError(reply: FastifyReply, error: LinodeError): FastifyReply {
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(error.retryAfter));
  return reply.code(error.status).send(error.body);
}

/** A personal access token. One that is wrong is refused even where none is asked for. @throws LinodeError 401 */
function checkToken(cloud: Cloud, audience: Audience, authorization: string | undefined): void {
  if (authorization === undefined && audience === 'everybody') return;
  if (authorization !== `Bearer ${tokenOf(cloud)}`) throw invalidToken();
}

export const tokenOf = ({ name }: Cloud): string => accessKeyOf(name).secret;

/** @throws LinodeError 400 for a body that is not JSON. */
function jsonOf({ body }: FastifyRequest): unknown {
  if (Buffer.isBuffer(body)) throw new LinodeError(400, 'Content-Type must be application/json');
  return body;
}
