import { shortPage } from '../mishap.js';
import type { RpcAnswer } from '../rpc-routes.js';
import { isList, isStruct, type RpcStruct, type RpcValue } from '../xml-rpc.js';
import { number, type SlCall, struct, structs, text } from './call.js';

/** An object of SoftLayer's: what it is, and what it is related to, which is told only when an object mask asks for it. */
export interface SlObject {
  readonly local: RpcStruct;
  readonly related: RpcStruct;
}

export const one = (call: SlCall, object: SlObject): RpcAnswer => ({ value: masked(call, object) });

/**
 * Those that the object filter lets through (below `property`, the relation that the method is named after), of which the result limit
 * says how many, from where on; how many there are in all is an HTTP header, `softlayer-total-items` ("Using Result Limits in the
 * SoftLayer API").
 */
export function many(call: SlCall, property: string, objects: readonly SlObject[]): RpcAnswer {
  const { headers, service, testbed, cloud } = call;
  const filter = struct(struct(headers, `${service}ObjectFilter`) ?? {}, property) ?? {};
  const found = objects.filter(({ local, related }) => passes({ ...local, ...related }, filter));
  const limit = struct(headers, 'resultLimit') ?? {};
  const [offset, wanted] = [number(limit, 'offset') ?? 0, number(limit, 'limit') ?? found.length];
  const length = Math.min(wanted, shortPage(testbed, { cloud: cloud.name }) ?? wanted);
  return {
    value: found.slice(offset, offset + length).map((object) => masked(call, object)),
    headers: { 'softlayer-total-items': String(found.length) },
  };
}

/** Without a mask what it is; with an old one (a struct) the relations named besides; with a new one (`mask[a,b[c]]`) what is named, and no more. */
function masked({ headers, service }: SlCall, { local, related }: SlObject): RpcStruct {
  const old = struct(struct(headers, `${service}ObjectMask`) ?? {}, 'mask');
  const names = namesOf(text(struct(headers, 'SoftLayer_ObjectMask') ?? {}, 'mask'));
  if (names) return pick({ ...local, ...related }, names);
  return old ? { ...local, ...pick(related, new Set(namesOfOld(old))) } : local;
}

const pick = (from: RpcStruct, names: ReadonlySet<string>): RpcStruct =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)));

/** `SoftLayer_Account` masks begin with the relation that the method is named after. */
const namesOfOld = (mask: RpcStruct): string[] =>
  Object.entries(mask).flatMap(([name, inner]) => (isStruct(inner) ? [name, ...Object.keys(inner)] : [name]));

/** The outermost names; undefined without a mask. */
function namesOf(mask: string | undefined): ReadonlySet<string> | undefined {
  if (mask === undefined) return undefined;
  const inner = /^mask\[(.*)\]$/s.exec(mask.trim())?.[1] ?? mask.replace(/^mask\./, '');
  let flat = inner;
  while (/\[[^[\]]*\]/.test(flat)) flat = flat.replace(/\[[^[\]]*\]/g, '');
  return new Set(flat.split(',').map((name) => name.trim().split('.', 1)[0] ?? ''));
}

/** "Object Filters": bad ones are silently ignored. */
function passes(value: RpcValue | undefined, filter: RpcStruct): boolean {
  if ('operation' in filter) return holds(value, filter);
  return Object.entries(filter).every(([name, inner]) => {
    if (!isStruct(inner)) return true;
    return (isList(value) ? value : [value]).some((each) => isStruct(each) && passes(each[name], inner));
  });
}

function holds(value: RpcValue | undefined, filter: RpcStruct): boolean {
  if (isList(value)) return value.some((each) => holds(each, filter));
  const operation = typeof filter.operation === 'number' ? String(filter.operation) : (text(filter, 'operation') ?? '');
  if (operation === 'orderBy') return true;
  if (operation === 'in') return optionsOf(filter).some((wanted) => same(value, wanted));
  const [, operator = '', wanted = operation] = /^(!=|\^=|\*=|\$=|_=|~)\s*(.*)$/s.exec(operation) ?? [];
  return (operators[operator] ?? same)(value, wanted);
}

const optionsOf = (filter: RpcStruct): readonly RpcValue[] =>
  structs(filter, 'options').flatMap(({ value }) => (isList(value) ? value : value === undefined ? [] : [value]));

const lower = (value: RpcValue | undefined): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).toLowerCase() : '';

type Operator = (value: RpcValue | undefined, wanted: RpcValue) => boolean;
const same: Operator = (value, wanted) => lower(value) === lower(wanted);
const operators: Readonly<Record<string, Operator>> = {
  '!=': (value, wanted) => !same(value, wanted),
  '^=': (value, wanted) => lower(value).startsWith(lower(wanted)),
  '$=': (value, wanted) => lower(value).endsWith(lower(wanted)),
  '*=': (value, wanted) => lower(value).includes(lower(wanted)),
  '~': (value, wanted) => lower(value).includes(lower(wanted)),
  '_=': same,
};
