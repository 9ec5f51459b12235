import { OpenStackFault } from './fault.js';
import { pageAfter } from './paging.js';
import type { Answer, Call } from './service.js';

/** What Neutron shows of a thing; every field is a filter. */
export type NeutronView = Readonly<Record<string, unknown>> & { readonly id: string };

export type Collection = 'networks' | 'subnets' | 'ports' | 'floatingips';

const paging = ['limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'fields'];

/** The things of a collection that every filter lets through; a filter given more than once means any of its values. */
export function listOf(call: Call, collection: Collection, views: readonly NeutronView[]): Answer {
  const { query, root } = call;
  const filters = [...new Set(query.keys())].filter((name) => !paging.includes(name));
  const asked = views.filter((view) => filters.every((name) => matches(view, name, query.getAll(name))));
  const { items, next } = pageAfter(asked, call);
  const links = next === null ? {} : { [`${collection}_links`]: [{ rel: 'next', href: `${root}/${collection}?${next}` }] };
  return { body: { [collection]: items, ...links } };
}

function matches(view: NeutronView, name: string, values: readonly string[]): boolean {
  const tags = view.tags as readonly string[];
  const wanted = values.flatMap((value) => value.split(','));
  if (name === 'tags') return wanted.every((tag) => tags.includes(tag));
  if (name === 'tags-any') return wanted.some((tag) => tags.includes(tag));
  if (name === 'not-tags') return !wanted.every((tag) => tags.includes(tag));
  if (name === 'fixed_ips') return values.some((value) => hasAddress(view.fixed_ips, value));
  return values.some((value) => String(view[name]).toLowerCase() === value.toLowerCase());
}

/** `fixed_ips=ip_address=10.0.0.4` */
function hasAddress(fixedIps: unknown, condition: string): boolean {
  const [field = '', value] = condition.split('=', 2);
  return ((fixedIps ?? []) as readonly Readonly<Record<string, string>>[]).some((address) => address[field] === value);
}

export const tagsOf = (labels: Readonly<Record<string, string>>): string[] => Object.keys(labels);
export const labelsOf = (tags: readonly string[]): Record<string, string> => Object.fromEntries(tags.map((tag) => [tag, '']));

export const neutronFault = (status: number, kind: string, message: string): OpenStackFault =>
  new OpenStackFault(status, message, undefined, kind);

/** Neutron's word for more than an account may have. */
export const overQuota = (resource: string) => (): OpenStackFault =>
  neutronFault(409, 'OverQuota', `Quota exceeded for resources: ['${resource}'].`);

/** @throws OpenStackFault 400 when the one object of a request is not of the shape. */
export const malformed = (problem: { path: string; message: string } | undefined): OpenStackFault =>
  neutronFault(
    400,
    'HTTPBadRequest',
    `Invalid input for ${problem?.path.slice(1).replaceAll('/', '.') || 'body'}. Reason: ${problem?.message ?? 'malformed'}.`,
  );
