import { shortPage } from '../mishap.js';
import { isList, type RpcStruct, type RpcValue } from '../xml-rpc.js';
import type { GandiCall } from './call.js';
import { fault } from './fault.js';

const pageLength = 100;
const mostOnPage = 500;

/**
 * What the options of a list leave of it: those whose members are as given (or one of those given), of which a page ("Filters" and
 * "Methods Conventions" of the API's manual: `items_per_page` 100 unless told otherwise, `page` from 0). `sort_by` changes nothing: ids go up.
 * @throws RpcFailure for a member that they do not have.
 */
export function listed(call: GandiCall, options: RpcStruct, things: readonly RpcStruct[]): RpcValue {
  const { items_per_page: wanted = pageLength, page = 0 } = options;
  if (typeof wanted !== 'number' || wanted < 1 || wanted > mostOnPage)
    throw fault('INTEGER', 'BADPARAMETER', `items_per_page is not between 1 and ${mostOnPage}`);
  if (typeof page !== 'number' || page < 0) throw fault('INTEGER', 'BADPARAMETER', 'page is negative');
  const length = Math.min(wanted, shortPage(call.testbed, { cloud: call.cloud.name }) ?? wanted);
  return chosen(options, things).slice(page * length, (page + 1) * length);
}

export const counted = (options: RpcStruct, things: readonly RpcStruct[]): number => chosen(options, things).length;

function chosen(options: RpcStruct, things: readonly RpcStruct[]): readonly RpcStruct[] {
  const filters = Object.entries(options).filter(([name]) => !['items_per_page', 'page', 'sort_by'].includes(name));
  const [example] = things;
  const odd = filters.find(([name]) => example && !(name in example));
  if (odd) throw fault('STRUCT', 'BADPARAMETER', `unexpected key '${odd[0]}'`);
  return things.filter((thing) => filters.every(([name, value]) => matches(thing[name], value)));
}

const matches = (actual: RpcValue | undefined, wanted: RpcValue | undefined): boolean =>
  isList(wanted) ? wanted.some((one) => one === actual) : actual === wanted;
