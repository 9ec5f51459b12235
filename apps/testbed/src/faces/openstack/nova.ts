import type { FastifyRequest } from 'fastify';
import { createServer } from './create-server.js';
import { novaShape, OpenStackFault } from './fault.js';
import { listFlavors, listFlavorsInDetail, ramOf, showExtraSpecs, showFlavor, vcpusOf } from './flavors.js';
import { deleteKeyPair, importKeyPair, listKeyPairs, showKeyPair } from './key-pairs.js';
import { actOnServer } from './server-actions.js';
import { attachInterface, detachInterface, listInterfaces, showInterface } from './server-interfaces.js';
import { deleteServer, listServers, listServersInDetail, showDiagnostics, showServer } from './servers.js';
import { type Handler, Service, type ServiceOptions } from './service.js';
import { attachVolume, detachVolume, listVolumeAttachments, showVolumeAttachment } from './volume-attachments.js';

/** Zed's. */
const newestMicroversion = 93;

/** Nova v2.1 (OpenStack API reference, Compute). */
export function serveNova(shared: Pick<ServiceOptions, 'app' | 'testbed'>): void {
  const nova = new Service({ ...shared, name: 'compute', faults: novaShape, microversionOf, microversionHeaders });
  nova.get('/v2.1', showVersion);
  nova.get('/v2.1/flavors', listFlavors);
  nova.get('/v2.1/flavors/detail', listFlavorsInDetail);
  nova.get('/v2.1/flavors/:id', showFlavor);
  nova.get('/v2.1/flavors/:id/os-extra_specs', showExtraSpecs);
  nova.get('/v2.1/os-availability-zone', listZones);
  nova.get('/v2.1/limits', showLimits);
  nova.get('/v2.1/os-keypairs', listKeyPairs);
  nova.post('/v2.1/os-keypairs', importKeyPair);
  nova.get('/v2.1/os-keypairs/:name', showKeyPair);
  nova.delete('/v2.1/os-keypairs/:name', deleteKeyPair);
  nova.get('/v2.1/servers', listServers);
  nova.post('/v2.1/servers', createServer);
  nova.get('/v2.1/servers/detail', listServersInDetail);
  nova.get('/v2.1/servers/:id', showServer);
  nova.delete('/v2.1/servers/:id', deleteServer);
  nova.post('/v2.1/servers/:id/action', actOnServer);
  nova.get('/v2.1/servers/:id/diagnostics', showDiagnostics);
  nova.get('/v2.1/servers/:id/os-interface', listInterfaces);
  nova.post('/v2.1/servers/:id/os-interface', attachInterface);
  nova.get('/v2.1/servers/:id/os-interface/:port', showInterface);
  nova.delete('/v2.1/servers/:id/os-interface/:port', detachInterface);
  nova.get('/v2.1/servers/:id/os-volume_attachments', listVolumeAttachments);
  nova.post('/v2.1/servers/:id/os-volume_attachments', attachVolume);
  nova.get('/v2.1/servers/:id/os-volume_attachments/:volume', showVolumeAttachment);
  nova.delete('/v2.1/servers/:id/os-volume_attachments/:volume', detachVolume);
}

/** `OpenStack-API-Version: compute 2.79`, or the older `X-OpenStack-Nova-API-Version: 2.79`; 2.1 without either. */
function microversionOf({ headers }: FastifyRequest): number {
  const asked =
    /compute ([\w.]+)/.exec(String(headers['openstack-api-version'] ?? ''))?.[1] ?? headers['x-openstack-nova-api-version'];
  if (asked === undefined) return 1;
  if (asked === 'latest') return newestMicroversion;
  const [, minor] = /^2\.(\d+)$/.exec(String(asked)) ?? [];
  if (minor !== undefined && Number(minor) >= 1 && Number(minor) <= newestMicroversion) return Number(minor);
  throw new OpenStackFault(
    406,
    `Version ${String(asked)} is not supported by the API. Minimum is 2.1 and maximum is 2.${newestMicroversion}.`,
  );
}

const microversionHeaders = (microversion: number): Record<string, string> => ({
  'openstack-api-version': `compute 2.${microversion}`,
  'x-openstack-nova-api-version': `2.${microversion}`,
  vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
});

const showVersion: Handler = ({ base }) => ({
  body: {
    version: {
      id: 'v2.1',
      status: 'CURRENT',
      version: `2.${newestMicroversion}`,
      min_version: '2.1',
      updated: '2013-07-23T11:33:21Z',
      links: [{ rel: 'self', href: `${base}/v2.1/` }],
    },
  },
});

const listZones: Handler = ({ region }) => ({
  body: { availabilityZoneInfo: region.zones.map((zoneName) => ({ zoneName, zoneState: { available: true }, hosts: null })) },
});

/** -1 is Nova's «no limit». */
const showLimits: Handler = ({ cloud, region }) => {
  const servers = cloud.instances(region.region).filter(({ state }) => state !== 'terminated');
  const sizes = servers.flatMap(({ size }) => cloud.size(region.region, size) ?? []);
  const absolute = {
    maxTotalInstances: region.quota,
    totalInstancesUsed: servers.length,
    maxTotalCores: -1,
    totalCoresUsed: sizes.reduce((sum, size) => sum + vcpusOf(size), 0),
    maxTotalRAMSize: -1,
    totalRAMUsed: sizes.reduce((sum, size) => sum + ramOf(size), 0),
    maxTotalKeypairs: -1,
    maxServerMeta: 128,
  };
  return { body: { limits: { rate: [], absolute } } };
};
