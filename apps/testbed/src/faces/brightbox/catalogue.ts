import type { Size } from '../../catalogue/size.js';
import type { Api, Call, Handler } from './api.js';
import { notFound } from './errors.js';
import { idOf, mib, resourceOf } from './resource.js';

/** Zones and server types. */
export function serveCatalogue(api: Api): void {
  api.route('GET', '/zones', listZones);
  api.route('GET', '/zones/:id', showZone);
  api.route('GET', '/server_types', listTypes);
  api.route('GET', '/server_types/:id', showType);
}

const listZones: Handler = (call) => ({ body: call.region.zones.map((zone) => zoneView(call, zone)) });

const showZone: Handler = (call) => {
  const zone = zoneCalled(call, call.id);
  if (zone === undefined) throw notFound();
  return { body: zoneView(call, zone) };
};

const listTypes: Handler = (call) => ({ body: call.cloud.sizes(call.region.region).map((size) => typeView(call, size)) });

const showType: Handler = (call) => {
  const size = typeCalled(call, call.id);
  if (!size) throw notFound();
  return { body: typeView(call, size) };
};

const zoneId = ({ cloud }: Call, handle: string): string => idOf('zone', `${cloud.name} ${handle}`);
const typeId = ({ cloud }: Call, handle: string): string => idOf('server_type', `${cloud.name} ${handle}`);

/** By its identifier or its handle. */
export const zoneCalled = (call: Call, name: string): string | undefined =>
  call.region.zones.find((handle) => handle === name || zoneId(call, handle) === name);

/** By its identifier or its handle. */
export const typeCalled = (call: Call, name: string): Size | undefined =>
  call.cloud.sizes(call.region.region).find((size) => size.name === name || typeId(call, size.name) === name);

export const zoneView = (call: Call, handle: string) => ({ ...resourceOf(call, 'zone', zoneId(call, handle)), handle });

/** Memory and disk in MB. */
export const typeView = (call: Call, { name: handle, vcpus, memoryGib, diskGib }: Size) => ({
  ...resourceOf(call, 'server_type', typeId(call, handle)),
  name: `Brightbox ${handle.charAt(0).toUpperCase()}${handle.slice(1)} Instance`,
  status: 'available',
  cores: Math.ceil(vcpus),
  ram: mib(memoryGib),
  disk_size: mib(diskGib ?? 0),
  handle,
  storage_type: 'local',
});
