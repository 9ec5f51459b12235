import { AgencyError } from '@cloud-agency/errors';

export interface Page {
  readonly number: number;
  readonly size: number;
}

const largest = 1_000;
const usual = 100;

/** `?page=&number=` (OCCI.md 2.2): the first page is 1, `number` is how many a page holds. @throws AgencyError invalid-request, too-large. */
export function pageOf(query: URLSearchParams): Page | undefined {
  if (!query.has('page') && !query.has('number')) return undefined;
  const size = counted(query, 'number') ?? usual;
  if (size > largest)
    throw new AgencyError('too-large', { message: `number=${String(size)} is more than a page can hold: ${String(largest)}.` });
  return { number: counted(query, 'page') ?? 1, size };
}

function counted(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new AgencyError('invalid-request', { message: `'${name}' must be a whole number from 1; it is '${text.slice(0, 30)}'.` });
}
