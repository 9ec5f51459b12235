import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Face } from '../face.js';
import { mishapAt, shortPage } from '../mishap.js';
import { bodyText } from '../request.js';
import { type Call, type Handler, required } from './call.js';
import { asFault, GoGridFault, invalid, mishapFault, notFound } from './fault.js';
import { deleteImage, getImages, listImages, saveImage } from './images.js';
import { Ips, listIps } from './ips.js';
import { getJobs, listJobs } from './jobs.js';
import { datacentersOf, lookups } from './options.js';
import { pageOf } from './paging.js';
import { listPasswords } from './passwords.js';
import { addServer, deleteServer, editServer, getServers, listServers, powerServer } from './servers.js';
import { verifySignature } from './signature.js';

/** GoGrid's API up to version 1.9 at `/<cloud>/api/…`: JSON, by GET or POST. */
export const face: Face = {
  name: 'gogrid',
  failedBoot: 'error',
  serve(app, testbed) {
    app.setErrorHandler((error: FastifyError, request, reply) =>
      sendFault(reply, request.url, new GoGridFault(error.statusCode ?? 500, 'UnexpectedErrorException', error.message)),
    );
    const ips = new Ips(testbed);
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'gogrid') continue;
      app.route({
        method: ['GET', 'POST'],
        url: `/${cloud.name}/api/*`,
        handler: (request, reply) => answer({ testbed, cloud, ips }, request, reply),
      });
    }
  },
  access: ({ name }, origin) => ({
    vendor: 'gogrid',
    endpoint: `${origin}/${name}/api`,
    credentials: { api_key: accessKeyOf(name).id, secret: accessKeyOf(name).secret },
  }),
};

const lookUp: Handler = (call) => {
  const wanted = required(call, 'lookup');
  const tables = lookups(call.cloud);
  const found = Object.hasOwn(tables, wanted) ? tables[wanted] : undefined;
  if (!found) throw notFound();
  return found;
};

const methods: Readonly<Record<string, Handler>> = {
  'common/lookup/list': lookUp,
  'grid/image/list': listImages,
  'grid/image/get': getImages,
  'grid/image/save': saveImage,
  'grid/image/delete': deleteImage,
  'grid/ip/list': listIps,
  'grid/server/list': listServers,
  'grid/server/get': getServers,
  'grid/server/add': addServer,
  'grid/server/edit': editServer,
  'grid/server/power': powerServer,
  'grid/server/delete': deleteServer,
  'grid/job/list': listJobs,
  'grid/job/get': getJobs,
  'support/password/list': listPasswords,
};

async function answer(served: Omit<Call, 'params'>, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const method = (request.params as { '*': string })['*'].replace(/\/$/, '');
  try {
    const { testbed, cloud } = served;
    const call = { ...served, params: paramsOf(request) };
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    testbed.requests.add(cloud.name, handler ? method : 'unknown');
    const place = placeOf(testbed, cloud, call.params);
    const mishap = await mishapAt(testbed, place, request);
    if (mishap) throw mishapFault(mishap);
    verifySignature(cloud, call.params, testbed.clock.now());
    checkVersion(call);
    if (!handler) throw new GoGridFault(404, 'NoSuchMethodException', `There is no method ${method}.`);
    const { summary, list } = pageOf(handler(call), call.params, shortPage(testbed, place));
    return await reply.send({ summary, status: 'success', method: `/${method}`, list });
  } catch (error) {
    return sendFault(reply, `/${method}`, asFault(error));
  }
}

function paramsOf(request: FastifyRequest): URLSearchParams {
  const params = new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '');
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (isForm) for (const [name, value] of new URLSearchParams(bodyText(request))) params.append(name, value);
  return params;
}

/** Where the thing is that a request is about, as far as it can be known before the request is looked at. */
function placeOf(testbed: Testbed, cloud: Cloud, params: URLSearchParams): { cloud: string; region?: string } {
  const named = params.get('datacenter');
  const datacenter = datacentersOf(cloud).find(({ option: { id, name } }) => name === named || String(id) === named);
  const server = testbed.fleet.get(params.get('id') ?? params.get('server') ?? '');
  const region = datacenter?.region ?? (server?.cloud === cloud.name ? server.region : undefined);
  return { cloud: cloud.name, ...(region === undefined ? {} : { region }) };
}

function checkVersion(call: Call): void {
  const version = required(call, 'v');
  if (!/^1\.[0-9]$/.test(version)) throw invalid(`The version ${version} is not supported.`);
  const format = call.params.get('format') ?? 'json';
  if (format !== 'json') throw invalid(`The testbed answers in JSON only, not in ${format}.`);
}

function sendFault(reply: FastifyReply, method: string, { status, code, message, retryAfter }: GoGridFault): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return reply.code(status).send({
    summary: { total: 1, start: 0, numpages: 0, returned: 1 },
    status: 'failure',
    method,
    list: [{ object: 'error', errorcode: code, message }],
  });
}
