import { invalid } from './fault.js';

interface Page {
  readonly summary: { readonly total: number; readonly start: number; readonly numpages: number; readonly returned: number };
  readonly list: readonly object[];
}

/** Pages come only to whom asks for them with `num_items`; `page` counts from 0 (GoGrid wiki, common list pattern). @throws GoGridFault 400 */
export function pageOf(items: readonly object[], params: URLSearchParams, most = Number.POSITIVE_INFINITY): Page {
  const asked = wholeNumber(params, 'num_items');
  const total = items.length;
  if (asked === undefined) return { summary: { total, start: 0, numpages: 0, returned: total }, list: items };
  const length = Math.min(Math.max(1, asked), most);
  const start = (wholeNumber(params, 'page') ?? 0) * length;
  const list = items.slice(start, start + length);
  return { summary: { total, start, numpages: Math.ceil(total / length), returned: list.length }, list };
}

function wholeNumber(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw invalid(`The parameter ${name} is a whole number, not ${text}.`);
  return Number(text);
}
