import { shortPage } from '../mishap.js';
import { Ec2Error, invalidValue } from './ec2-error.js';
import type { Query } from './query.js';
import type { QueryCall } from './query-service.js';

/** What each filter of an action reads from an item. */
export type FilterFields<T> = Readonly<Record<string, (item: T) => string | readonly string[] | null | undefined>>;

/**
 * The items that every filter of the query lets through: one of its values matches, `*` and `?` being wildcards.
 * @param labelsOf where `tag:<key>` and `tag-key` look; without it they are no filters of the action.
 * @throws Ec2Error InvalidParameterValue for a filter that the action does not have.
 */
export function filtered<T>(
  items: readonly T[],
  query: Query,
  fields: FilterFields<T>,
  labelsOf?: (item: T) => Readonly<Record<string, string>>,
): T[] {
  const tests = query.filters().map(({ name, values }) => {
    const read = readerOf(name, fields, labelsOf);
    const patterns = values.map(patternOf);
    return (item: T) => read(item).some((value) => patterns.some((pattern) => pattern.test(value)));
  });
  return items.filter((item) => tests.every((test) => test(item)));
}

function readerOf<T>(
  name: string,
  fields: FilterFields<T>,
  labelsOf?: (item: T) => Readonly<Record<string, string>>,
): (item: T) => readonly string[] {
  if (labelsOf && name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item) => listed(labelsOf(item)[key]);
  }
  if (labelsOf && name === 'tag-key') return (item) => Object.keys(labelsOf(item));
  const read = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!read) throw invalidValue(`The filter '${name}' is invalid`);
  return (item) => listed(read(item));
}

function listed(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function patternOf(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 's');
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** The part of the items that MaxResults and NextToken ask for. @throws Ec2Error InvalidPaginationToken, InvalidParameterValue */
export function paged<T>(
  items: readonly T[],
  { testbed, cloud, region, query }: QueryCall,
  limits: { least: number; most: number; fallback: number },
): Page<T> {
  const wanted = query.integer('MaxResults', limits);
  const size = Math.min(wanted, shortPage(testbed, { cloud: cloud.name, region: region.region }) ?? wanted);
  const start = startOf(query.get('NextToken'));
  const end = start + size;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(`from ${end}`).toString('base64') : undefined,
  };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, start] = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (start === undefined)
    throw new Ec2Error('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
  return Number(start);
}
