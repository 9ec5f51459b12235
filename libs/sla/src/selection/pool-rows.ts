import { isUnder, takes } from './candidates.js';
import { type Draft, ones } from './draft.js';
import type { Quota } from './offer.js';
import type { Candidate } from './problem.js';

/** What vendors have left and the tenant may take. What runs is taken already. */
export function poolRows(draft: Draft): void {
  if (!draft.without.has('capacity')) pools(draft);
  if (!draft.without.has('quotas')) quotas(draft);
}

function pools(draft: Draft): void {
  const found = new Map<string, { columns: number[]; left: number }>();
  draft.candidates.forEach(({ offer, running }, column) => {
    if (offer.capacity === null || running !== undefined) return;
    const pool = found.get(offer.pool) ?? { columns: [], left: offer.capacity };
    pool.columns.push(column);
    found.set(offer.pool, { columns: pool.columns, left: Math.min(pool.left, offer.capacity) });
  });
  const wanted = draft.problem.items.reduce((sum, { count }) => sum + count, 0);
  for (const { columns, left } of found.values()) if (left < wanted) draft.add(ones(columns), '<=', left);
}

function quotas(draft: Draft): void {
  for (const quota of draft.problem.quotas) limit(draft, quota, ({ offer }) => isUnder(quota, offer));
  for (const quota of draft.problem.demand.quotas ?? []) limit(draft, quota, () => true);
}

function limit(draft: Draft, { of, left }: Pick<Quota, 'of' | 'left'>, counts: (candidate: Candidate) => boolean): void {
  const unit = Math.max(1, left);
  const terms = draft.candidates.flatMap((candidate, column) => {
    const taken = candidate.running === undefined && counts(candidate) ? (takes(candidate.offer, of) ?? 0) : 0;
    return taken > 0 ? [{ column, coefficient: taken / unit }] : [];
  });
  draft.add(terms, '<=', left / unit);
}
