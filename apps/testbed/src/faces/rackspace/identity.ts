import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Session } from '../../cloud/sessions.js';
import { passwordOf } from '../credentials.js';
import { mishapAt } from '../mishap.js';
import { asFault, badRequest, mishapFault, OpenStackFault } from '../openstack/fault.js';
import { identityOf } from '../openstack/identity.js';
import { cloudWith, type Served, sendFault } from '../openstack/service.js';
import { originOf } from '../request.js';
import { catalogueOf } from './catalogue.js';
import { identityShape } from './fault.js';

const Tenant = { tenantId: Type.Optional(Type.String()), tenantName: Type.Optional(Type.String()) };
const ByKey = Type.Object({
  ...Tenant,
  'RAX-KSKEY:apiKeyCredentials': Type.Object({ username: Type.String(), apiKey: Type.String() }),
});
const ByPassword = Type.Object({
  ...Tenant,
  passwordCredentials: Type.Object({ username: Type.String(), password: Type.String() }),
});
const Body = Type.Object({ auth: Type.Union([ByKey, ByPassword]) });
type Auth = Static<typeof Body>['auth'];

/** Rackspace Cloud Identity v2.0 at `/<cloud>/identity/v2.0`: tokens for an API key or a password, and the one tenant. */
export function serveIdentity(served: Served): void {
  const { app, testbed } = served;
  app.post('/:cloud/identity/v2.0/tokens', (request, reply) =>
    answer(served, 'POST /tokens', request, reply, (cloud) => {
      const way = authenticate(cloud, request.body);
      return { access: accessView(served, cloud, testbed.sessions.issue(cloud.name), way, originOf(request)) };
    }),
  );
  app.get('/:cloud/identity/v2.0/tenants', (request, reply) =>
    answer(served, 'GET /tenants', request, reply, (cloud) => {
      if (!testbed.sessions.isValid(String(request.headers['x-auth-token'] ?? ''), cloud.name))
        throw new OpenStackFault(401, 'No valid token provided. Please use the "X-Auth-Token" header with a valid token.');
      return { tenants: [{ ...tenantOf(cloud), enabled: true }] };
    }),
  );
}

async function answer(
  { testbed, dialect }: Served,
  action: string,
  request: FastifyRequest,
  reply: FastifyReply,
  ask: (cloud: Cloud) => unknown,
): Promise<FastifyReply> {
  try {
    const cloud = cloudWith(dialect, testbed, (request.params as { cloud: string }).cloud);
    testbed.requests.add(cloud.name, action);
    const mishap = await mishapAt(testbed, { cloud: cloud.name }, request);
    if (mishap?.kind === 'revoked') throw unknownUser();
    if (mishap) throw mishapFault(mishap, dialect);
    return await reply.send(ask(cloud));
  } catch (error) {
    return sendFault(reply, asFault(error), identityShape);
  }
}

/** How the user has proved who he is. @throws OpenStackFault 400 or 401 */
function authenticate(cloud: Cloud, body: unknown): 'APIKEY' | 'PASSWORD' {
  if (!Value.Check(Body, body))
    throw badRequest('Invalid request body: unable to parse Auth data. Please review XML or JSON formatting.');
  const { auth } = body;
  const { username, password } = passwordOf(cloud.name);
  const given = credentialsOf(auth);
  if (given.username !== username || given.secret !== password) throw unknownUser();
  const { id } = tenantOf(cloud);
  if ((auth.tenantId ?? id) !== id || (auth.tenantName ?? id) !== id)
    throw new OpenStackFault(
      401,
      `Tenant with Name/Id: '${auth.tenantId ?? auth.tenantName ?? ''}' is not valid for User '${username}'`,
    );
  return given.way;
}

function credentialsOf(auth: Auth) {
  if ('passwordCredentials' in auth) {
    const { username, password } = auth.passwordCredentials;
    return { username, secret: password, way: 'PASSWORD' as const };
  }
  const { username, apiKey } = auth['RAX-KSKEY:apiKeyCredentials'];
  return { username, secret: apiKey, way: 'APIKEY' as const };
}

const unknownUser = (): OpenStackFault => new OpenStackFault(401, 'Unable to authenticate user with credentials provided.');

/** A tenant is called by its number. */
function tenantOf(cloud: Cloud): { id: string; name: string } {
  const { id } = identityOf(cloud).project;
  return { id, name: id };
}

function accessView({ dialect }: Served, cloud: Cloud, token: Session, way: string, origin: string) {
  return {
    token: {
      id: token.id,
      expires: new Date(token.expiresAt).toISOString(),
      tenant: tenantOf(cloud),
      'RAX-AUTH:authenticatedBy': [way],
    },
    serviceCatalog: catalogueOf(dialect, cloud, tenantOf(cloud).id, origin),
    user: {
      ...identityOf(cloud).user,
      'RAX-AUTH:defaultRegion': cloud.profile.regions[0]?.region ?? '',
      roles: [{ id: '3', name: 'identity:user-admin', description: 'User Admin Role.' }],
    },
  };
}
