import type { FailureReason } from '@cloud-agency/bus';
import type { Answer, Offer } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { Work } from '../store/agency-store.js';
import type { AgencyTables } from '../store/tables.js';

const firstMs = 30_000;
const longestMs = 30 * 60_000;

/** Reasons that speak of the whole region or account rather than of one offer. */
const regional: readonly FailureReason[] = ['unavailable', 'timeout', 'rate-limited'];
const accountWide: readonly FailureReason[] = ['bad-credentials', 'forbidden'];
/** Reasons that say nothing against the offer as it is made next time. */
const blameless: readonly FailureReason[] = ['price-changed', 'cancelled'];

/**
 * Keeps a failed offer from being chosen again for a while, twice as long after each failure (CFP.md 5). Keys are offer ids, or prefixes
 * of them that end in `/`: a whole region, or a whole account.
 */
export async function quarantine(
  work: Work,
  offer: Pick<Offer, 'id' | 'agent' | 'region'>,
  reason: FailureReason,
): Promise<void> {
  if (blameless.includes(reason)) return;
  const key = keyOf(offer, reason);
  const before = await work.tables.selectFrom('quarantine').selectAll().where('offer', '=', key).executeTakeFirst();
  const failures = (before?.failures ?? 0) + 1;
  const row = { failures, until: work.now + Math.min(longestMs, firstMs * 2 ** (failures - 1)) };
  await work.tables
    .insertInto('quarantine')
    .values({ offer: key, ...row })
    .onConflict((conflict) => conflict.column('offer').doUpdateSet(row))
    .execute();
}

function keyOf(offer: Pick<Offer, 'id' | 'agent' | 'region'>, reason: FailureReason): string {
  if (accountWide.includes(reason)) return `${offer.agent}/`;
  return regional.includes(reason) ? `${offer.agent}/${offer.region}/` : offer.id;
}

export async function quarantined(tables: Kysely<AgencyTables>, now: number): Promise<readonly string[]> {
  const rows = await tables.selectFrom('quarantine').select('offer').where('until', '>', now).execute();
  return rows.map((row) => row.offer);
}

/** The answer without what is quarantined by region or account. Agents prune within a region only, so nothing that could have won is missing. */
export function withoutQuarantined(answer: Answer, keys: readonly string[]): Answer {
  const prefixes = keys.filter((key) => key.endsWith('/'));
  if (prefixes.length === 0) return answer;
  const kept = (id: string): boolean => !prefixes.some((prefix) => id.startsWith(prefix));
  return {
    ...answer,
    offers: answer.offers.filter((offer) => kept(offer.id)),
    items: answer.items.map((item) => ({ ...item, candidates: item.candidates.filter(kept) })),
  };
}
