import type { ListedImage } from '../../vendor/image-names.js';
import { type Json, list, text } from '../../vendor/json.js';
import { type MachineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState } from '../../vendor/port.js';

/** Server states (common.lookup.list, `server.state`). */
const states: Readonly<Record<string, InstanceState>> = { On: 'active', 'On/Saving': 'active', Off: 'inactive' };

/** A server as GoGrid shows it. It has no id until GoGrid gives it one, some time after it was added. */
export interface Server {
  readonly id: string | undefined;
  /** Its first public address, which it keeps. */
  readonly ip: string | undefined;
  readonly region: string | undefined;
  readonly ram: string | undefined;
  readonly state: InstanceState;
  readonly label: MachineLabel | undefined;
}

/** Whatever is not on or off is on its way. */
export const serverOf = (server: Json): Server => ({
  id: text(server, 'id'),
  ip: text(server, 'ip', 'ip'),
  region: regionOf(server) ?? regionOf(server, 'ip'),
  ram: text(server, 'ram', 'name'),
  state: states[text(server, 'state', 'name') ?? ''] ?? 'building',
  label: readMachineLabel(text(server, 'description') ?? ''),
});

/** Regions are datacenters (`US-East-1`), by their names in small letters. */
export const regionOf = (thing: Json, ...path: readonly string[]): string | undefined =>
  text(thing, ...path, 'datacenter', 'name')?.toLowerCase();

export function instanceOf(vendorId: string, { ip, region, state }: Server, fault: Fault | undefined): Instance {
  return { vendorId, state: fault ? 'error' : state, address: ip ?? null, zone: region ?? null, fault: fault ?? null };
}

/** Under both of its names, where it takes servers: `centos5.3_64_base` and `CentOS 5.3 (64-bit) w/ None`. */
export function imagesOf(image: Json): readonly ListedImage[] {
  const id = text(image, 'id');
  if (id === undefined || (text(image, 'state', 'name') ?? 'Available') !== 'Available') return [];
  const names = [text(image, 'friendlyName'), text(image, 'name')].flatMap((name) => name ?? []);
  return names.map((name) => ({ id, name, created: text(image, 'createdTime') ?? text(image, 'updatedTime') }));
}

/** Images of 32 bits have the names of those of 64. */
export const is32bit = (image: Json): boolean =>
  /32/.test(text(image, 'architecture', 'name') ?? '') || /\(32-bit\)|_32_/.test(namesOf(image));

const namesOf = (image: Json): string => `${text(image, 'friendlyName') ?? ''} ${text(image, 'name') ?? ''}`;

/**
 * The placement whose server a job was to create, and why it did not (grid.job.get, `detail`). By the label, since another server may have
 * the address by now.
 */
export function failedCreationOf(job: Json): readonly [string, Fault] | undefined {
  const label = readMachineLabel(text(job, 'detail', 'description') ?? '');
  if (!label || text(job, 'command', 'name') !== 'CreateVirtualServer') return undefined;
  const notes = list(job, 'history').flatMap((entry) => text(entry, 'note') ?? []);
  const code = text(job, 'currentstate', 'name') ?? null;
  const message = notes.at(-1) ?? text(job, 'currentstate', 'description') ?? 'GoGrid could not create the server';
  return [label.placement, { reason: 'boot-failed', code, message }];
}
