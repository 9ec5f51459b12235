import { type Static, Type } from '@sinclair/typebox';
import { readBody } from './body.js';
import type { Call, Handler } from './call.js';
import { badRequest, notFound } from './fco-error.js';
import { imageCalled, imageGib } from './images.js';
import { accepted } from './jobs.js';
import { networkCalled } from './networks.js';
import { ramOf, type ServerOffer, serverOffersOf } from './offers.js';
import { clusterOf, type Vdc, vdcCalled } from './places.js';
import { labelsOf, skeleton } from './resource.js';
import type { ServerRecord } from './server-record.js';
import { diskOfferCalled, gibOf } from './disk-offers.js';

const Number_ = Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 1 })]));
const Disk = Type.Object({ productOfferUUID: Type.String(), size: Number_ });
const Skeleton = Type.Object({
  ...skeleton,
  productOfferUUID: Type.String(),
  imageUUID: Type.String(),
  cpu: Number_,
  ram: Number_,
  disks: Type.Array(Disk, { minItems: 1, maxItems: 1 }),
  nics: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.Object({ networkUUID: Type.String() }), { maxItems: 1 })])),
  resourceMetadata: Type.Optional(
    Type.Union([Type.Null(), Type.Object({ publicMetadata: Type.Optional(Type.Union([Type.Null(), Type.String()])) })]),
  ),
});
type Skeleton = Static<typeof Skeleton>;
const Body = Type.Object({
  skeletonServer: Skeleton,
  sshKeyUUIDList: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String())])),
});

/** A server is made and not started: its job ends with it STOPPED. */
export const createServer: Handler = (call) => {
  const { skeletonServer: wish, sshKeyUUIDList } = readBody(Body, call);
  const vdc = vdcFor(call, wish);
  const { size } = offerFor(call, vdc, wish);
  const image = imageCalled(call.cloud, call, vdc.region.region, wish.imageUUID);
  const [nic] = wish.nics ?? [];
  if (nic && networkCalled(call, nic.networkUUID).region !== vdc.region.region)
    throw badRequest('The network is in another cluster');
  const record = recordFor(call, wish, sshKeyUUIDList ?? []);
  // Before the server, so that after a crash there is none without its record.
  call.kept.servers.save(record);
  try {
    call.cloud.create({
      ids: [record.id],
      region: vdc.region,
      zone: vdc.zone,
      size,
      image: image.id,
      name: wish.resourceName,
      labels: labelsOf(wish.resourceKey),
      keyName: null,
      stopped: true,
      request: null,
    });
  } catch (error) {
    call.kept.servers.forget(record);
    throw error;
  }
  return accepted(call, { region: vdc.region.region, zone: vdc.zone }, 'CREATE_SERVER', {
    id: record.id,
    type: 'SERVER',
    name: wish.resourceName,
  });
};

/** @throws FcoError 404, or 400 when a cluster is named that it is not in. */
export function vdcFor({ cloud }: Call, { vdcUUID, clusterUUID }: Pick<Skeleton, 'vdcUUID' | 'clusterUUID'>): Vdc {
  const vdc = vdcCalled(cloud, vdcUUID);
  if (!vdc) throw notFound(`VDC ${vdcUUID}`);
  if (!clusterUUID || clusterUUID === clusterOf(cloud.name, vdc.region.region)) return vdc;
  throw badRequest(`VDC ${vdcUUID} is not in cluster ${clusterUUID}`);
}

/** @throws FcoError 404, or 400 for cores or memory that the offer does not have. */
export function offerFor(
  { cloud }: Call,
  { region }: Pick<Vdc, 'region'>,
  wish: Pick<Skeleton, 'productOfferUUID' | 'cpu' | 'ram'>,
): ServerOffer {
  const offer = serverOffersOf(cloud).find(({ id }) => id === wish.productOfferUUID);
  if (!offer) throw notFound(`PRODUCTOFFER ${wish.productOfferUUID} for servers`);
  if (offer.region !== region.region) throw badRequest('The product offer is for another cluster');
  const { vcpus } = offer.size;
  if ((wish.cpu ?? Math.ceil(vcpus)) !== Math.ceil(vcpus)) throw badRequest(`The product offer has ${vcpus} CPU`);
  if ((wish.ram ?? ramOf(offer.size)) !== ramOf(offer.size))
    throw badRequest(`The product offer has ${ramOf(offer.size)} MB of RAM`);
  return offer;
}

function recordFor(call: Call, wish: Skeleton, sshKeys: readonly string[]): ServerRecord {
  const { ids } = call.testbed;
  const unknown = sshKeys.find((id) => call.kept.sshKeys.get(id)?.cloud !== call.cloud.name);
  if (unknown !== undefined) throw notFound(`SSHKEY ${unknown}`);
  return {
    id: ids.next(),
    nic: wish.nics?.[0] ? ids.next() : null,
    disk: { id: ids.next(), ...bootDiskFor(call, wish) },
    sshKeys,
    publicMetadata: wish.resourceMetadata?.publicMetadata ?? '',
  };
}

function bootDiskFor(call: Call, { disks: [disk] }: Skeleton): { readonly offer: string; readonly gib: number } {
  const offer = diskOfferCalled(call, disk?.productOfferUUID ?? '');
  const gib = gibOf(offer, disk?.size);
  if (gib < imageGib) throw badRequest(`The image takes ${imageGib} GB`);
  return { offer: offer.id, gib };
}
