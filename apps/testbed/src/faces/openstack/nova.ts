import type { FastifyRequest } from 'fastify';
import { createServer } from './create-server.js';
import { showDiagnostics } from './diagnostics.js';
import { novaShape, OpenStackFault } from './fault.js';
import { listFlavors, listFlavorsInDetail, ramOf, showExtraSpecs, showFlavor, vcpusOf } from './flavors.js';
import { deleteKeyPair, importKeyPair, listKeyPairs, showKeyPair } from './key-pairs.js';
import { actOnServer } from './server-actions.js';
import { attachInterface, detachInterface, listInterfaces, showInterface } from './server-interfaces.js';
import { deleteServer, listServers, listServersInDetail, showServer } from './servers.js';
import { type Handler, type Served, Service } from './service.js';
import { attachVolume, detachVolume, listVolumeAttachments, showVolumeAttachment } from './volume-attachments.js';

/** Zed's. */
const newestMicroversion = 93;

/** Nova v2.1 (OpenStack API reference, Compute). */
export function serveNova(served: Served): void {
  const microversions = served.dialect.microversions ? { microversionOf, microversionHeaders } : {};
  const nova = new Service({ ...served, type: 'compute', faults: novaShape, ...microversions });
  nova.about(showVersion);
  nova.get('/flavors', listFlavors);
  nova.get('/flavors/detail', listFlavorsInDetail);
  nova.get('/flavors/:id', showFlavor);
  nova.get('/flavors/:id/os-extra_specs', showExtraSpecs);
  nova.get('/os-availability-zone', listZones);
  nova.get('/limits', showLimits);
  nova.get('/os-keypairs', listKeyPairs);
  nova.post('/os-keypairs', importKeyPair);
  nova.get('/os-keypairs/:name', showKeyPair);
  nova.delete('/os-keypairs/:name', deleteKeyPair);
  nova.get('/servers', listServers);
  nova.post('/servers', createServer);
  nova.get('/servers/detail', listServersInDetail);
  nova.get('/servers/:id', showServer);
  nova.delete('/servers/:id', deleteServer);
  nova.post('/servers/:id/action', actOnServer);
  nova.get('/servers/:id/diagnostics', showDiagnostics);
  nova.get('/servers/:id/os-interface', listInterfaces);
  nova.post('/servers/:id/os-interface', attachInterface);
  nova.get('/servers/:id/os-interface/:port', showInterface);
  nova.delete('/servers/:id/os-interface/:port', detachInterface);
  nova.get('/servers/:id/os-volume_attachments', listVolumeAttachments);
  nova.post('/servers/:id/os-volume_attachments', attachVolume);
  nova.get('/servers/:id/os-volume_attachments/:volume', showVolumeAttachment);
  nova.delete('/servers/:id/os-volume_attachments/:volume', detachVolume);
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

/** v2 is v2.1 without microversions. */
const showVersion: Handler = ({ base, dialect }) => ({
  body: {
    version: dialect.microversions
      ? {
          id: 'v2.1',
          status: 'CURRENT',
          version: `2.${newestMicroversion}`,
          min_version: '2.1',
          updated: '2013-07-23T11:33:21Z',
          links: [{ rel: 'self', href: `${base}/v2.1/` }],
        }
      : {
          id: 'v2.0',
          status: 'CURRENT',
          version: '',
          min_version: '',
          updated: '2011-01-21T11:33:21Z',
          links: [{ rel: 'self', href: `${base}/v2/` }],
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
