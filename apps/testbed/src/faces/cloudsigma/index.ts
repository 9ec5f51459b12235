import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { mishapAt, shortPage } from '../mishap.js';
import { basicCredentials, originOf } from '../request.js';
import { burstLevels } from './account.js';
import type { Answer, Call, Handler } from './call.js';
import { asFault, CloudSigmaFault, mishapFault, notFound, unauthorized } from './fault.js';
import { pageOf } from './paging.js';
import { routes } from './routes.js';
import { openStores, type Stores } from './stores.js';

/** CloudSigma API 2.0 at `/<cloud>/<location>/api/2.0/…`: JSON only. */
export const face: Face = {
  name: 'cloudsigma',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error.statusCode ?? 500;
      return sendFault(reply, new CloudSigmaFault(status, status < 500 ? 'validation' : 'backend', error.message));
    });
    const stores = openStores(testbed);
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face === 'cloudsigma') serveCloud(app, { testbed, cloud, stores });
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'cloudsigma',
    endpoint: `${origin}/${name}/{region}/api/2.0`,
    credentials: passwordOf(name),
  }),
};

interface Served {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly stores: Stores;
}

function serveCloud(app: FastifyInstance, served: Served): void {
  for (const [action, handler] of Object.entries(routes)) {
    const [method = 'GET', path = ''] = action.split(' ');
    app.route({
      method,
      url: `/${served.cloud.name}/:region/api/2.0${path}`,
      handler: (request, reply) => answer(served, action, handler, { request, reply }),
    });
  }
}

async function answer(
  served: Served,
  action: string,
  handler: Handler,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  try {
    const call = await admit(served, action, request);
    const { status = 200, body } = paged(call, action, handler(call));
    return await reply.code(status).send(body);
  } catch (error) {
    return sendFault(reply, asFault(error));
  }
}

async function admit({ testbed, cloud, stores }: Served, action: string, request: FastifyRequest): Promise<Call> {
  testbed.requests.add(cloud.name, action);
  const { region: name = '', uuid = '' } = request.params as { region?: string; uuid?: string };
  const region = cloud.region(name);
  if (!region) throw notFound(name);
  const mishap = await mishapAt(testbed, { cloud: cloud.name, region: name }, request);
  if (mishap) throw mishapFault(mishap);
  const { username, password } = passwordOf(cloud.name);
  const given = basicCredentials(request);
  if (given?.user !== username || given.password !== password) throw unauthorized();
  checkFormat(request);
  return {
    ...{ testbed, cloud, region, stores, uuid },
    base: `/${cloud.name}/${name}/api/2.0`,
    origin: originOf(request),
    query: new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''),
    body: request.body,
  };
}

/** Data Format: what has a body says what it is; XML is not spoken here. */
function checkFormat({ headers, body }: FastifyRequest): void {
  const accepted = headers.accept ?? '*/*';
  if (!/application\/json|\*\/\*/.test(accepted))
    throw new CloudSigmaFault(406, 'validation', `The content type ${accepted} is not supported.`);
  if (body !== undefined && body !== null && headers['content-type']?.startsWith('application/json') !== true)
    throw new CloudSigmaFault(400, 'validation', `The content type ${String(headers['content-type'])} is not supported.`);
}

/** Lists come in pages, and that of the prices with the burst levels beside it. */
function paged(call: Call, action: string, { body, ...rest }: Answer): Answer {
  if (!Array.isArray(body)) return { ...rest, body };
  const page = pageOf(
    body as readonly object[],
    call.query,
    shortPage(call.testbed, { cloud: call.cloud.name, region: call.region.region }),
  );
  return { ...rest, body: action === 'GET /pricing/' ? { ...page, ...burstLevels(call.cloud.profile.unitPrices) } : page };
}

function sendFault(reply: FastifyReply, { status, type, message, point, retryAfter }: CloudSigmaFault): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="users"');
  return reply.code(status).send([{ error_message: message, error_point: point, error_type: type }]);
}
