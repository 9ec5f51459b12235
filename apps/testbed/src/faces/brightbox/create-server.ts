import { type Static, Type } from '@sinclair/typebox';
import type { PublicAddress } from '../../cloud/public-addresses.js';
import { inWords } from '../../cloud/refusal.js';
import { type Call, type Handler, readBody } from './api.js';
import { typeCalled, zoneCalled } from './catalogue.js';
import { cloudIps, takeCloudIp } from './cloud-ips.js';
import { invalid, words } from './errors.js';
import { imageCalled } from './images.js';
import { newId } from './resource.js';
import { serverView } from './server-view.js';

const Wish = Type.Object({
  image: Type.String(),
  name: Type.Optional(Type.String({ maxLength: 255 })),
  server_type: Type.Optional(Type.String()),
  zone: Type.Optional(Type.String()),
  user_data: Type.Optional(Type.Union([Type.Null(), Type.String({ pattern: '^[A-Za-z0-9+/\\s]*={0,2}\\s*$' })])),
  server_groups: Type.Optional(Type.Array(Type.String())),
  compatibility_mode: Type.Optional(Type.Boolean()),
  disk_encrypted: Type.Optional(Type.Boolean()),
  // A new one, or the identifier of one that is mapped to nothing.
  cloud_ip: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
});

export const createServer: Handler = (call) => {
  const wish = readBody(Wish, call);
  const { cloud, region, testbed } = call;
  const userData = userDataOf(wish);
  const reserved = reservedIp(call, wish);
  const [server] = inWords(words, () =>
    cloud.create({
      ids: [newId(call, 'server', (id) => testbed.fleet.get(id) !== undefined)],
      region,
      zone: zoneOf(call, wish),
      size: typeOf(call, wish),
      image: imageOf(call, wish),
      name: wish.name ?? '',
      labels: userData === null ? {} : { user_data: userData },
      keyName: null,
      ...(userData === null ? {} : { userData: Buffer.from(userData, 'base64').toString() }),
      request: null,
    }),
  );
  if (server && wish.cloud_ip !== undefined && wish.cloud_ip !== false)
    testbed.publicAddresses.assign(reserved ?? takeCloudIp(call, ''), server, testbed.ids.next());
  return { status: 202, body: server && serverView(call, server) };
};

function reservedIp(call: Call, { cloud_ip: wanted }: Wish): PublicAddress | undefined {
  if (typeof wanted !== 'string') return undefined;
  const own = cloudIps(call).find(({ id }) => id === wanted);
  if (!own || own.holder) throw invalid('cloud_ip: is not an unmapped cloud IP');
  return own;
}

type Wish = Static<typeof Wish>;

function imageOf(call: Call, { image }: Wish): string {
  const found = imageCalled(call, image);
  if (found?.status !== 'available') throw invalid(`image: ${found ? 'is not available' : 'is not an image'}`);
  return image;
}

function typeOf(call: Call, { server_type: wanted }: Wish) {
  const size = wanted === undefined ? call.cloud.sizes(call.region.region)[0] : typeCalled(call, wanted);
  if (!size) throw invalid('server_type: is not a server type');
  return size;
}

function zoneOf(call: Call, { zone: wanted }: Wish): string | null {
  if (wanted === undefined) return null;
  const zone = zoneCalled(call, wanted);
  if (zone === undefined) throw invalid('zone: is not a zone');
  return zone;
}

const longestUserData = 16 * 1024;

function userDataOf({ user_data: encoded }: Wish): string | null {
  if (encoded === undefined || encoded === null) return null;
  if (Buffer.from(encoded, 'base64').length > longestUserData) throw invalid('user_data: is longer than 16 KiB');
  return encoded;
}
