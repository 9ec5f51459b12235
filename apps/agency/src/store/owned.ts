import type { Kysely } from 'kysely';
import type { AgencyTables } from './tables.js';

/*
 * What a tenant has and has not deleted. A row that it deleted stays for as long as others refer to it, and no client sees it.
 */

export const ownCalls = (tables: Kysely<AgencyTables>, tenant: string) =>
  tables.selectFrom('cfp').selectAll().where('tenant', '=', tenant).where('removed', '=', 0);

export const ownProposals = (tables: Kysely<AgencyTables>, tenant: string) =>
  tables.selectFrom('proposal').selectAll().where('tenant', '=', tenant).where('removed', '=', 0);

export const ownAgreements = (tables: Kysely<AgencyTables>, tenant: string) =>
  tables.selectFrom('agreement').selectAll().where('tenant', '=', tenant).where('removed', '=', 0);
