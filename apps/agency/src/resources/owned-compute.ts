import { AgencyError } from '@cloud-agency/errors';
import type { Kysely } from 'kysely';
import type { AgencyTables, ResourceRow } from '../store/tables.js';

/** A tenant's compute; undefined when there is none of this id, or it is another's. */
export async function computeOf(tables: Kysely<AgencyTables>, id: string, tenant: string): Promise<ResourceRow | undefined> {
  return await tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
}

/** @throws AgencyError not-found. */
export async function ownedCompute(tables: Kysely<AgencyTables>, id: string, tenant: string): Promise<ResourceRow> {
  const found = await computeOf(tables, id, tenant);
  if (found) return found;
  throw new AgencyError('not-found', { what: `Compute ${id}`, hint: 'GET /compute/ lists those there are.' });
}
