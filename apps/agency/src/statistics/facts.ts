import type { FailureReason, UptimeMessage } from '@cloud-agency/bus';
import type { Offer } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { CountedBy } from '../store/statistics-tables.js';
import { parsed, type PlacementRow } from '../store/tables.js';

type Ordered = Pick<PlacementRow, 'id' | 'offer' | 'requested_at'>;

/** What a machine of an offer is counted by. */
export const countedBy = ({ vendor, region, instanceType, market }: Offer): CountedBy => ({
  vendor,
  region,
  size: instanceType,
  market,
});

/** What of a failure is the vendor's; the rest is ours, or a change of its prices, which it may make. */
const notTheVendors: readonly FailureReason[] = [
  'cancelled',
  'price-changed',
  'bad-credentials',
  'forbidden',
  'invalid-request',
  'quota',
];

/** An order has become a verified machine, or come to nothing. Of each placement the first outcome counts: what befalls a machine later is no provisioning. */
export async function noteProvisioned(work: Work, placement: Ordered, reason: FailureReason | null): Promise<void> {
  if (reason !== null && notTheVendors.includes(reason)) return;
  const outcome = { at: work.now, took: reason === null ? work.now - placement.requested_at : null, reason };
  await work.tables
    .insertInto('provisioning')
    .values({ placement: placement.id, ...countedBy(parsed(placement.offer)), ...outcome })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was violated, and by whom: one resource, or all machines of an item together. */
export interface Breach {
  readonly violation: string;
  readonly agreement: string;
  readonly resource: string | null;
  readonly item: string;
}

/**
 * A guarantee was violated: it counts for where the resource stands. One of a group counts once for each place, size and market that its
 * machines stand at then, for which of them it was cannot be told.
 */
export async function noteBreach(work: Work, { violation, agreement, resource, item }: Breach): Promise<void> {
  const rows = await work.tables
    .selectFrom('resource')
    .innerJoin('placement', 'placement.id', 'resource.placement')
    .select('placement.offer')
    .where((where) =>
      resource === null
        ? where.and({ 'resource.agreement': agreement, 'resource.item': item }).and('resource.state', '!=', 'deleted')
        : where('resource.id', '=', resource),
    )
    .execute();
  const places = new Map(
    rows.map(({ offer }) => countedBy(parsed(offer))).map((place) => [Object.values(place).join(' '), place]),
  );
  for (const [key, place] of places)
    await work.tables
      .insertInto('breach')
      .values({ id: resource === null ? `${violation} ${key}` : violation, ...place, at: work.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** What the monitor has seen of machines: of each day the whole, so it takes the place of what was said before. Others' machines are passed over. */
export async function takeUptime(work: Work, { days }: UptimeMessage): Promise<void> {
  const placements = [...new Set(days.map(({ placement }) => placement))];
  if (placements.length === 0) return;
  const rows = await work.tables.selectFrom('placement').select(['id', 'offer']).where('id', 'in', placements).execute();
  const offers = new Map(rows.map(({ id, offer }) => [id, countedBy(parsed(offer))]));
  for (const { placement, day, watched, down, asOf } of days) {
    const counted = offers.get(placement);
    if (!counted) continue;
    const seen = { watched, down, as_of: Date.parse(asOf) };
    await work.tables
      .insertInto('uptime')
      .values({ id: `${placement} ${day}`, placement, ...counted, day: Date.parse(day), ...seen })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(seen).where('uptime.as_of', '<=', seen.as_of))
      .execute();
  }
}
