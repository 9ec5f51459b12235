import type { AgencyConfig, ConfiguredQuota } from '@cloud-agency/runtime';
import { type Assignment, type Call, type Offer, parseQuantity, type QuotaUnit, type TenantQuota } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { type AgencyTables, parsed, type PlacementState } from '../store/tables.js';

const units: readonly QuotaUnit[] = ['machines', 'cores', 'memory', 'gpu'];
/** Nothing is left of it at the vendor. Whatever else there is counts, an outgoing machine beside its replacement too (CFP.md 5). */
const gone: readonly PlacementState[] = ['failed', 'deleted'];

interface Tables {
  readonly tables: Kysely<AgencyTables>;
}

/** What else the Agency puts into a call, whoever its tenant is. */
interface Beside {
  beside(call: Call): Call;
}

const nothing: Beside = { beside: (call) => call };

/** What each tenant may have over all vendors: `quotas` of the configuration. */
export class TenantQuotas {
  private readonly declared: ReadonlyMap<string, readonly TenantQuota[]>;

  constructor(
    declared: AgencyConfig['quotas'] = {},
    private readonly observed: Beside = nothing,
  ) {
    this.declared = new Map(Object.entries(declared).map(([tenant, quota]) => [tenant, mostOf(quota)]));
  }

  /** The call with what was observed of vendors, and what its tenant may still take; the machines of the placements named do not count: they make way. */
  async limiting({ tables }: Tables, call: Call, tenant: string, makingWay: readonly string[] = []): Promise<Call> {
    const quotas = await this.left(tables, tenant, makingWay);
    const told = this.observed.beside(call);
    return quotas.length === 0 ? told : { ...told, demand: { ...told.demand, quotas } };
  }

  /** Why the tenant cannot have these machines beside what it has now; undefined when it can. */
  async shortfall({ tables }: Tables, tenant: string, wanted: readonly Assignment[]): Promise<string | undefined> {
    const quotas = await this.left(tables, tenant, []);
    const short = quotas.find(({ of, left }) => sum(wanted.map(({ offer, count }) => count * used(offer, of))) > left);
    if (!short) return undefined;
    const wants = sum(wanted.map(({ offer, count }) => count * used(offer, short.of)));
    return `the quota of ${tenant} leaves ${amount(short.left, short.of)}, and this takes ${amount(wants, short.of)}; give machines back, or ask your operator for more`;
  }

  private async left(tables: Tables['tables'], tenant: string, makingWay: readonly string[]): Promise<readonly TenantQuota[]> {
    const most = this.declared.get(tenant) ?? this.declared.get('default') ?? [];
    if (most.length === 0) return [];
    const rows = await tables
      .selectFrom('placement')
      .innerJoin('cfp', 'cfp.id', 'placement.cfp')
      .select(['placement.id', 'placement.offer', 'placement.next_offer'])
      .where('cfp.tenant', '=', tenant)
      .where('placement.state', 'not in', gone)
      .execute();
    const has = rows
      .filter(({ id }) => !makingWay.includes(id))
      .map(({ offer, next_offer: next }) => [parsed(offer), ...(next === null ? [] : [parsed(next)])]);
    return most.map(({ of, left }) => ({
      of,
      left: Math.max(0, left - sum(has.map((sizes) => Math.max(...sizes.map((size) => used(size, of)))))),
    }));
  }
}

/** Whether one machine of this offer is within the quotas. */
export const isWithin = (quotas: readonly TenantQuota[], offer: Offer): boolean =>
  quotas.every(({ of, left }) => used(offer, of) <= left);

function mostOf(quota: ConfiguredQuota): readonly TenantQuota[] {
  return units.flatMap((of) => {
    const most = quota[of];
    return most === undefined ? [] : [{ of, left: parseQuantity(most, of === 'memory' ? 'size' : 'number') }];
  });
}

/** What is not known of a machine was not bought under a quota of it, for then its offer would not have been taken. */
const used = (offer: Offer, of: QuotaUnit): number => (of === 'machines' ? 1 : (offer[of] ?? 0));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const amount = (value: number, of: QuotaUnit): string => (of === 'memory' ? `${value} GiB of memory` : `${value} ${of}`);
