import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { FaultPlace } from '../../cloud/faults.js';
import type { KeptThings } from '../../cloud/kept-things.js';
import type { Testbed } from '../../testbed.js';
import { mishapAt } from '../mishap.js';
import { admit } from './authentication.js';
import { asFcoError, mishapError, notFound } from './fco-error.js';
import type { Job } from './jobs.js';
import { regionOfCluster, vdcCalled } from './places.js';
import type { ServerRecord } from './server-record.js';
import type { SshKey } from './ssh-keys.js';

/** What the face keeps beside what the cloud is made of. */
export interface Kept {
  readonly jobs: KeptThings<Job>;
  readonly servers: KeptThings<ServerRecord>;
  readonly sshKeys: KeptThings<SshKey>;
}

/** A request that somebody known has made. */
export interface Call {
  readonly testbed: Testbed;
  readonly kept: Kept;
  readonly cloud: Cloud;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Undefined where there is none, or none that came as JSON: the API ignores any other payload. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Versions of the API that the face speaks; `current` is the newest. */
const versions = ['current', '5.0'];

/** The user API of one cloud, below `/<cloud>/rest/user/<version>/`. */
export class UserApi {
  constructor(
    private readonly app: FastifyInstance,
    private readonly testbed: Testbed,
    private readonly kept: Kept,
    private readonly cloud: Cloud,
  ) {}

  on(method: Method, path: string, handler: Handler): void {
    this.app.route({
      method,
      url: `/${this.cloud.name}/rest/user/:version/${path}`,
      handler: (request, reply) => this.answer(`${method} ${path}`, handler, request, reply),
    });
  }

  private async answer(action: string, handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const { status = 200, body } = await handler(await this.call(action, request));
      return await reply.code(status).type('application/json').send(JSON.stringify(body));
    } catch (error) {
      const { status, code, message, retryAfter } = asFcoError(error);
      if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
      return reply.code(status).send({ errorCode: code, message });
    }
  }

  private async call(action: string, request: FastifyRequest): Promise<Call> {
    const { testbed, kept, cloud } = this;
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, placeOf(testbed, cloud, request), request);
    if (mishap) throw mishapError(mishap);
    const params = request.params as Readonly<Record<string, string>>;
    if (!versions.includes(params.version ?? '')) throw notFound(`Version ${params.version ?? ''}`);
    admit(testbed, cloud, request, action === 'GET authentication');
    return {
      testbed,
      kept,
      cloud,
      params,
      query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
      body: payloadOf(request),
    };
  }
}

/** A payload counts only where it is said to be JSON. */
const payloadOf = ({ headers, body }: FastifyRequest): unknown =>
  headers['content-type']?.startsWith('application/json') ? body : undefined;

const uuids = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** A request is for the region of the first thing that it names and that is in one. */
function placeOf({ fleet, volumes }: Testbed, cloud: Cloud, { raw, body }: FastifyRequest): FaultPlace {
  const text = `${raw.url ?? ''} ${JSON.stringify(body) || ''}`;
  const things = [...fleet.all(), ...volumes.all()].filter((thing) => thing.cloud === cloud.name);
  for (const [id] of text.matchAll(uuids)) {
    const region =
      regionOfCluster(cloud, id)?.region ??
      vdcCalled(cloud, id)?.region.region ??
      things.find((thing) => thing.id === id)?.region;
    if (region !== undefined) return { cloud: cloud.name, region };
  }
  return { cloud: cloud.name };
}
