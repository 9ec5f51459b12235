import type { FastifyRequest } from 'fastify';
import { novaShape, OpenStackFault } from './fault.js';
import { type Handler, type Served, Service } from './service.js';
import { createVolume, deleteVolume, listVolumes, listVolumesInDetail, showVolume } from './volumes.js';

/** Zed's. */
const newestMicroversion = 70;

/** Cinder v3 (OpenStack API reference, Block Storage). Its faults are of Nova's shape. */
export function serveCinder(served: Served): void {
  const cinder = new Service({ ...served, type: 'volume', faults: novaShape, microversionOf, microversionHeaders });
  cinder.about(showVersion);
  cinder.get('/os-availability-zone', listZones);
  cinder.get('/types', listTypes);
  cinder.get('/volumes', listVolumes);
  cinder.post('/volumes', createVolume);
  cinder.get('/volumes/detail', listVolumesInDetail);
  cinder.get('/volumes/:id', showVolume);
  cinder.delete('/volumes/:id', deleteVolume);
}

/** `OpenStack-API-Version: volume 3.59`; 3.0 without it. */
function microversionOf({ headers }: FastifyRequest): number {
  const [, asked] = /volume ([\w.]+)/.exec(String(headers['openstack-api-version'] ?? '')) ?? [];
  if (asked === undefined) return 0;
  if (asked === 'latest') return newestMicroversion;
  const [, minor] = /^3\.(\d+)$/.exec(asked) ?? [];
  if (minor !== undefined && Number(minor) <= newestMicroversion) return Number(minor);
  throw new OpenStackFault(
    406,
    `Version ${asked} is not supported by the API. Minimum is 3.0 and maximum is 3.${newestMicroversion}.`,
  );
}

const microversionHeaders = (microversion: number): Record<string, string> => ({
  'openstack-api-version': `volume 3.${microversion}`,
  vary: 'OpenStack-API-Version',
});

const showVersion: Handler = ({ base }) => ({
  body: {
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: `3.${newestMicroversion}`,
        min_version: '3.0',
        updated: '2022-10-05T00:00:00Z',
        links: [{ rel: 'self', href: `${base}/v3/` }],
      },
    ],
  },
});

const listZones: Handler = ({ region }) => ({
  body: { availabilityZoneInfo: region.zones.map((zoneName) => ({ zoneName, zoneState: { available: true } })) },
});

export const listTypes: Handler = ({ cloud }) => ({
  body: {
    volume_types: cloud.profile.volumes.map(({ type }) => ({
      id: String(type),
      name: String(type),
      description: null,
      is_public: true,
      extra_specs: {},
    })),
  },
});
