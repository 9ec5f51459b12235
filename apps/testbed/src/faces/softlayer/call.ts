import type { Cloud } from '../../cloud/cloud.js';
import type { Instance } from '../../cloud/instance.js';
import type { RpcAnswer, RpcAsked } from '../rpc-routes.js';
import { isStruct, type RpcStruct, type RpcValue } from '../xml-rpc.js';
import { invalid, notFound } from './fault.js';

/** An admitted call: the headers that every call begins with, and its own parameters. */
export interface SlCall extends RpcAsked {
  readonly headers: RpcStruct;
}

export type Method = (call: SlCall) => RpcAnswer;
export type Methods = Readonly<Record<string, Method>>;

/** The first parameter of every call: `{headers: {authenticate, "<service>InitParameters", resultLimit, …}}`. */
export function headersOf(params: readonly RpcValue[]): RpcStruct {
  const [first] = params;
  const headers = isStruct(first) ? first.headers : undefined;
  return isStruct(headers) ? headers : {};
}

/** The object that a call is made on. */
export function initId({ service, params }: RpcAsked): number | undefined {
  const init = headersOf(params)[`${service}InitParameters`];
  const id = isStruct(init) ? init.id : undefined;
  return typeof id === 'number' || typeof id === 'string' ? Number(id) : undefined;
}

/** @throws RpcFailure unless the parameter is a struct. */
export function templateOf({ params }: SlCall): RpcStruct {
  if (isStruct(params[0])) return params[0];
  throw invalid('Invalid value provided for the template object.');
}

/** Text; undefined for what is none, which is the same as nothing. */
export function text(struct: RpcStruct, name: string): string | undefined {
  const value = struct[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Numbers come as text too. */
export function number(struct: RpcStruct, name: string): number | undefined {
  const value = struct[name];
  const found = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function struct(parent: RpcStruct, name: string): RpcStruct | undefined {
  const value = parent[name];
  return isStruct(value) ? value : undefined;
}

export function structs(parent: RpcStruct, name: string): readonly RpcStruct[] {
  const value = parent[name];
  return Array.isArray(value) ? (value as readonly RpcValue[]).filter(isStruct) : [];
}

export const guestsOf = (cloud: Cloud): Instance[] =>
  cloud.profile.regions
    .flatMap(({ region }) => cloud.instances(region))
    .filter(({ state }) => state !== 'terminated')
    .sort((a, b) => Number(a.id) - Number(b.id));

/** The guest that a call is made on. @throws RpcFailure */
export function guestOf(call: SlCall): Instance {
  const id = initId({ ...call, params: [{ headers: call.headers }] });
  const guest = guestsOf(call.cloud).find((candidate) => candidate.id === String(id));
  if (!guest) throw notFound(id);
  return guest;
}
