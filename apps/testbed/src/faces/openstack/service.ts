import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { mishapAt } from '../mishap.js';
import { originOf } from '../request.js';
import { asFault, type FaultShape, mishapFault, notFound, type OpenStackFault, unauthorized } from './fault.js';

/** A request to one service of one region, its token checked. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  /** The address of the service in this region, without its version. */
  readonly base: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The number after `2.`; 1 where the service has no microversions. */
  readonly microversion: number;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (call: Call) => Answer;

export interface ServiceOptions {
  readonly app: FastifyInstance;
  readonly testbed: Testbed;
  /** What follows the region in its addresses, e.g. `compute`. */
  readonly name: string;
  readonly faults: FaultShape;
  /** Reads the microversion asked for. @throws OpenStackFault 406 */
  readonly microversionOf?: (request: FastifyRequest) => number;
  /** Headers that tell the microversion answered with. */
  readonly microversionHeaders?: (microversion: number) => Readonly<Record<string, string>>;
}

/** One OpenStack service of every cloud that wears this face: its routes lie below `/<cloud>/<region>/<name>`. */
export class Service {
  constructor(private readonly options: ServiceOptions) {}

  get(path: string, handler: Handler): void {
    this.route('GET', path, handler);
  }

  post(path: string, handler: Handler): void {
    this.route('POST', path, handler);
  }

  put(path: string, handler: Handler): void {
    this.route('PUT', path, handler);
  }

  delete(path: string, handler: Handler): void {
    this.route('DELETE', path, handler);
  }

  private route(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, handler: Handler): void {
    this.options.app.route({
      method,
      url: `/:cloud/:region/${this.options.name}${path}`,
      handler: (request, reply) =>
        this.answer(`${method} ${path.replace(/^\/v[\d.]+(\/:project)?(?=\/)/, '')}`, handler, request, reply),
    });
  }

  private async answer(action: string, handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const call = await this.admit(action, request);
      const { status = 200, body, headers = {} } = handler(call);
      const versions = this.options.microversionHeaders?.(call.microversion) ?? {};
      return await reply
        .code(status)
        .headers({ ...versions, ...headers })
        .send(body);
    } catch (error) {
      return sendFault(reply, asFault(error), this.options.faults);
    }
  }

  private async admit(action: string, request: FastifyRequest): Promise<Call> {
    const { testbed, name, microversionOf } = this.options;
    const params = request.params as Readonly<Record<string, string>>;
    const cloud = openStackCloud(testbed, params.cloud);
    const region = cloud.region(params.region ?? '');
    if (!region) throw notFound('The resource could not be found.');
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
    if (mishap) throw mishapFault(mishap);
    if (!testbed.sessions.isValid(String(request.headers['x-auth-token'] ?? ''), cloud.name)) throw unauthorized();
    return {
      testbed,
      cloud,
      region,
      base: `${originOf(request)}/${cloud.name}/${region.region}/${name}`,
      params,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      body: request.body,
      microversion: microversionOf?.(request) ?? 1,
    };
  }
}

/** @throws OpenStackFault 404 */
export function openStackCloud(testbed: Testbed, name: string | undefined): Cloud {
  const cloud = testbed.clouds.get(name ?? '');
  if (cloud?.face === 'openstack') return cloud;
  throw notFound('The resource could not be found.');
}

export function sendFault(reply: FastifyReply, fault: OpenStackFault, shape: FaultShape): FastifyReply {
  const { type, body } = shape(fault);
  if (fault.retryAfter !== undefined) void reply.header('retry-after', String(fault.retryAfter));
  if (fault.status === 401) void reply.header('www-authenticate', 'Keystone uri="/v3"');
  return reply.code(fault.status).type(type).send(body);
}
