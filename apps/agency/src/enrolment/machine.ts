import type { Kysely } from 'kysely';
import type { AgencyTables, PlacementState } from '../store/tables.js';

/** What is on record of a machine that an agent is expected from. */
export interface Machine {
  readonly resource: string;
  readonly placement: string;
  readonly tenant: string;
  readonly title: string;
  readonly item: string;
  readonly cfp: string;
  readonly agreement: string;
  readonly state: PlacementState;
  /** Where its vendor says it is; null while that is not known. */
  readonly address: string | null;
  readonly tokenUntil: number;
  /** sha256 of the key that it enrolled with; null: it has not yet. */
  readonly publicKey: string | null;
  /** Why it was refused last. */
  readonly refused: string | null;
}

/** By the hash of its token, or by its placement. */
export async function machineBy(
  tables: Kysely<AgencyTables>,
  column: 'token' | 'placement',
  value: string,
): Promise<Machine | undefined> {
  return await tables
    .selectFrom('enrolment')
    .innerJoin('placement', 'placement.id', 'enrolment.placement')
    .innerJoin('resource', 'resource.id', 'placement.resource')
    .select([
      'placement.resource as resource',
      'placement.id as placement',
      'resource.tenant as tenant',
      'resource.title as title',
      'placement.item as item',
      'placement.cfp as cfp',
      'placement.agreement as agreement',
      'placement.state as state',
      'placement.address as address',
      'enrolment.token_until as tokenUntil',
      'enrolment.public_key as publicKey',
      'enrolment.refused as refused',
    ])
    .where(`enrolment.${column}`, '=', value)
    .executeTakeFirst();
}
