import { type Json, number, text } from '../../vendor/json.js';
import { installationMark, machineLabel } from '../../vendor/machine-label.js';
import { installationTag, type MachineOrder } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { FcoApi } from './fco-api.js';
import { bootDisk, diskOffers, serverOffers } from './offers.js';
import { type Places, uuidOf, type Vdc } from './places.js';
import { metadataWith } from './servers.js';

export interface SkeletonParts {
  readonly api: FcoApi;
  readonly places: Places;
  /** The network to put machines in, by name or UUID; undefined: the cluster's first that is no private one. */
  readonly network: string | undefined;
}

/** What is common to all that is made in a virtual data centre. */
export const inVdc = (vdc: Vdc) => ({ clusterUUID: vdc.cluster, vdcUUID: vdc.uuid, sortOrder: 0 });

/** The name of a thing that cannot be told by anything else (FCO API: resource names are free text). */
export const labelFor = (order: Pick<MachineOrder, 'name' | 'tags'>, token: string): string =>
  machineLabel(order.name, order.tags[installationTag] ?? '', token);
export const markOf = installationMark;

/**
 * A server as createServer wants it (FCO API, Server): in `skeletonServer`, as its documents have it. Some clients send the fields bare; a
 * cloud that wants them so says which it misses.
 * @throws VendorError invalid-request for what the cluster does not have.
 */
export async function skeletonServer(parts: SkeletonParts, order: MachineOrder, token: string): Promise<object> {
  const { api, places } = parts;
  const { region } = order;
  const vdc = await places.vdc(region, order.zone);
  const [offers, image, networks] = await Promise.all([
    api.list('productoffer', region),
    api.get('image', order.image, region),
    api.list('network', region, [{ field: 'clusterUUID', condition: 'IS_EQUAL_TO', value: vdc.cluster }]),
  ]);
  if (image === undefined) throw new VendorError('not-found', `there is no image ${order.image}`);
  const offer = serverOffers(offers, vdc.cluster).find(({ name }) => name === order.size);
  if (!offer) throw new VendorError('invalid-request', `cluster ${region} has no product offer '${order.size}' for servers`);
  const disk = bootDisk(diskOffers(offers, vdc.cluster), number(image, 'size') ?? 1);
  if (!disk) throw new VendorError('invalid-request', `cluster ${region} has no disk that is large enough for the image`);
  const resourceName = labelFor(order, token);
  const common = inVdc(vdc);
  return {
    ...common,
    resourceType: 'SERVER',
    resourceName,
    productOfferUUID: offer.uuid,
    imageUUID: order.image,
    cpu: offer.cores,
    ram: Math.round(offer.memory * 1024),
    disks: [
      {
        ...common,
        resourceType: 'DISK',
        resourceName: `${resourceName} disk`,
        productOfferUUID: disk.offer.uuid,
        size: disk.size,
      },
    ],
    nics: [
      { ...common, resourceType: 'NIC', resourceName: `${resourceName} nic`, ...networkFor(networks, parts.network, region) },
    ],
    resourceKey: Object.entries(order.tags).map(([name, value]) => ({ name, value, type: 'USER_KEY', weight: 0, extraFlag: 0 })),
    resourceMetadata: metadataWith('start'),
  };
}

/** FCO API, NetworkType: IP and PUBLIC are those that reach the internet. */
export function networkFor(
  networks: readonly Json[],
  wanted: string | undefined,
  region: string,
): { readonly networkUUID: string; readonly networkType: string | undefined } {
  const isWanted = (network: Json): boolean =>
    wanted === undefined
      ? ['IP', 'PUBLIC'].includes(text(network, 'networkType') ?? '')
      : [text(network, 'resourceName'), text(network, 'resourceUUID')].includes(wanted);
  const found = networks.find(isWanted);
  if (found === undefined)
    throw new VendorError(
      'invalid-request',
      `cluster ${region} has no ${wanted === undefined ? 'public network' : `network '${wanted}'`}`,
    );
  return { networkUUID: uuidOf(found), networkType: text(found, 'networkType') };
}
