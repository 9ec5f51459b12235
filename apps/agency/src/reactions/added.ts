/** Machines that a reaction adds to a running agreement. */
import type { Offer } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { itemResource, machineMs, quoteMs } from '../agreements/acceptance.js';
import { order } from '../resources/placements.js';
import type { Work } from '../store/agency-store.js';
import { type AgencyTables, parsed, type PlacementRow, type ReactionRow, type ResourceRow } from '../store/tables.js';

export interface Added {
  readonly resource: ResourceRow;
  readonly placement: PlacementRow;
}

/** Those that a reaction has ordered so far, but for those that their client has deleted. */
export async function addedBy(tables: Kysely<AgencyTables>, reaction: ReactionRow): Promise<readonly Added[]> {
  const ids = parsed(reaction.detail).added ?? [];
  if (ids.length === 0) return [];
  const resources = await tables
    .selectFrom('resource')
    .selectAll()
    .where('id', 'in', ids)
    .where('state', '!=', 'deleted')
    .execute();
  const placements = await tables.selectFrom('placement').selectAll().where('resource', 'in', ids).execute();
  return resources.flatMap((resource) => {
    const placement = placements.find(({ id }) => id === resource.placement);
    return placement ? [{ resource, placement }] : [];
  });
}

/** How many machines an item of an agreement has, whether they run or are on their way. */
export async function countOf(tables: Kysely<AgencyTables>, agreement: string, item: string): Promise<number> {
  const rows = await tables
    .selectFrom('resource')
    .select('id')
    .where('agreement', '=', agreement)
    .where('item', '=', item)
    .where('state', '!=', 'deleted')
    .execute();
  return rows.length;
}

interface Ids {
  next(): string;
}

/** Orders one machine for each offer, as new resources of the item. Resolves to their ids. */
export async function orderNew(
  work: Work,
  ids: Ids,
  { agreement, item }: { readonly agreement: string; readonly item: string },
  offers: readonly Offer[],
): Promise<readonly string[]> {
  const cfp = await work.tables
    .selectFrom('cfp')
    .selectAll('cfp')
    .innerJoin('agreement', 'agreement.cfp', 'cfp.id')
    .where('agreement.id', '=', agreement)
    .executeTakeFirstOrThrow();
  const before = await work.tables
    .selectFrom('resource')
    .select('id')
    .where('agreement', '=', agreement)
    .where('item', '=', item)
    .execute();
  const added: string[] = [];
  for (const offer of offers) {
    const [id, placement] = [ids.next(), ids.next()];
    const resource = {
      ...itemResource(cfp, item, before.length + added.length + 1, work.now),
      ...{ id, agreement, placement, state: 'inactive' as const },
      message: `being provisioned at ${offer.vendor}, ${offer.region}`,
    };
    await work.tables.insertInto('resource').values(resource).execute();
    const times = { deadline: work.now + machineMs, validUntil: work.now + quoteMs };
    await order(work, { id: placement, call: parsed(cfp.call), resource, offer, ...times });
    added.push(id);
  }
  return added;
}

/** Orders another machine in the place of each one that came to nothing. */
export async function orderAgain(work: Work, ids: Ids, lost: readonly Added[], offers: readonly Offer[]): Promise<void> {
  for (const [index, { resource, placement: failed }] of lost.entries()) {
    const offer = offers[index];
    if (!offer) return;
    const { call } = await work.tables.selectFrom('cfp').select('call').where('id', '=', resource.cfp).executeTakeFirstOrThrow();
    const placement = ids.next();
    const message = `moved on to ${offer.vendor}, ${offer.region}: ${failed.message}`;
    await work.tables.updateTable('resource').set({ placement, message }).where('id', '=', resource.id).execute();
    await order(work, {
      id: placement,
      call: parsed(call),
      resource: { ...resource, agreement: failed.agreement },
      offer,
      deadline: work.now + machineMs,
      validUntil: work.now + quoteMs,
    });
  }
}
