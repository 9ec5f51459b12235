import { reasonOf } from '@cloud-agency/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type Mishap, mishapAt } from '../mishap.js';
import { bodyText } from '../request.js';
import { type Store, zoneIdOf } from './call.js';
import { commands, responseNameOf } from './commands/index.js';
import { CloudStackFault, failed, overLimit, unauthorized } from './fault.js';
import { KeptThings } from './kept-things.js';
import { Params } from './params.js';
import { serialize } from './serialize.js';
import { verifySignature } from './signature.js';

/** The CloudStack API as of 4.19, to a user: `/<cloud>/client/api`. Every region of the testbed's cloud is a zone of CloudStack's. */
export const face: Face = {
  name: 'cloudstack',
  failedBoot: 'error',
  serve(app, testbed) {
    const store: Store = {
      jobs: new KeptThings(testbed.disk, 'cloudstack-job'),
      addresses: new KeptThings(testbed.disk, 'cloudstack-address'),
      snapshots: new KeptThings(testbed.disk, 'cloudstack-snapshot'),
      expunged: new KeptThings(testbed.disk, 'cloudstack-expunged'),
      placed: new KeptThings(testbed.disk, 'cloudstack-placed'),
    };
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'cloudstack') continue;
      app.route({
        method: ['GET', 'POST'],
        url: `/${cloud.name}/client/api`,
        handler: (request, reply) => answer({ testbed, store, cloud }, request, reply),
      });
    }
  },
  access({ name }, origin) {
    const { id, secret } = accessKeyOf(name);
    return {
      vendor: 'cloudstack',
      endpoint: `${origin}/${name}/client/api`,
      credentials: { api_key: id, secret_key: secret },
    };
  },
};

interface Served {
  readonly testbed: Testbed;
  readonly store: Store;
  readonly cloud: Cloud;
}

async function answer(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  const params = new Params(parameters);
  const json = params.get('response')?.toLowerCase() === 'json';
  try {
    const content = await perform(served, request, parameters);
    const { type, body } = serialize(responseNameOf(params.command), content, json);
    return await reply.type(type).send(body);
  } catch (error) {
    if (error instanceof ProxyPage) return reply.code(error.status).type('text/html').send(error.message);
    const fault = asFault(error);
    const content = { uuidList: [], errorcode: fault.code, cserrorcode: fault.csCode, errortext: fault.message };
    const { type, body } = serialize(responseNameOf(params.command), content, json);
    if (fault.retryAfter !== undefined) void reply.header('retry-after', String(fault.retryAfter));
    return reply.code(fault.code).type(type).send(body);
  }
}

async function perform(served: Served, request: FastifyRequest, parameters: readonly (readonly [string, string])[]) {
  const { testbed, cloud } = served;
  const params = new Params(parameters);
  testbed.requests.add(cloud.name, params.command === '' ? '(no command)' : params.command);
  const mishap = await mishapAt(testbed, placeOf(served, params), request);
  if (mishap) throw mishapFault(mishap);
  verifySignature(parameters, accessKeyOf(cloud.name), testbed.clock.now());
  const run = commands.get(params.command);
  if (!run)
    throw new CloudStackFault(432, `The given command '${params.command}' either does not exist, is not available for user.`);
  return run({ ...served, params, method: request.method });
}

/** Where a request is meant for, as far as its parameters tell. */
function placeOf({ testbed, cloud }: Served, params: Params) {
  const machine = testbed.fleet.get(params.get('virtualmachineid') ?? params.get('id') ?? '');
  const zone = cloud.profile.regions.find(({ region }) => zoneIdOf(cloud.name, region) === params.get('zoneid'));
  const region = zone?.region ?? machine?.region;
  return { cloud: cloud.name, ...(region === undefined ? {} : { region }) };
}

/** Those of the query and, for a form, of the body: a servlet makes no difference between them. */
function parametersOf(request: FastifyRequest): readonly (readonly [string, string])[] {
  const query = request.raw.url?.split('?', 2)[1] ?? '';
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return [...new URLSearchParams(query), ...new URLSearchParams(isForm ? bodyText(request) : '')];
}

/** What the servlet container or the balancer before it says: no word of CloudStack's own. */
class ProxyPage extends Error {
  constructor(
    readonly status: number,
    title: string,
  ) {
    super(`<html><head><title>Error ${status} ${title}</title></head><body><h2>HTTP ERROR ${status} ${title}</h2></body></html>`);
  }
}

const plainMishaps = {
  'region-down': () => new ProxyPage(503, 'Service Unavailable'),
  'server-error': () => new ProxyPage(500, 'Server Error'),
  revoked: unauthorized,
};

function mishapFault(mishap: Mishap): Error {
  if (mishap.kind !== 'rate-limit') return plainMishaps[mishap.kind]();
  // ApiRateLimitServiceImpl.throwExceptionDueToApiRateLimitReached
  return new CloudStackFault(
    429,
    `The given user has reached his/her account api limit, please retry after ${mishap.retryAfter * 1000} ms.`,
    9999,
    mishap.retryAfter,
  );
}

/** What no command has said in words of its own. */
function asFault(error: unknown): CloudStackFault {
  if (error instanceof CloudStackFault) return error;
  if (!(error instanceof Refusal)) return failed(reasonOf(error));
  if (error.reason === 'quota') return overLimit('user_vm');
  if (error.reason === 'no-capacity') return new CloudStackFault(533, error.message, 4345);
  return new CloudStackFault(431, error.message, 4350);
}
