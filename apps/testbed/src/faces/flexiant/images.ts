import { type Static, Type } from '@sinclair/typebox';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { inWords } from '../../cloud/refusal.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { newestImages, type OfferedImage } from '../images.js';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { badRequest, FcoError, notFound } from './fco-error.js';
import { accepted } from './jobs.js';
import { whereabouts } from './places.js';
import { labelsOf, resourceView, skeleton } from './resource.js';
import type { View } from './search.js';
import { serverCalled } from './servers.js';

/** Images that everybody has are this large, GB. */
export const imageGib = 5;

const Saved = Type.Object({ ...skeleton, vdcUUID: Type.Optional(Type.String()) });
const Image = Type.Object({ skeletonImage: Type.Composite([Saved, Type.Object({ baseUUID: Type.String() })]) });
const Snapshot = Type.Object({
  skeletonSnapshot: Type.Composite([
    Saved,
    Type.Object({ parentUUID: Type.String(), type: Type.Union([Type.Literal('SERVER'), Type.Literal('DISK')]) }),
  ]),
});

const isSnapshot = ({ description }: SavedImage): boolean => description === 'snapshot';

/** The clouds of this face have machines of one architecture. */
const offered = newestImages.filter(({ architecture }) => architecture === 'x86_64');

const offeredId = (cloud: string, region: string, { portable }: OfferedImage): string => uuidOf(`${cloud} ${region} ${portable}`);

const osNames: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};

function imageName({ portable }: OfferedImage): string {
  const [system = '', release = ''] = portable.split('-');
  return `${osNames[system] ?? system} ${release}`;
}

export function imageViews(call: Call): View[] {
  const { cloud } = call;
  const public_ = cloud.profile.regions.flatMap(({ region, zones }) =>
    offered.map((image) => ({
      ...resourceView(cloud, {
        id: offeredId(cloud.name, region, image),
        type: 'IMAGE',
        name: imageName(image),
        createdAt: Date.parse(image.createdAt),
      }),
      ...whereabouts(cloud.name, region, zones[0] ?? ''),
      ...imageTraits,
    })),
  );
  return [
    ...public_,
    ...savedOf(call)
      .filter((image) => !isSnapshot(image))
      .map((image) => savedView(call, image, 'IMAGE')),
  ];
}

export const snapshotViews = (call: Call): View[] =>
  savedOf(call)
    .filter(isSnapshot)
    .map((image) => ({
      ...savedView(call, image, 'SNAPSHOT'),
      type: 'SERVER',
      parentType: 'SERVER',
      parentUUID: image.instance,
    }));

/** @throws FcoError 404, or 409 for one that is not there yet. */
export function imageCalled(
  cloud: Cloud,
  { testbed }: Pick<Call, 'testbed'>,
  region: string,
  id: string,
): { readonly id: string } {
  if (offered.some((image) => offeredId(cloud.name, region, image) === id)) return { id };
  const saved = testbed.savedImages.get({ cloud: cloud.name, region }, id);
  if (!saved || isSnapshot(saved)) throw notFound(`IMAGE ${id}`);
  if (saved.state === 'available') return saved;
  throw new FcoError(409, 'INVALID_STATE', `Image ${id} is not ACTIVE`);
}

export const createImage: Handler = (call) => {
  const { skeletonImage: wish } = readBody(Image, call);
  return save(call, wish, wish.baseUUID, 'IMAGE');
};

export const createSnapshot: Handler = (call) => {
  const { skeletonSnapshot: wish } = readBody(Snapshot, call);
  if (wish.type === 'DISK') throw badRequest('This cluster makes snapshots of servers only');
  return save(call, wish, wish.parentUUID, 'SNAPSHOT');
};

/** @throws FcoError 404 unless it is a saved image. */
export function deleteImage(call: Call, id: string): Answer {
  const image = savedOf(call).find((candidate) => candidate.id === id);
  if (!image) throw notFound(`IMAGE ${id}`);
  call.testbed.savedImages.delete(image);
  const type = isSnapshot(image) ? 'SNAPSHOT' : 'IMAGE';
  return accepted(
    call,
    { region: image.region, zone: zoneOf(call, image) },
    type === 'IMAGE' ? 'DELETE_IMAGE_TEMPLATE' : 'DELETE_SNAPSHOT',
    {
      id,
      type,
      name: image.name,
    },
  );
}

function save(call: Call, wish: Static<typeof Saved>, base: string, type: 'IMAGE' | 'SNAPSHOT'): Answer {
  const { testbed, cloud } = call;
  const server = serverCalled(call, base);
  if (server.state !== 'running' && server.state !== 'stopped')
    throw new FcoError(409, 'INVALID_STATE', `Server ${base} is neither RUNNING nor STOPPED`);
  const limit = (message: string): FcoError => new FcoError(403, 'LIMIT_EXCEEDED', message);
  const image = inWords({ quota: limit }, () =>
    testbed.savedImages.create({
      id: testbed.ids.next(),
      cloud: cloud.name,
      region: server.region,
      name: wish.resourceName,
      description: type === 'SNAPSHOT' ? 'snapshot' : '',
      labels: labelsOf(wish.resourceKey),
      architecture: 'x86_64',
      instance: server.id,
      base: server.image,
    }),
  );
  return accepted(call, server, type === 'IMAGE' ? 'CREATE_IMAGE_TEMPLATE' : 'CREATE_SNAPSHOT', {
    id: image.id,
    type,
    name: image.name,
  });
}

const savedOf = ({ testbed, cloud }: Call): SavedImage[] =>
  testbed.savedImages.all().filter((image) => image.cloud === cloud.name);

const zoneOf = ({ cloud }: Call, { region }: SavedImage): string => cloud.region(region)?.zones[0] ?? '';

const imageTraits = {
  imageType: 'SERVER',
  size: imageGib,
  vmSupport: true,
  ctSupport: false,
  genPassword: true,
  defaultUser: 'root',
  baseUUID: null,
};

const savedView = (call: Call, image: SavedImage, type: 'IMAGE' | 'SNAPSHOT'): View => ({
  ...resourceView(call.cloud, { ...image, type, creating: image.state !== 'available' }),
  ...whereabouts(call.cloud.name, image.region, zoneOf(call, image)),
  ...(type === 'IMAGE' ? { ...imageTraits, baseUUID: image.instance } : {}),
});
