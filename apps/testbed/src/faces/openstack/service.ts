import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';
import { mishapAt } from '../mishap.js';
import { originOf } from '../request.js';
import type { Dialect, ServiceType } from './dialect.js';
import { asFault, badRequest, type FaultShape, mishapFault, notFound, novaShape, OpenStackFault, unauthorized } from './fault.js';
import { identityOf } from './identity.js';

/** A request to one service of one region, its token checked. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  readonly dialect: Dialect;
  /** The address of the service in this region, without its version. */
  readonly base: string;
  /** The same with its version. */
  readonly root: string;
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

/** Where services are served, and for which clouds. */
export interface Served {
  readonly app: FastifyInstance;
  readonly testbed: Testbed;
  readonly dialect: Dialect;
}

export interface ServiceOptions extends Served {
  readonly type: ServiceType;
  readonly faults: FaultShape;
  /** Reads the microversion asked for. @throws OpenStackFault 406 */
  readonly microversionOf?: (request: FastifyRequest) => number;
  /** Headers that tell the microversion answered with. */
  readonly microversionHeaders?: (microversion: number) => Readonly<Record<string, string>>;
}

/** One OpenStack service of every cloud that wears this face: its routes lie below `/<cloud>/<region>/<name><version>`. */
export class Service {
  private readonly name: string;
  private readonly version: string;

  constructor(private readonly options: ServiceOptions) {
    ({ name: this.name, version: this.version } = options.dialect.services[options.type]);
  }

  /** What the service says of all its versions. */
  versions(handler: Handler): void {
    this.route('GET', '', handler);
  }

  /** What it says of this version. */
  about(handler: Handler): void {
    this.route('GET', this.version.replace('/:project', ''), handler);
  }

  get(path: string, handler: Handler): void {
    this.route('GET', this.version + path, handler, path);
  }

  post(path: string, handler: Handler): void {
    this.route('POST', this.version + path, handler, path);
  }

  put(path: string, handler: Handler): void {
    this.route('PUT', this.version + path, handler, path);
  }

  delete(path: string, handler: Handler): void {
    this.route('DELETE', this.version + path, handler, path);
  }

  private route(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, handler: Handler, action = path): void {
    this.options.app.route({
      method,
      url: `/:cloud/:region/${this.name}${path}`,
      handler: (request, reply) => this.answer(`${method} ${action}`, handler, request, reply),
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
    const { testbed, dialect, microversionOf } = this.options;
    const params = request.params as Readonly<Record<string, string>>;
    const cloud = cloudWith(dialect, testbed, params.cloud);
    const region = cloud.region(params.region ?? '');
    if (!region) throw notFound('The resource could not be found.');
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name, region: region.region }, request);
    if (mishap) throw mishapFault(mishap, dialect);
    checkToken(testbed, cloud, request);
    checkProject(cloud, params);
    const base = `${originOf(request)}/${cloud.name}/${region.region}/${this.name}`;
    return {
      testbed,
      cloud,
      region,
      dialect,
      base,
      root: base + this.version.replace(':project', identityOf(cloud).project.id),
      params,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      body: request.body,
      microversion: microversionOf?.(request) ?? 1,
    };
  }
}

/** @throws OpenStackFault 401 */
function checkToken({ sessions }: Testbed, { name }: Cloud, { headers }: FastifyRequest): void {
  if (!sessions.isValid(String(headers['x-auth-token'] ?? ''), name)) throw unauthorized();
}

/** Where the project is part of the address it has to be the token's. @throws OpenStackFault 400 */
function checkProject(cloud: Cloud, { project }: Readonly<Record<string, string>>): void {
  if (project !== undefined && project !== identityOf(cloud).project.id) throw badRequest('Malformed request url');
}

export const placeOf = ({ cloud, region }: Pick<Call, 'cloud' | 'region'>): Place => ({
  cloud: cloud.name,
  region: region.region,
});

/** The address of a service in a region, as the catalogue of its cloud has it. */
export function cataloguedAt({ services }: Dialect, cloud: Cloud, region: string, type: ServiceType, origin: string): string {
  const { name, version, unversioned = false } = services[type];
  return `${origin}/${cloud.name}/${region}/${name}${unversioned ? '' : version.replace(':project', identityOf(cloud).project.id)}`;
}

/** @throws OpenStackFault 404 */
export function cloudWith({ face }: Dialect, testbed: Testbed, name: string | undefined): Cloud {
  const cloud = testbed.clouds.get(name ?? '');
  if (cloud?.face === face) return cloud;
  throw notFound('The resource could not be found.');
}

/** What goes wrong before a service sees the request, as Nova would say it. */
export function sayErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, _request, reply) =>
    sendFault(reply, new OpenStackFault(error.statusCode ?? 500, error.message), novaShape),
  );
}

export function sendFault(reply: FastifyReply, fault: OpenStackFault, shape: FaultShape): FastifyReply {
  const { type, body } = shape(fault);
  if (fault.retryAfter !== undefined) void reply.header('retry-after', String(fault.retryAfter));
  if (fault.status === 401) void reply.header('www-authenticate', 'Keystone uri="/v3"');
  return reply.code(fault.status).type(type).send(body);
}
