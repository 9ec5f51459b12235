import { invalid } from './fault.js';

const usual = 20;

/** limit: 20 unless told otherwise, 0 is all. @throws CloudSigmaFault 400 */
export function pageOf(items: readonly object[], query: URLSearchParams, most = Number.POSITIVE_INFINITY) {
  const asked = wholeNumber(query, 'limit') ?? usual;
  const offset = wholeNumber(query, 'offset') ?? 0;
  const limit = Math.min(asked === 0 ? Number.POSITIVE_INFINITY : asked, most);
  return {
    meta: { limit: Number.isFinite(limit) ? limit : 0, offset, total_count: items.length },
    objects: items.slice(offset, offset + limit),
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw invalid(`Invalid ${name} '${text}' provided. Please provide a positive integer >= 0.`);
  return Number(text);
}
