import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { Face } from '../face.js';
import { type Mishap, mishapAt } from '../mishap.js';
import { bodyText, originOf } from '../request.js';
import { type Method, ownUser } from './call.js';
import { creationMethods } from './create-vm.js';
import { imageMethods } from './images.js';
import { infrastructureMethods } from './infrastructure.js';
import { networkMethods } from './networks.js';
import { OneError, Words } from './one-error.js';
import { providedNetwork } from './provided.js';
import { Release } from './release.js';
import { answerDocument, faultDocument, noSuchMethod, readCall, RpcFault, typeFault } from './rpc.js';
import { actionMethods } from './vm-actions.js';
import { diskMethods } from './vm-disks.js';
import { nicMethods } from './vm-nics.js';
import { VmRecords } from './vm-record.js';
import { vmMethods } from './vms.js';

/** OpenNebula's XML-RPC at `/<cloud>/RPC2`, of the release that the cloud's description names. */
export const face: Face = {
  name: 'opennebula',
  failedBoot: 'error',
  serve(app, testbed) {
    const records = new VmRecords(testbed.disk);
    const methods: ReadonlyMap<string, Method> = new Map(
      Object.entries({
        ...infrastructureMethods,
        ...imageMethods,
        ...networkMethods,
        ...vmMethods(records),
        ...creationMethods(records),
        ...actionMethods(records),
        ...diskMethods(records),
        ...nicMethods(records),
      }),
    );
    for (const cloud of testbed.clouds.values()) {
      if (cloud.face !== 'opennebula') continue;
      const served = { testbed, cloud, methods, release: new Release(cloud.profile.release) };
      app.post(`/${cloud.name}/RPC2`, (request, reply) => answer(served, request, reply));
    }
  },
  access: ({ name }, origin) => ({
    vendor: name,
    endpoint: `${origin}/${name}/RPC2`,
    credentials: passwordOf(name),
    network: providedNetwork.name,
  }),
};

interface Served {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly methods: ReadonlyMap<string, Method>;
  readonly release: Release;
}

async function answer(served: Served, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!/^text\/xml\b/.test(request.headers['content-type'] ?? ''))
    return reply.code(400).type('text/html').send('<html><body>Content-type must be text/xml.</body></html>');
  void reply.type('text/xml; charset=utf-8');
  try {
    const call = readCall(bodyText(request));
    served.testbed.requests.add(served.cloud.name, call.method);
    const [region] = served.cloud.profile.regions;
    const place = { cloud: served.cloud.name, ...(region ? { region: region.region } : {}) };
    const mishap = await mishapAt(served.testbed, place, request);
    if (mishap && mishap.kind !== 'revoked') return await stumble(mishap, reply);
    const value = perform(served, call, `${originOf(request)}/${served.cloud.name}/RPC2`, mishap !== null);
    return await reply.send(answerDocument(true, value, 0));
  } catch (error) {
    if (error instanceof RpcFault) return reply.send(faultDocument(error));
    if (error instanceof OneError) return reply.send(answerDocument(false, error.message, error.code));
    throw error;
  }
}

/** What a proxy before the server says: OpenNebula's own has no words for it. */
function stumble(mishap: Mishap, reply: FastifyReply): FastifyReply {
  void reply.type('text/html');
  if (mishap.kind === 'rate-limit')
    return reply.code(429).header('retry-after', String(mishap.retryAfter)).send('<html><body>Too Many Requests</body></html>');
  const status = mishap.kind === 'region-down' ? 503 : 500;
  return reply.code(status).send(`<html><body>${status === 503 ? 'Service Unavailable' : 'Internal Server Error'}</body></html>`);
}

/** @throws RpcFault, OneError */
function perform(
  { testbed, cloud, methods, release }: Served,
  { method, params }: ReturnType<typeof readCall>,
  endpoint: string,
  isRevoked: boolean,
): string | number {
  const run = methods.get(method);
  const [region] = cloud.profile.regions;
  const [session, ...args] = params;
  if (!run || !region) throw noSuchMethod(method);
  if (typeof session !== 'string') throw typeFault('Not enough parameters');
  const words = new Words(release, method, ownUser);
  const { username, password } = passwordOf(cloud.name);
  release.check(method, args);
  if (isRevoked || session !== `${username}:${password}`) throw words.unauthenticated();
  try {
    return run({ testbed, cloud, region, release, words, args, endpoint });
  } catch (error) {
    throw error instanceof Refusal ? words.refused(error) : error;
  }
}
