import type { LinkRef } from '@cloud-agency/occi';
import type { SelectQueryBuilder } from 'kysely';
import type { EntityQuery } from '../entity-source.js';

/** Runs a query for the page asked for, so that the database reads no more than that. */
export async function listed<DB, TB extends keyof DB, Row>(
  rows: SelectQueryBuilder<DB, TB, Row>,
  query: EntityQuery,
): Promise<Row[]> {
  if (!query.page) return await rows.execute();
  const { number, size } = query.page;
  return await rows
    .limit(size)
    .offset((number - 1) * size)
    .execute();
}

/** SQLite takes no more than 32,766 values in a query, and nobody gains by more than these. */
const slice = 500;

/** What belongs to many rows, looked up for some at a time. */
export async function inSlices<Row, Found>(
  rows: readonly Row[],
  lookUp: (some: readonly Row[]) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  if (rows.length <= slice) return await lookUp(rows);
  const found: Found[] = [];
  for (let from = 0; from < rows.length; from += slice) found.push(...(await lookUp(rows.slice(from, from + slice))));
  return found;
}

/** The ids of the page asked for, as a query in a query: an index answers it without reading the rows before the page. */
export function pageOfIds<DB, TB extends keyof DB, Row>(
  ids: SelectQueryBuilder<DB, TB, Row>,
  { page }: EntityQuery,
): SelectQueryBuilder<DB, TB, Row> {
  return page ? ids.limit(page.size).offset((page.number - 1) * page.size) : ids;
}

const agencyScheme = 'http://schemas.cloud-agency.dev/occi/agency#';

/** A link of the Agency's own to one of its entities. */
export function linkTo(target: { readonly location: string; readonly kind: string }, linkKind: string, id: string): LinkRef {
  return {
    target: target.location,
    rel: target.kind,
    self: `/${linkKind}/${id}`,
    categories: [`${agencyScheme}${linkKind}`],
    attributes: {},
  };
}
