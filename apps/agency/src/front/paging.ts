import { AgencyError } from '@cloud-agency/errors';
import { PageParameters, parametersOf } from './query-parameters.js';

export interface Page {
  readonly number: number;
  readonly size: number;
}

const largest = 1_000;
const usual = 100;

/** `?page=&number=` (OCCI.md 2.2): the first page is 1, `number` is how many a page holds. @throws AgencyError invalid-request, too-large. */
export function pageOf(query: URLSearchParams): Page | undefined {
  if (!query.has('page') && !query.has('number')) return undefined;
  const { page = 1, number = usual } = parametersOf(PageParameters, query);
  const size = Number(number);
  if (size > largest) throw new AgencyError('too-large', { message: `number=${size} is more than a page can hold: ${largest}.` });
  return { number: Number(page), size };
}
