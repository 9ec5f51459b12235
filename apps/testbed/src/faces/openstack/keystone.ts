import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Cloud } from '../../cloud/cloud.js';
import type { Session } from '../../cloud/sessions.js';
import { passwordOf } from '../credentials.js';
import { mishapAt } from '../mishap.js';
import { originOf } from '../request.js';
import type { Dialect, ServiceType } from './dialect.js';
import { asFault, badRequest, keystoneShape, mishapFault, unauthorized } from './fault.js';
import { hex, identityOf } from './identity.js';
import { cloudWith, cataloguedAt, type Served, sendFault } from './service.js';

const Named = Type.Object({ id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) });
const InDomain = Type.Object({ domain: Type.Optional(Named) });
const User = Type.Composite([Named, InDomain, Type.Object({ password: Type.String() })]);
const Project = Type.Composite([Named, InDomain]);
const Scope = Type.Union([Type.Literal('unscoped'), Type.Object({ project: Type.Optional(Project) })]);
const Identity = Type.Object({ methods: Type.Array(Type.String()), password: Type.Optional(Type.Object({ user: User })) });
const Credentials = Type.Object({ auth: Type.Object({ identity: Identity, scope: Type.Optional(Scope) }) });

const services: readonly { readonly type: string; readonly name: string; readonly service: ServiceType | null }[] = [
  { type: 'identity', name: 'keystone', service: null },
  { type: 'compute', name: 'nova', service: 'compute' },
  { type: 'image', name: 'glance', service: 'image' },
  { type: 'network', name: 'neutron', service: 'network' },
  // One service under the name of its protocol's version and under the one for all.
  { type: 'volumev3', name: 'cinderv3', service: 'volume' },
  { type: 'block-storage', name: 'cinder', service: 'volume' },
];

/** Keystone v3 of every OpenStack cloud at `/<cloud>/identity/v3`: password authentication, scoped to the one project or unscoped. */
export function serveKeystone({ app, testbed, dialect }: Served): void {
  app.get('/:cloud/identity/v3', (request) => ({
    version: {
      id: 'v3.14',
      status: 'stable',
      'media-types': [],
      links: [{ rel: 'self', href: `${originOf(request)}${request.raw.url ?? ''}` }],
    },
  }));
  app.post('/:cloud/identity/v3/auth/tokens', async (request, reply) => {
    try {
      const cloud = cloudWith(dialect, testbed, (request.params as { cloud: string }).cloud);
      testbed.requests.add(cloud.name, 'POST /auth/tokens');
      const mishap = await mishapAt(testbed, { cloud: cloud.name }, request);
      if (mishap) throw mishapFault(mishap, dialect);
      const scoped = authenticate(cloud, request.body);
      const token = testbed.sessions.issue(cloud.name, 'gAAAAA');
      return await reply
        .code(201)
        .header('x-subject-token', token.id)
        .send({ token: tokenView(cloud, dialect, token, scoped ? originOf(request) : null) });
    } catch (error) {
      return sendFault(reply, asFault(error), keystoneShape);
    }
  });
}

/** True when the token is to be scoped to the project. @throws OpenStackFault 400 or 401 */
function authenticate(cloud: Cloud, body: unknown): boolean {
  if (!Value.Check(Credentials, body)) {
    throw badRequest('Expecting to find auth in request body. The server could not comply with the request.');
  }
  const { identity, scope } = body.auth;
  if (!identity.methods.includes('password') || !isKnown(cloud, identity.password?.user)) throw unauthorized();
  if (scope === undefined || scope === 'unscoped' || scope.project === undefined) return false;
  if (!isOwn(cloud, scope.project)) throw unauthorized();
  return true;
}

function isOwn(cloud: Cloud, wanted: Static<typeof Project>): boolean {
  const { project, domain } = identityOf(cloud);
  return wanted.id === project.id || (wanted.name === project.name && isOne(wanted.domain, domain));
}

function isKnown(cloud: Cloud, given: Static<typeof User> | undefined): boolean {
  const { username, password } = passwordOf(cloud.name);
  const { user, domain } = identityOf(cloud);
  if (given?.password !== password) return false;
  return given.id === user.id || (given.name === username && isOne(given.domain, domain));
}

const isOne = (given: { id?: string; name?: string } | undefined, known: { id: string; name: string }): boolean =>
  given?.id === known.id || given?.name === known.name;

/** @param origin null for an unscoped token, which has no catalogue. */
function tokenView(cloud: Cloud, dialect: Dialect, token: Session, origin: string | null) {
  const { user, domain, project } = identityOf(cloud);
  return {
    methods: ['password'],
    user: { ...user, domain, password_expires_at: null },
    audit_ids: [token.id.slice(-22)],
    issued_at: time(token.issuedAt),
    expires_at: time(token.expiresAt),
    ...(origin === null
      ? {}
      : {
          project: { ...project, domain },
          is_domain: false,
          roles: [{ id: hex('member'), name: 'member' }],
          catalog: catalogOf(cloud, dialect, origin),
        }),
  };
}

const time = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

const catalogOf = (cloud: Cloud, dialect: Dialect, origin: string) =>
  services.map(({ type, name, service }) => ({
    id: hex(`${cloud.name} ${type}`),
    type,
    name,
    endpoints: cloud.profile.regions.map(({ region }) => ({
      id: hex(`${cloud.name} ${type} ${region}`),
      interface: 'public',
      region,
      region_id: region,
      url: service === null ? `${origin}/${cloud.name}/identity/v3` : cataloguedAt(dialect, cloud, region, service, origin),
    })),
  }));
