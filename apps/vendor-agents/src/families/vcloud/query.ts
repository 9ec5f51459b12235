import type { InstanceState } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { list, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';

/** The most that the query service puts on a page. */
const pageSize = 128;

/** Everything of a type, page by page (Programming Guide 1.5, "Using the Query Service"). */
export async function queried(api: VcloudApi, type: string, record: string): Promise<readonly XmlNode[]> {
  const found: XmlNode[] = [];
  const seen = new Set<string>();
  let at: string | undefined = `/query?type=${type}&format=records&pageSize=${pageSize}`;
  while (at !== undefined) {
    if (seen.has(at)) throw malformed(`the query for ${type} leads in a circle`);
    seen.add(at);
    const page = await api.call({ method: 'GET', at, roots: ['QueryResultRecords'] });
    found.push(...list(page, [], record));
    at = nextPage(page);
  }
  return found;
}

function nextPage(page: XmlElement): string | undefined {
  const next = list(page, [], 'Link').find((link) => text(link, '@rel') === 'nextPage');
  return next === undefined ? undefined : text(next, '@href');
}

/** The words that records have for what entities show as numbers. */
export const recordedStates: Readonly<Record<string, InstanceState>> = {
  FAILED_CREATION: 'error',
  SUSPENDED: 'suspended',
  POWERED_ON: 'active',
  POWERED_OFF: 'inactive',
};
