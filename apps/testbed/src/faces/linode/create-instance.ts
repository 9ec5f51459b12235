import { type Static, Type } from '@sinclair/typebox';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import { digest } from '../../cloud/digest.js';
import { inWords } from '../../cloud/refusal.js';
import type { Call, Handler } from './api.js';
import { readBody } from './body.js';
import { badRequest, placing } from './errors.js';
import { offeredImage, savedImage } from './images.js';
import { instanceView } from './instance-view.js';
import { instancesOf } from './instances.js';
import { checkLabel, checkTags, labelsOf } from './labels.js';

const Body = Type.Object({
  region: Type.String(),
  type: Type.String(),
  image: Type.Optional(Type.String()),
  root_pass: Type.Optional(Type.String()),
  label: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(Type.String())),
  authorized_keys: Type.Optional(Type.Array(Type.String())),
  metadata: Type.Optional(Type.Object({ user_data: Type.Optional(Type.Union([Type.Null(), Type.String()])) })),
  booted: Type.Optional(Type.Boolean()),
});
type Wanted = Static<typeof Body>;

/** Of an image, and booted: Linodes without disks are not simulated. */
export const createInstance: Handler = (call) => {
  const wanted = readBody(Body, call);
  const region = regionCalled(call, wanted.region);
  const size = typeCalled(call, wanted);
  const image = imageCalled(call, wanted);
  checkAccess(wanted);
  const id = call.testbed.numbers.next();
  const name = wanted.label ?? `linode${id}`;
  checkLabel(name, { least: 3, most: 64 });
  if (instancesOf(call).some((other) => other.name === name))
    throw badRequest('Label must be unique among your linodes', 'label');
  checkTags(wanted.tags);
  const userData = userDataOf(wanted);
  const order = {
    ids: [id],
    region,
    zone: null,
    size,
    image,
    name,
    labels: labelsOf(wanted.tags),
    keyName: null,
    ...(userData === null ? {} : { userData: Buffer.from(userData, 'base64').toString() }),
    request: userData === null ? null : { token: null, digest: digest(userData, 32), reservation: '' },
  };
  const [made] = inWords(placing, () => call.cloud.create(order));
  return made && instanceView(call, made);
};

function regionCalled({ cloud }: Call, name: string): RegionProfile {
  const region = cloud.region(name);
  if (!region) throw badRequest('region is not valid', 'region');
  return region;
}

export function typeCalled({ cloud }: Call, { region, type }: Pick<Wanted, 'region' | 'type'>): Size {
  const size = cloud.size(region, type);
  if (size) return size;
  const elsewhere = cloud.profile.regions.some((other) => cloud.size(other.region, type));
  throw badRequest(elsewhere ? 'type is not available in this region' : 'A valid plan type by that ID was not found', 'type');
}

function imageCalled(call: Call, { image }: Wanted): string {
  if (image === undefined) throw badRequest('image is required', 'image');
  if (offeredImage(image)) return image;
  const saved = savedImage(call, image);
  if (!saved) throw badRequest('image is not valid', 'image');
  if (saved.state !== 'available') throw badRequest('image is not available', 'image');
  return image;
}

const keyPattern = /^(ssh-(dss|rsa|ed25519)|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/]+=*( .*)?$/;

/** Create a Linode: an image needs a root password, from 7 to 128 characters and no simple one. */
function checkAccess({ root_pass: password, authorized_keys: keys = [] }: Wanted): void {
  if (password === undefined) throw badRequest('root_pass is required', 'root_pass');
  if (password.length < 7 || password.length > 128)
    throw badRequest('Password must be between 7 and 128 characters', 'root_pass');
  if (kindsOf(password) < 2) throw badRequest('Password does not meet strength requirements.', 'root_pass');
  const wrong = keys.findIndex((key) => !keyPattern.test(key.trim()));
  if (wrong >= 0) throw badRequest(`SSH Key ${wrong + 1} is not valid.`, 'authorized_keys');
}

const kindsOf = (password: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;

const longestUserData = 65_535;

/** Base64, decoded at most 65,535 bytes. */
function userDataOf({ metadata }: Wanted): string | null {
  const encoded = metadata?.user_data ?? null;
  if (encoded === null) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || encoded.length % 4 !== 0)
    throw badRequest('user_data must be base64 encoded', 'metadata.user_data');
  if (Buffer.from(encoded, 'base64').length > longestUserData)
    throw badRequest(`user_data must not exceed ${longestUserData} bytes`, 'metadata.user_data');
  return encoded;
}
