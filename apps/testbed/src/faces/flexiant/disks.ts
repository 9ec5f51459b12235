import { Type } from '@sinclair/typebox';
import type { Instance } from '../../cloud/instance.js';
import type { Volume } from '../../cloud/volumes.js';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { vdcFor } from './create-server.js';
import { diskOfferCalled, gibOf } from './disk-offers.js';
import { badRequest, notFound } from './fco-error.js';
import { accepted } from './jobs.js';
import { whereabouts } from './places.js';
import { labelsOf, resourceView, skeleton } from './resource.js';
import type { View } from './search.js';
import { recordOf, serverCalled, serversOf } from './servers.js';

const Body = Type.Object({
  skeletonDisk: Type.Object({
    ...skeleton,
    productOfferUUID: Type.String(),
    size: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 1 })])),
    serverUUID: Type.Optional(Type.Union([Type.Null(), Type.String()])),
  }),
});
const Attachment = Type.Object({ index: Type.Integer({ minimum: 0 }) });

export const diskViews = (call: Call): View[] => [
  ...serversOf(call).map((server) => bootDiskView(call, server)),
  ...call.testbed.volumes
    .all()
    .filter(({ cloud }) => cloud === call.cloud.name)
    .map((disk) => diskView(call, disk)),
];

export const diskViewsOf = (call: Call, server: Instance): View[] => [
  bootDiskView(call, server),
  ...call.testbed.volumes.of(server).map((disk) => diskView(call, disk)),
];

/** «create a disk, and optionally attach it to a server» (FCO API, createDisk): the latter the face leaves to attachDisk. */
export const createDisk: Handler = (call) => {
  const { skeletonDisk: wish } = readBody(Body, call);
  if (wish.serverUUID) throw badRequest('A disk is attached once it is there');
  const { region, zone } = vdcFor(call, wish);
  const disk = call.testbed.volumes.create({
    id: call.testbed.ids.next(),
    cloud: call.cloud.name,
    region: region.region,
    zone,
    gib: gibOf(diskOfferCalled(call, wish.productOfferUUID), wish.size),
    type: wish.productOfferUUID,
    name: wish.resourceName,
    labels: labelsOf(wish.resourceKey),
    request: null,
  });
  return accepted(call, disk, 'CREATE_DISK', itemOf(disk));
};

export const attachDisk: Handler = (call) => {
  const { index } = readBody(Attachment, call);
  const { server, disk } = named(call);
  const { volumes, ids } = call.testbed;
  const place = Math.max(index, volumes.of(server).length + 1);
  volumes.attach(disk, server, { id: ids.next(), device: String(place) });
  return accepted(call, disk, 'ATTACH_DISK', itemOf(disk));
};

export const detachDisk: Handler = (call) => {
  const { server, disk } = named(call);
  if (disk.attachment?.instance !== server.id) throw badRequest(`Disk ${disk.id} is not attached to server ${server.id}`);
  call.testbed.volumes.detach(disk);
  return accepted(call, disk, 'DETACH_DISK', itemOf(disk));
};

export function deleteDisk(call: Call, id: string): Answer {
  const disk = diskCalled(call, id);
  call.testbed.volumes.delete(disk);
  return accepted(call, disk, 'DELETE_DISK', itemOf(disk));
}

function named(call: Call): { readonly server: Instance; readonly disk: Volume } {
  return { server: serverCalled(call, call.params.id ?? ''), disk: diskCalled(call, call.params.disk ?? '') };
}

/** @throws FcoError 404 */
function diskCalled({ testbed, cloud }: Call, id: string): Volume {
  const disk = testbed.volumes.all().find((candidate) => candidate.cloud === cloud.name && candidate.id === id);
  if (disk) return disk;
  throw notFound(`DISK ${id}`);
}

const itemOf = ({ id, name }: Volume) => ({ id, type: 'DISK', name });

const common = { iso: false, storageCapabilities: ['CLONE', 'SNAPSHOT'], snapshotUUID: null };

const diskView = ({ cloud }: Call, disk: Volume): View => ({
  ...resourceView(cloud, { ...disk, type: 'DISK', creating: disk.state === 'creating', deleting: disk.state === 'deleting' }),
  ...whereabouts(cloud.name, disk.region, disk.zone),
  ...common,
  size: disk.gib,
  productOfferUUID: disk.type,
  imageUUID: null,
  // It is the server's once that has it.
  serverUUID: disk.state === 'in-use' || disk.state === 'detaching' ? (disk.attachment?.instance ?? null) : null,
  index: disk.state === 'in-use' ? Number(disk.attachment?.device) : null,
});

function bootDiskView(call: Call, server: Instance): View {
  const { disk } = recordOf(call, server);
  const { cloud } = call;
  return {
    ...resourceView(cloud, { id: disk.id, type: 'DISK', name: `${server.name} disk`, createdAt: server.createdAt }),
    ...whereabouts(cloud.name, server.region, server.zone),
    ...common,
    size: disk.gib,
    productOfferUUID: disk.offer,
    imageUUID: server.image,
    serverUUID: server.id,
    index: 0,
  };
}
