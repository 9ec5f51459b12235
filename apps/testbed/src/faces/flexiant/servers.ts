import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Call } from './call.js';
import { diskViewsOf } from './disks.js';
import { notFound } from './fco-error.js';
import { nicViewsOf } from './nics.js';
import { ramOf, type ServerOffer, serverOffersOf } from './offers.js';
import { whereabouts } from './places.js';
import { resourceView } from './resource.js';
import type { View } from './search.js';
import type { ServerRecord } from './server-record.js';
import { sshKeyView } from './ssh-keys.js';

/** FCO API, ServerStatus. It has no suspension. */
const statuses: Partial<Readonly<Record<InstanceState, string>>> = {
  booting: 'BUILDING',
  running: 'RUNNING',
  stopping: 'STOPPING',
  stopped: 'STOPPED',
  starting: 'STARTING',
  rebooting: 'REBOOTING',
  error: 'ERROR',
  deleting: 'DELETING',
};

/** FCO API, ServerCapability: what this cluster does to a server that runs. */
const serverCapabilities = [
  'CAN_ATTACH_DISK_WHEN_RUNNING',
  'CAN_DETACH_DISK_WHEN_RUNNING',
  'CAN_ATTACH_NIC_WHEN_RUNNING',
  'CAN_DETACH_NIC_WHEN_RUNNING',
  'CAN_SNAPSHOT_WHEN_RUNNING',
];

export const serversOf = ({ testbed, cloud }: Call): Instance[] =>
  testbed.fleet.all().filter((instance) => instance.cloud === cloud.name && instance.state !== 'terminated');

/** @throws FcoError 404 */
export function serverCalled(call: Call, id: string): Instance {
  const server = serversOf(call).find((candidate) => candidate.id === id);
  if (server) return server;
  throw notFound(`SERVER ${id}`);
}

/** What is kept of every server; one that is not there is nobody's. @throws FcoError 404 */
export function recordOf({ kept }: Call, { id }: Instance): ServerRecord {
  const record = kept.servers.get(id);
  if (record) return record;
  throw notFound(`SERVER ${id}`);
}

export const offerOf = ({ cloud }: Call, { region, size }: Instance): ServerOffer | undefined =>
  serverOffersOf(cloud).find((offer) => offer.region === region && offer.size.name === size);

/** With its disks, interfaces and keys, unless the children are left out. */
export function serverView(call: Call, server: Instance, children: boolean): View {
  const { cloud, kept } = call;
  const record = recordOf(call, server);
  const offer = offerOf(call, server);
  return {
    ...resourceView(cloud, {
      ...server,
      type: 'SERVER',
      creating: server.state === 'booting',
      deleting: server.state === 'deleting',
    }),
    ...whereabouts(cloud.name, server.region, server.zone),
    status: server.odd ?? statuses[server.state] ?? 'RECOVERY',
    productOfferUUID: offer?.id ?? null,
    productOfferName: server.size,
    imageUUID: server.image,
    imageName: null,
    cpu: Math.ceil(offer?.size.vcpus ?? 0),
    ram: offer ? ramOf(offer.size) : 0,
    virtualizationType: 'VIRTUAL_MACHINE',
    serverCapabilities,
    vmId: 0,
    initialUser: 'root',
    initialPassword: server.id.slice(0, 12),
    resourceMetadata: metadataView(record),
    ...(children
      ? {
          disks: diskViewsOf(call, server),
          nics: nicViewsOf(call, server),
          sshkeys: record.sshKeys.flatMap((id) => kept.sshKeys.get(id) ?? []).map((key) => sshKeyView(call, key)),
        }
      : { disks: null, nics: null, sshkeys: null }),
  };
}

const metadataView = ({ publicMetadata }: ServerRecord) => ({
  publicMetadata,
  privateMetadata: '',
  restrictedMetadata: '',
  systemMetadata: '',
});
