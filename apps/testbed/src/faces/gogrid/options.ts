import type { Cloud } from '../../cloud/cloud.js';
import type { Size } from '../../catalogue/size.js';
import { invalid } from './fault.js';

/** A value of one of GoGrid's enumerations; parameters take its id or its name. */
export interface Option {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly object: 'option';
}

const option = (id: number, name: string, description: string | null = null): Option => ({
  id,
  name,
  description,
  object: 'option',
});

export const serverStates = {
  on: option(1, 'On', 'Server is in active state.'),
  starting: option(2, 'Starting', 'Server is starting.'),
  off: option(3, 'Off'),
  stopping: option(4, 'Stopping', 'Server is stopping.'),
  restarting: option(5, 'Restarting', 'Server is restarting.'),
  saving: option(6, 'On/Saving', 'Server is active while its image is being saved.'),
  updating: option(8, 'Updating', 'Server is being changed.'),
} as const;
export const ipStates = {
  unassigned: option(1, 'Unassigned', 'IP is available to use'),
  assigned: option(2, 'Assigned', 'IP is reserved or in use'),
} as const;
export const publicIp = option(1, 'Public', 'IP is public');
export const privateIp = option(2, 'Private', 'IP is private');
export const imageStates = {
  saving: option(1, 'Saving', 'Image is being saved'),
  available: option(2, 'Available', 'Image is available for adds'),
} as const;
export const jobStates = {
  processing: option(2, 'Processing', 'Change request is in transient state...Processing.'),
  succeeded: option(3, 'Succeeded', 'Change request has succeeded.'),
  fatal: option(6, 'Fatal', 'Change request had Fatal or Unrecoverable Failure'),
} as const;
export const webServer = option(1, 'Web Server', 'Web or Application Server');
export const architecture64 = option(2, '64-bit', '64 bit OS');
export const virtualServer = option(1, 'VirtualServer', 'Virtual Server');
export const createVirtualServer = option(6, 'CreateVirtualServer', 'Create Virtual Server');

/** A datacenter, and what the testbed calls it. */
export interface Datacenter {
  readonly region: string;
  readonly option: Option;
}

const datacenters: readonly [Datacenter, Datacenter] = [
  { region: 'us-west-1', option: option(1, 'US-West-1', 'US West 1 Datacenter') },
  { region: 'us-east-1', option: option(2, 'US-East-1', 'US East 1 Datacenter') },
];

export const datacentersOf = (cloud: Cloud): readonly Datacenter[] =>
  datacenters.filter(({ region }) => cloud.region(region) !== undefined);

export const datacenterOf = (region: string): Option =>
  (datacenters.find((datacenter) => datacenter.region === region) ?? datacenters[0]).option;

/** The memory that a server may have, the least first; the sizes are the same in every datacenter. */
export const ramOptions = (cloud: Cloud): readonly { readonly size: Size; readonly option: Option }[] =>
  [...cloud.sizes(cloud.profile.regions[0]?.region ?? '')]
    .sort((a, b) => a.memoryGib - b.memoryGib)
    .map((size, index) => ({ size, option: option(index + 1, size.name, `Server with ${size.name} RAM`) }));

/** common.lookup.list: what `lookup` may ask for. */
export function lookups(cloud: Cloud): Readonly<Record<string, readonly Option[]>> {
  const places = datacentersOf(cloud).map((datacenter) => datacenter.option);
  const tables = {
    datacenter: places,
    'ip.datacenter': places,
    'server.datacenter': places,
    'job.datacenter': places,
    'server.ram': ramOptions(cloud).map((ram) => ram.option),
    'server.state': Object.values(serverStates),
    'server.type': [webServer],
    'ip.state': Object.values(ipStates),
    'ip.type': [publicIp, privateIp],
    'image.state': Object.values(imageStates),
    'image.type': [webServer],
    'image.architecture': [architecture64],
    'job.state': Object.values(jobStates),
    'job.objecttype': [virtualServer],
    'job.command': [createVirtualServer],
  };
  return { lookup: Object.keys(tables).map((name, index) => option(index + 1, name)), ...tables };
}

/** What a parameter names by the id or the name of its option. @throws GoGridFault 400 */
export function optionOf<Known extends { readonly option: Option }>(
  known: readonly Known[],
  wanted: string,
  parameter: string,
): Known {
  const found = known.find(({ option: { id, name } }) => name === wanted || String(id) === wanted);
  if (!found) throw invalid(`The parameter ${parameter} has an invalid value: ${wanted}`);
  return found;
}
