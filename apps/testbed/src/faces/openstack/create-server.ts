import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Instance } from '../../cloud/instance.js';
import { Refusal } from '../../cloud/refusal.js';
import { glanceIdOf, newestImages, type OfferedImage } from '../images.js';
import { isExternal } from './external-network.js';
import { badRequest } from './fault.js';
import { flavorCalled } from './flavors.js';
import { networkIdOf } from './private-network.js';
import { onExternal } from './server-interfaces.js';
import { serverLinks } from './server-view.js';
import { type Call, type Handler, placeOf } from './service.js';

const ServerRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255 }),
    imageRef: Type.String(),
    flavorRef: Type.Union([Type.String(), Type.Integer()]),
    networks: Type.Optional(
      Type.Union([
        Type.Literal('auto'),
        Type.Literal('none'),
        Type.Array(Type.Object({ uuid: Type.Optional(Type.String()) }), { maxItems: 2 }),
      ]),
    ),
    availability_zone: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 255 }))),
    key_name: Type.Optional(Type.String()),
    user_data: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 65_535, pattern: '^[A-Za-z0-9+/=\\s]*$' })])),
    min_count: Type.Optional(Type.Integer({ minimum: 1 })),
    max_count: Type.Optional(Type.Integer({ minimum: 1 })),
    config_drive: Type.Optional(Type.Unknown()),
    security_groups: Type.Optional(Type.Unknown()),
    description: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 255 })])),
    adminPass: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
type ServerRequest = Static<typeof ServerRequest>;
const Body = Type.Object({ server: ServerRequest, 'os:scheduler_hints': Type.Optional(Type.Unknown()) });

/** Nova answers before it has looked for a host, so no room is a server in ERROR, not a refusal (VENDORS: a failed boot). */
export const createServer: Handler = (call) => {
  const wanted = readRequest(call);
  const flavor = flavorCalled(call, wanted.flavorRef);
  const image = imageOf(call, wanted);
  const zone = zoneOf(call, wanted);
  checkKey(call, wanted);
  checkNetworks(call, wanted);
  const ids = Array.from({ length: wanted.max_count ?? wanted.min_count ?? 1 }, () => call.testbed.ids.next());
  const order = {
    ids,
    region: call.region,
    zone,
    size: flavor.size,
    image: wanted.imageRef,
    name: wanted.name,
    labels: wanted.metadata ?? {},
    keyName: wanted.key_name ?? null,
    ...(wanted.user_data ? { userData: Buffer.from(wanted.user_data, 'base64').toString() } : {}),
    request: null,
  };
  const [server] =
    image.architecture === flavor.size.architecture ? place(call, order) : call.cloud.createFailed(order, noValidHost);
  const id = server?.id ?? '';
  return {
    status: 202,
    headers: { location: `${call.root}/servers/${id}` },
    body: {
      server: {
        id,
        links: serverLinks(call, id),
        'OS-DCF:diskConfig': 'MANUAL',
        security_groups: [{ name: 'default' }],
        adminPass: id.slice(0, 12),
      },
    },
  };
};

const noValidHost = 'No valid host was found. There are not enough hosts available.';

function place({ cloud }: Call, order: Parameters<typeof cloud.create>[0]): Instance[] {
  try {
    return cloud.create(order);
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'no-capacity') return cloud.createFailed(order, noValidHost);
    throw error;
  }
}

/** @throws OpenStackFault 400 */
function readRequest({ body, microversion }: Call): ServerRequest {
  if (!Value.Check(Body, body)) {
    const problem = Value.Errors(Body, body).First();
    throw badRequest(
      `Invalid input for field/attribute ${problem?.path.slice(1).replaceAll('/', '.') || 'server'}. ${problem?.message ?? ''}.`,
    );
  }
  if (microversion >= 37 && body.server.networks === undefined) {
    throw badRequest("Invalid input for field/attribute server. 'networks' is a required property");
  }
  return body.server;
}

/** Offered to everybody, or saved by the account. */
function imageOf(call: Call, { imageRef }: ServerRequest): Pick<OfferedImage, 'architecture'> {
  const { cloud, region, testbed } = call;
  const offered = newestImages.find((candidate) => glanceIdOf(cloud.name, region.region, candidate) === imageRef);
  if (offered) return offered;
  const saved = testbed.savedImages.get(placeOf(call), imageRef);
  if (!saved) throw badRequest(`Image ${imageRef} could not be found.`);
  if (saved.state !== 'available') throw badRequest(`Image ${imageRef} is not active.`);
  return saved;
}

function zoneOf({ region }: Call, { availability_zone: zone }: ServerRequest): string | null {
  if (zone === undefined || region.zones.includes(zone)) return zone ?? null;
  throw badRequest('The requested availability zone is not available');
}

function checkKey({ cloud, region }: Call, { key_name: name }: ServerRequest): void {
  if (name !== undefined && !cloud.keyPair(region.region, name)) throw badRequest('Invalid key_name provided.');
}

function checkNetworks(call: Call, { networks }: ServerRequest): void {
  const known = [networkIdOf(call), call.dialect.serviceNetwork?.id];
  const unknown = Array.isArray(networks) ? networks.find(({ uuid }) => !known.includes(uuid)) : undefined;
  if (unknown?.uuid !== undefined && isExternal(call, { id: unknown.uuid })) throw onExternal({ id: unknown.uuid });
  if (unknown) throw badRequest(`Network ${unknown.uuid ?? ''} could not be found.`);
}
