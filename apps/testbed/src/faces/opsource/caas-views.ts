import type { Instance } from '../../cloud/instance.js';
import { passwordOf } from '../credentials.js';
import type { Asked } from '../protocol.js';
import type { XmlData } from '../xml-data.js';
import { type BaseImage, imageCalled, imageName, networkOf, osStorageGib, systemOf } from './catalogue.js';
import { actionOn, isStarted, specificationOf } from './servers.js';

/** What API 2.4 shows: `@name` is an attribute in XML, and a member like any other in JSON. */
export const datacenterView = (region: string, city: string | undefined) => ({
  '@id': region,
  '@type': 'MCP 1.0',
  displayName: city ?? region,
  city: city ?? region,
});

export function imageView(image: BaseImage) {
  const { title, displayName } = systemOf(image.offered);
  return {
    '@id': image.id,
    '@datacenterId': image.region,
    name: imageName(image),
    description: `${title}, 64-bit`,
    operatingSystem: { '@id': displayName.replace('/', ''), '@displayName': displayName, '@family': 'UNIX' },
    cpu: { '@count': image.cpuCount, '@speed': 'STANDARD', '@coresPerSocket': 1 },
    memoryGb: image.memory / 1024,
    disk: [{ '@id': image.id, '@scsiId': 0, '@sizeGb': osStorageGib, '@speed': 'STANDARD' }],
    createTime: image.offered.createdAt,
  };
}

export function serverView({ cloud }: Asked, server: Instance): { readonly [name: string]: XmlData } {
  const { cpus, memory } = specificationOf(cloud.size(server.region, server.size));
  const action = actionOn(server);
  const requestTime = new Date(server.createdAt).toISOString();
  const { displayName } = systemOf(imageCalled(cloud, server.image).offered);
  return {
    '@id': server.id,
    '@datacenterId': server.region,
    name: server.name,
    description: server.labels.description ?? '',
    operatingSystem: { '@id': displayName.replace('/', ''), '@displayName': displayName, '@family': 'UNIX' },
    cpu: { '@count': cpus, '@speed': 'STANDARD', '@coresPerSocket': 1 },
    memoryGb: memory,
    disk: [{ '@id': server.id, '@scsiId': 0, '@sizeGb': osStorageGib, '@speed': 'STANDARD', '@state': 'NORMAL' }],
    nic: { '@id': server.id, '@privateIpv4': server.address, '@networkId': networkOf(cloud, server.region), '@state': 'NORMAL' },
    sourceImageId: server.image,
    createTime: requestTime,
    deployed: server.state !== 'booting' && server.state !== 'error',
    started: isStarted(server),
    state: server.odd ?? stateOf(server),
    progress:
      action === undefined
        ? undefined
        : { action, requestTime, userName: passwordOf(cloud.name).username, failureReason: server.fault?.message },
  };
}

function stateOf({ state }: Instance): string {
  if (state === 'error') return 'FAILED_ADD';
  if (state === 'booting') return 'PENDING_ADD';
  if (state === 'deleting') return 'PENDING_DELETE';
  return state === 'running' || state === 'stopped' ? 'NORMAL' : 'PENDING_CHANGE';
}
