import { shortPage } from '../mishap.js';
import type { Answer, Call, Handler } from './call.js';
import { deleteDisk, diskViews } from './disks.js';
import { badRequest, notFound } from './fco-error.js';
import { deleteImage, imageViews, snapshotViews } from './images.js';
import { jobViews } from './jobs.js';
import { deleteNetwork, networkViews } from './networks.js';
import { deleteNic, nicViews } from './nics.js';
import { offerViews } from './offers.js';
import { billingEntityOf, clusterOf, customerOf, vdcsOf, whereabouts } from './places.js';
import { resourceView } from './resource.js';
import { listResult, readSearch, type View } from './search.js';
import { deleteServer } from './server-actions.js';
import { serversOf, serverView } from './servers.js';
import { deleteSshKey, sshKeyViews } from './ssh-keys.js';

/** FCO API, ResourceType: those that the face has, and all there is of each. */
const lists: Readonly<Record<string, (call: Call, children: boolean) => readonly View[]>> = {
  BILLING_ENTITY: billingEntities,
  CLUSTER: clusters,
  CUSTOMER: customers,
  DISK: diskViews,
  IMAGE: imageViews,
  JOB: jobViews,
  NETWORK: networkViews,
  NIC: nicViews,
  PRODUCTOFFER: ({ cloud }) => offerViews(cloud),
  SERVER: (call, children) => serversOf(call).map((server) => serverView(call, server, children)),
  SNAPSHOT: snapshotViews,
  SSHKEY: sshKeyViews,
  VDC: vdcs,
};

const deletions: Readonly<Record<string, (call: Call, id: string, cascade: boolean) => Answer>> = {
  SERVER: deleteServer,
  DISK: deleteDisk,
  NIC: deleteNic,
  NETWORK: deleteNetwork,
  IMAGE: deleteImage,
  SNAPSHOT: deleteImage,
  SSHKEY: deleteSshKey,
};

/** The type is in the address, in either case. */
export const listResources: Handler = (call) => {
  const search = readSearch(call.body);
  const views = listOf(call)(call, search.queryLimit?.loadChildren ?? true);
  return { body: listResult(views, search, shortPage(call.testbed, { cloud: call.cloud.name })) };
};

export const getResource: Handler = (call) => {
  const id = call.params.id ?? '';
  const view = listOf(call)(call, true).find(({ resourceUUID }) => resourceUUID === id);
  if (!view) throw notFound(`${typeOf(call)} ${id}`);
  return { body: view };
};

/** `cascade` is read from the payload, and from the query for clients that can send none. */
export const deleteResource: Handler = (call) => {
  const remove = deletions[typeOf(call)];
  if (!remove) throw badRequest(`A ${typeOf(call)} cannot be deleted`);
  const { cascade = call.query.get('cascade') === 'true' } = (call.body ?? {}) as { readonly cascade?: unknown };
  return remove(call, call.params.id ?? '', cascade === true);
};

const typeOf = ({ params }: Call): string => (params.type ?? '').toUpperCase();

/** @throws FcoError 404 */
function listOf(call: Call): (typeof lists)[string] {
  const list = lists[typeOf(call)];
  if (list) return list;
  throw notFound(`Resource type '${call.params.type ?? ''}'`);
}

function clusters({ cloud }: Call): View[] {
  return cloud.profile.regions.map(({ region }) => ({
    ...resourceView(cloud, { id: clusterOf(cloud.name, region), type: 'CLUSTER', name: region }),
    hypervisor: 'KVM',
  }));
}

function vdcs({ cloud }: Call): View[] {
  return vdcsOf(cloud).map(({ id, region, zone }) => ({
    ...resourceView(cloud, { id, type: 'VDC', name: zone }),
    ...whereabouts(cloud.name, region.region, zone),
  }));
}

function customers({ cloud }: Call): View[] {
  const servers = cloud.profile.regions.reduce((sum, { quota }) => sum + quota, 0);
  return [
    {
      ...resourceView(cloud, { id: customerOf(cloud.name), type: 'CUSTOMER', name: 'testbed' }),
      status: 'ACTIVE',
      limitsMap: { MAX_SERVERS: servers },
    },
  ];
}

function billingEntities({ cloud }: Call): View[] {
  return [
    {
      ...resourceView(cloud, { id: billingEntityOf(cloud.name), type: 'BILLING_ENTITY', name: cloud.profile.title }),
      currencyId: 1,
      currency: { currencyId: 1, code: 'USD', name: 'US dollar', symbol: '$' },
    },
  ];
}
