import { shortPage } from '../mishap.js';
import { type Call, noSuch, type View, zoneAsked, zoneIdOf } from './call.js';
import { CloudStackFault, invalid } from './fault.js';

/** `default.page.size`, which is also the longest page there is. */
const longestPage = 500;

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly region?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The things that the parameters common to all lists let through: id, name, keyword, zoneid, tags.
 * @throws CloudStackFault 431 for an id that is nobody's.
 */
export function asked<Thing extends Listed>(call: Call, things: readonly Thing[]): Thing[] {
  const { params } = call;
  const [id, name, keyword] = [params.get('id'), params.get('name'), params.get('keyword')?.toLowerCase()];
  const zone = zoneAsked(call);
  const tags = Object.entries(params.pairs('tags'));
  if (id !== undefined && !things.some((thing) => thing.id === id)) throw noSuch(call, 'id', id);
  return things.filter(
    (thing) =>
      (id === undefined || thing.id === id) &&
      (name === undefined || thing.name === name) &&
      (keyword === undefined || thing.name.toLowerCase().includes(keyword)) &&
      (!zone ||
        thing.region === undefined ||
        zoneIdOf(call.cloud.name, thing.region) === zoneIdOf(call.cloud.name, zone.region)) &&
      tags.every(([key, value]) => thing.labels?.[key] === value),
  );
}

/**
 * A page of a list, with the number of all that there are; an empty list is an empty object (Developer's Guide, Maximum result pages
 * returned; BaseListCmd).
 * @throws CloudStackFault 431
 */
export function listed<Thing>(call: Call, member: string, things: readonly Thing[], view: (thing: Thing) => View): View {
  const { start, length } = pageOf(call);
  if (things.length === 0) return {};
  return { count: things.length, [member]: things.slice(start, start + length).map(view) };
}

function pageOf(call: Call): { readonly start: number; readonly length: number } {
  const { page, size } = pageAsked(call);
  if (size > longestPage) throw invalid(`Page size can not exceed max allowed page size value: ${longestPage}`);
  const length = Math.min(size, shortPage(call.testbed, { cloud: call.cloud.name }) ?? longestPage);
  return { start: length * (page - 1), length };
}

/** Both or none of them (ParamSemanticValidationWorker); -1 is as many as there may be. */
function pageAsked({ params }: Call): { readonly page: number; readonly size: number } {
  const [page, size = -1] = [params.integer('page'), params.integer('pagesize')];
  if (page === undefined && size !== -1)
    throw new CloudStackFault(431, '"page" parameter is required when "pagesize" is specified');
  if (page !== undefined && params.get('pagesize') === undefined)
    throw new CloudStackFault(431, '"pagesize" parameter is required when "page" is specified');
  return { page: page ?? 1, size: size === -1 ? longestPage : size };
}
