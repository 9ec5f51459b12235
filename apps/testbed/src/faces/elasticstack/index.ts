import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { mishapAt } from '../mishap.js';
import { basicCredentials } from '../request.js';
import type { Answer, Call, Handler } from './call.js';
import { asFault, denied, ElasticFault, missing, mishapFault, postOnly } from './fault.js';
import { asLines, readPairs } from './pairs.js';
import { routes } from './routes.js';
import { openStores, type Stores } from './stores.js';

/** ElasticStack's HTTP API at `/<cloud>/<availability zone>/…`: lines or JSON, as the client wants it. */
export const face: Face = {
  name: 'elasticstack',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error.statusCode ?? 500;
      return sendFault(reply, new ElasticFault(status, status < 500 ? 'usage' : 'system', error.message));
    });
    const stores = openStores(testbed);
    for (const cloud of testbed.clouds.values()) if (cloud.face === 'elasticstack') serveCloud(app, { testbed, cloud, stores });
  },
  access: ({ name }, origin) => ({
    vendor: name,
    endpoint: `${origin}/${name}/{region}`,
    credentials: { user_uuid: userOf(name), api_key: accessKeyOf(name).secret },
  }),
};

const userOf = (cloud: string): string => uuidOf(`${cloud} user`);

interface Served {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly stores: Stores;
}

function serveCloud(app: FastifyInstance, served: Served): void {
  const add = (method: string, path: string, handler: Handler): void => {
    const handle = (request: FastifyRequest, reply: FastifyReply) => answer(served, `${method} ${path}`, handler, request, reply);
    app.route({ method, url: `/${served.cloud.name}/:zone${path}`, handler: handle });
  };
  for (const [command, handler] of Object.entries(routes)) {
    const [method = '', path = ''] = command.split(' ');
    add(method, path, handler);
    if (method === 'POST') add('GET', path, refuseGet);
  }
  for (const method of ['GET', 'POST']) add(method, '/*', unknownCommand);
}

const refuseGet: Handler = () => {
  throw postOnly();
};
const unknownCommand: Handler = () => {
  throw missing('command');
};

async function answer(
  served: Served,
  action: string,
  handler: Handler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    return await sendAnswer(request, reply, await handler(await admit(served, action, request)));
  } catch (error) {
    return await sendFault(reply, asFault(error));
  }
}

async function admit({ testbed, cloud, stores }: Served, action: string, request: FastifyRequest): Promise<Call> {
  const params = request.params as Readonly<Record<string, string>>;
  const { zone = '' } = params;
  const region = cloud.region(zone);
  const place = { cloud: cloud.name, region: zone };
  testbed.requests.add(cloud.name, action);
  const mishap = await mishapAt(testbed, place, request);
  if (mishap) throw mishapFault(mishap);
  const user = userOf(cloud.name);
  const given = basicCredentials(request);
  if (given?.user !== user || given.password !== accessKeyOf(cloud.name).secret) throw denied();
  if (!region) throw missing(`availability zone ${zone}`);
  const pairs = request.method === 'POST' ? readPairs(request) : {};
  return { testbed, cloud, region, place, stores, user, params, pairs };
}

function sendAnswer(request: FastifyRequest, reply: FastifyReply, told: Answer): FastifyReply {
  if (told === undefined) return reply.code(204).send();
  if (request.headers.accept?.includes('application/json') === true)
    return reply.type('application/json').send(JSON.stringify(contentOf(told)));
  return reply.type('text/plain; charset=utf-8').send(textOf(told));
}

type Told = NonNullable<Answer>;

function contentOf(told: Told): unknown {
  if ('thing' in told) return told.thing;
  return 'things' in told ? told.things : told.names;
}

function textOf(told: Told): string {
  if ('names' in told) return told.names.map((name) => `${name}\n`).join('');
  return asLines('thing' in told ? [told.thing] : told.things);
}

function sendFault(reply: FastifyReply, { status, word, message, retryAfter }: ElasticFault): FastifyReply {
  void reply.header('x-elastic-error', word);
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="API"');
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
