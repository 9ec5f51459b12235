import { type NamedPolicies, parsePolicy, type StoredPolicy } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';

/** The policy that chooses for computes ordered without a call, where a tenant has stored one under this name (docs/occi.md). */
export const defaultPolicyName = 'default';
/** The most that such a compute may cost where its tenant's policy does not say, USD an hour: a slip of the pen must not cost a fortune. */
export const shippedMaxPrice = 1;

/** The policies that tenants have stored. */
export class Policies {
  constructor(private readonly tables: Kysely<AgencyTables>) {}

  async of(tenant: string): Promise<ReadonlyMap<string, StoredPolicy>> {
    const rows = await this.tables.selectFrom('policy').select(['name', 'document']).where('tenant', '=', tenant).execute();
    return new Map(rows.map(({ name, document }) => [name, parsePolicy(document)]));
  }

  async named(tenant: string): Promise<NamedPolicies> {
    return new Map([...(await this.of(tenant))].map(([name, { selecting }]) => [name, selecting]));
  }
}
