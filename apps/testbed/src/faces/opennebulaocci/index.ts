import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type Mishap, mishapAt } from '../mishap.js';
import { providedNetwork } from '../opennebula/provided.js';
import { basicCredentials, bodyText, originOf } from '../request.js';
import { createCompute, deleteCompute, listComputes, showCompute, updateCompute } from './computes.js';
import { type Handler, OcciError } from './occi-call.js';
import * as resources from './resources.js';

/** The OCCI server that came with OpenNebula up to 4.x, as of 3.8.4, at `/<cloud>`: not the OCCI of the Open Grid Forum. */
export const face: Face = {
  name: 'opennebulaocci',
  failedBoot: 'error',
  serve(app, testbed) {
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'opennebulaocci') continue;
      for (const [method, path, handler] of routes)
        app.route({
          method,
          url: `/${cloud.name}${path}`,
          handler: (request, reply) => answer({ testbed, cloud, handler, action: `${method} ${path}` }, request, reply),
        });
    }
  },
  access: ({ name }, origin) => ({
    vendor: name,
    endpoint: `${origin}/${name}`,
    credentials: passwordOf(name),
    network: providedNetwork.name,
  }),
};

const routes: readonly (readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, Handler])[] = [
  ['GET', '/', resources.listCollections],
  ['GET', '/instance_type', resources.listInstanceTypes],
  ['GET', '/instance_type/:id', resources.showInstanceType],
  ['GET', '/compute', listComputes],
  ['POST', '/compute', createCompute],
  ['GET', '/compute/:id', showCompute],
  ['PUT', '/compute/:id', updateCompute],
  ['DELETE', '/compute/:id', deleteCompute],
  ['GET', '/storage', resources.listStorages],
  ['GET', '/storage/:id', resources.showStorage],
  ['GET', '/network', resources.listNetworks],
  ['GET', '/network/:id', resources.showNetwork],
  ['GET', '/user', resources.listUsers],
  ['GET', '/user/:id', resources.showUser],
];

interface Served {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly handler: Handler;
  readonly action: string;
}

/** Everything is called HTML: the server never says of what type its answers are, and that is what Sinatra makes of it. */
async function answer(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  void reply.type('text/html;charset=utf-8');
  try {
    const { status, body } = await perform(served, request);
    return await reply.code(status).send(body);
  } catch (error) {
    if (!(error instanceof OcciError)) throw error;
    if (error instanceof Overload) void reply.header('retry-after', String(error.retryAfter));
    return reply.code(error.status).send(error.message);
  }
}

async function perform({ testbed, cloud, handler, action }: Served, request: FastifyRequest): Promise<ReturnType<Handler>> {
  testbed.requests.add(cloud.name, action);
  const [region] = cloud.profile.regions;
  const mishap = await mishapAt(testbed, { cloud: cloud.name, ...(region ? { region: region.region } : {}) }, request);
  if (mishap) throw stumble(mishap);
  if (!isOwn(cloud, request) || !region) throw new OcciError(401, '');
  const { id = '' } = request.params as { id?: string };
  const { verbose } = request.query as { verbose?: string };
  const base = `${originOf(request)}/${cloud.name}`;
  return handler({ testbed, cloud, region, base, id, isVerbose: verbose !== undefined, body: bodyText(request) });
}

/** OpenNebula keeps no passwords, only their SHA-1, and that is what the server wants of its clients. */
function isOwn(cloud: Cloud, request: FastifyRequest): boolean {
  const { username, password } = passwordOf(cloud.name);
  const given = basicCredentials(request);
  return given?.user === username && given.password === createHash('sha1').update(password).digest('hex');
}

class Overload extends OcciError {
  constructor(readonly retryAfter: number) {
    super(429, 'Too Many Requests');
  }
}

/** What a proxy before the server says. */
function stumble(mishap: Mishap): OcciError {
  if (mishap.kind === 'rate-limit') return new Overload(mishap.retryAfter);
  if (mishap.kind === 'revoked') return new OcciError(401, '');
  return mishap.kind === 'region-down' ? new OcciError(503, 'Service Unavailable') : new OcciError(500, 'Internal Server Error');
}
