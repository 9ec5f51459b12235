import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Instance } from '../../cloud/instance.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';
import { isStruct, type RpcStruct, type RpcValue } from '../xml-rpc.js';
import { fault, type FaultObject } from './fault.js';
import type { Operations } from './operations.js';

/** An admitted call: its parameters after the key. */
export interface GandiCall {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly operations: Operations;
  readonly params: readonly RpcValue[];
}

export type Method = (call: GandiCall) => RpcValue;
export type Methods = Readonly<Record<string, Method>>;

/** @throws RpcFailure unless the parameter is an integer. */
export function idAt({ params }: GandiCall, index: number): number {
  const id = params[index];
  if (typeof id === 'number' && Number.isInteger(id)) return id;
  throw fault('INTEGER', 'TYPE', `parameter ${index + 2} is not an integer`);
}

/** @throws RpcFailure unless the parameter is a struct. */
export function structAt({ params }: GandiCall, index: number): RpcStruct {
  const struct = params[index];
  if (isStruct(struct)) return struct;
  throw fault('STRUCT', 'TYPE', `parameter ${index + 2} is not a struct`);
}

/** Filters and pages, which every list takes and no list needs. */
export const optionsAt = (call: GandiCall, index: number): RpcStruct =>
  call.params[index] === undefined || call.params[index] === null ? {} : structAt(call, index);

/** @throws RpcFailure for a member that is there and no such thing. */
export function textOf(struct: RpcStruct, name: string): string | undefined {
  const value = struct[name];
  if (value === undefined || typeof value === 'string') return value;
  throw fault('STRING', 'TYPE', `${name} is not a string`);
}

/** @throws RpcFailure for a member that is there and no such thing. */
export function integerOf(struct: RpcStruct, name: string): number | undefined {
  const value = struct[name];
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw fault('INTEGER', 'TYPE', `${name} is not an integer`);
}

/** @throws RpcFailure */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw fault('KEY', 'EXPECTED', `${name} is mandatory`);
  return value;
}

/** @throws RpcFailure for a member that nobody knows. */
export function expectNames(struct: RpcStruct, known: readonly string[]): void {
  const odd = Object.keys(struct).find((name) => !known.includes(name));
  if (odd !== undefined) throw fault('STRUCT', 'BADPARAMETER', `unexpected key '${odd}'`);
}

/** Data centres are numbered. */
export const datacenterIdOf = (cloud: Cloud, region: string): number =>
  cloud.profile.regions.findIndex((candidate) => candidate.region === region) + 1;

/** @throws RpcFailure */
export function datacenter(cloud: Cloud, id: number): RegionProfile {
  const region = cloud.profile.regions[id - 1];
  if (!region) throw fault('DATACENTER', 'NOTFOUND', `Datacenter ${id} doesn't exist`);
  return region;
}

export const places = (cloud: Cloud): readonly Place[] =>
  cloud.profile.regions.map(({ region }) => ({ cloud: cloud.name, region }));

/** Those that there are: what has been deleted is not known any more. */
export const instancesOf = (cloud: Cloud): Instance[] =>
  places(cloud)
    .flatMap(({ region }) => cloud.instances(region))
    .filter(({ state }) => state !== 'terminated');

/** The machine whose number a parameter is. @throws RpcFailure */
export function machineAt(call: GandiCall, index: number): Instance {
  const id = idAt(call, index);
  const machine = instancesOf(call.cloud).find((candidate) => candidate.id === String(id));
  if (!machine) throw notFound('VM', `VM '${id}' doesn't exist.`);
  return machine;
}

export const notFound = (object: FaultObject, message: string): Error => fault(object, 'NOTFOUND', message);
