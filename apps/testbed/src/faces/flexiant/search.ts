import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { badRequest } from './fco-error.js';

/** A resource as the API shows it. */
export type View = Readonly<Record<string, unknown>> & { readonly resourceUUID: string; readonly resourceName: string };

const Condition = Type.Object({ field: Type.String(), condition: Type.String(), value: Type.Array(Type.String()) });
const Ordering = Type.Object({ fieldName: Type.String(), sortOrder: Type.Union([Type.Literal('ASC'), Type.Literal('DESC')]) });
const Index = Type.Integer({ minimum: 0 });
const Search = Type.Object({
  searchFilter: Type.Optional(Type.Union([Type.Null(), Type.Object({ filterConditions: Type.Array(Condition) })])),
  queryLimit: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object({
        from: Type.Optional(Index),
        to: Type.Optional(Index),
        maxRecords: Type.Optional(Index),
        loadChildren: Type.Optional(Type.Boolean()),
        orderBy: Type.Optional(Type.Union([Type.Null(), Type.Array(Ordering)])),
      }),
    ]),
  ),
});
export type Search = Static<typeof Search>;
type Condition = Static<typeof Condition>;
type QueryLimit = NonNullable<Search['queryLimit']>;

/** No body finds everything. @throws FcoError 400 */
export function readSearch(body: unknown): Search {
  if (body === undefined || body === null) return {};
  if (Value.Check(Search, body)) return body;
  const problem = Value.Errors(Search, body).First();
  throw badRequest(`Invalid ${problem?.path.slice(1) ?? 'search'}: ${problem?.message ?? ''}`);
}

/** The API's default, and a fault's. */
const mostRecords = 200;

/** FCO API, ListResult: which results these are, and how many there are in all. @throws FcoError 400 */
export function listResult(views: readonly View[], { searchFilter, queryLimit }: Search, most = mostRecords) {
  const tests = (searchFilter?.filterConditions ?? []).map(testOf);
  const found = sorted(
    views.filter((view) => tests.every((test) => test(view))),
    queryLimit ?? {},
  );
  const { from = 0, to, maxRecords = mostRecords } = queryLimit ?? {};
  const count = Math.min(maxRecords, most, to === undefined ? Infinity : to - from + 1);
  const list = found.slice(from, from + Math.max(0, count));
  return { list, listFrom: from, listTo: Math.max(from, from + list.length - 1), totalCount: found.length };
}

const matchers: Readonly<Record<string, (found: string, wanted: string) => boolean>> = {
  IS_EQUAL_TO: (found, wanted) => found === wanted,
  CONTAINS: (found, wanted) => found.includes(wanted),
  STARTS_WITH: (found, wanted) => found.startsWith(wanted),
  ENDS_WITH: (found, wanted) => found.endsWith(wanted),
  IS_GREATER_THAN: (found, wanted) => Number(found) > Number(wanted),
  IS_GREATER_THAN_OR_EQUAL_TO: (found, wanted) => Number(found) >= Number(wanted),
  IS_LESS_THAN: (found, wanted) => Number(found) < Number(wanted),
  IS_LESS_THAN_OR_EQUAL_TO: (found, wanted) => Number(found) <= Number(wanted),
};

const negations: Readonly<Record<string, string>> = {
  IS_NOT_EQUAL_TO: 'IS_EQUAL_TO',
  NOT_CONTAINS: 'CONTAINS',
  NOT_STARTS_WITH: 'STARTS_WITH',
  NOT_ENDS_WITH: 'ENDS_WITH',
};

function testOf({ field, condition, value: wanted }: Condition): (view: View) => boolean {
  const negated = negations[condition];
  const matches = matchers[negated ?? condition];
  if (!matches) throw badRequest(`'${condition}' is no condition`);
  const path = field.split('.');
  return (view) => {
    const found = valuesAt(view, path);
    const some = found.some((one) => wanted.some((other) => matches(one, other)));
    return negated === undefined ? some : !some;
  };
}

/** What stands at a path in dots, in every item of a list on the way. */
function valuesAt(node: unknown, path: readonly string[]): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (typeof node !== 'object' || node === null) return name === undefined && isScalar(node) ? [String(node)] : [];
  return name === undefined ? [] : valuesAt((node as Record<string, unknown>)[name], rest);
}

const isScalar = (node: unknown): node is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof node);

function sorted(views: View[], { orderBy }: QueryLimit): View[] {
  const [order] = orderBy ?? [];
  if (!order) return views;
  const path = order.fieldName.split('.');
  const direction = order.sortOrder === 'ASC' ? 1 : -1;
  const keyOf = (view: View): string => valuesAt(view, path).join(' ');
  return views.sort((a, b) => direction * keyOf(a).localeCompare(keyOf(b)));
}
