/** What an agreement runs at present, and its demand for just that. */
import type { Assignment, Demand, Need } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { standing } from '../resources/placements.js';
import { type AgencyTables, parsed, type PlacementRow } from '../store/tables.js';

/** What a plan rests on: it is void once something else stands. */
export interface Basis {
  readonly cfp: string;
  /** What carries, or is about to carry, each resource: the newest placement that stands. */
  readonly placements: readonly PlacementRow[];
}

/** Everything that the agreement runs, but for the machine that is to go: budget and spread ignore that. */
export async function basisOf(tables: Kysely<AgencyTables>, agreement: string, outgoing?: string): Promise<Basis> {
  const { cfp } = await tables.selectFrom('agreement').select('cfp').where('id', '=', agreement).executeTakeFirstOrThrow();
  const placements = await tables
    .selectFrom('placement')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('state', 'in', standing)
    .execute();
  const newest = new Map<string, PlacementRow>();
  for (const placement of placements) {
    if (placement.resource === outgoing) continue;
    const other = newest.get(placement.resource);
    if (!other || placement.requested_at > other.requested_at) newest.set(placement.resource, placement);
  }
  return { cfp, placements: [...newest.values()] };
}

/** Whether what a plan was made to stand beside is still what stands. */
export async function stillStands(
  tables: Kysely<AgencyTables>,
  agreement: string,
  basis: Basis,
  outgoing?: string,
): Promise<boolean> {
  const now = await basisOf(tables, agreement, outgoing);
  return keys(now) === keys(basis);
}

const keys = ({ placements }: Basis): string =>
  placements
    .map(({ id, offer_id: offer }) => `${id} ${offer}`)
    .sort()
    .join('\n');

export const asAssignment = (placement: PlacementRow): Assignment => ({
  item: placement.item,
  offer: parsed(placement.offer),
  count: 1,
});

/** The demand for as many machines of each item as stand, and so many more: reactions and clients have changed what the call began with. */
export function demandAsItStands(demand: Demand, { placements }: Basis, more: Readonly<Record<string, number>> = {}): Demand {
  const counts = new Map<string, number>();
  for (const { item } of placements) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const [item, count] of Object.entries(more)) counts.set(item, (counts.get(item) ?? 0) + count);
  const stands = (item: string): boolean => (counts.get(item) ?? 0) > 0;
  const needs = demand.needs.filter(({ item }) => stands(item)).map((need) => ofSize(need, counts.get(need.item) ?? 0, stands));
  return {
    ...demand,
    needs,
    ...(demand.traffic ? { traffic: demand.traffic.filter(({ from, to }) => stands(from) && stands(to)) } : {}),
    ...(demand.availability ? { availability: demand.availability.filter(({ items }) => items.every(stands)) } : {}),
  };
}

/** An item of another count; what it says of items of which nothing stands says nothing. */
function ofSize(need: Need, count: number, stands: (item: string) => boolean): Need {
  return {
    ...need,
    count,
    apartFrom: need.apartFrom.filter(({ item }) => stands(item)),
    ...(need.with ? { with: need.with.filter(({ item }) => stands(item)) } : {}),
    ...(need.onDemandAtLeast === undefined ? {} : { onDemandAtLeast: Math.min(need.onDemandAtLeast, count) }),
    ...(need.minUp === undefined ? {} : { minUp: Math.min(need.minUp, count) }),
  };
}
