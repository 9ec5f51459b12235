import { measured, monthly, costTolerance } from './cost.js';
import { type Draft, ones } from './draft.js';
import type { Discount } from './offer.js';

/**
 * A column for each tier of each discount says that it is reached; only then may machines be had at it. That all get the best tier reached
 * needs no row: a plan at a lower one costs more and brings nothing, so none is best, and what is found is priced anew in any case.
 */
export function discountRows(draft: Draft): void {
  for (const discount of draft.problem.discounts) {
    const tiers = new Map<number, number[]>();
    draft.candidates.forEach(({ offer, tier }, column) => {
      if (!tier || offer.discount !== discount.id) return;
      const columns = tiers.get(tier.from);
      if (columns) columns.push(column);
      else tiers.set(tier.from, [column]);
    });
    for (const tier of reachedByFixed(draft, discount)) if (!tiers.has(tier.from)) tiers.set(tier.from, []);
    const chosen = [...tiers].map(([from, columns]) => tierRows(draft, discount, from, columns));
    if (chosen.length > 1) draft.add(ones(chosen), '<=', 1);
  }
}

/** What stays gets the tier too, whether or not anything is added to it. */
function reachedByFixed({ problem }: Draft, { id, by, tiers }: Discount): Discount['tiers'] {
  const there = measured(id, by, problem.fixed);
  return there > 0 ? tiers.filter(({ from }) => there >= from - costTolerance) : [];
}

function tierRows(draft: Draft, discount: Discount, from: number, columns: readonly number[]): number {
  const { problem, candidates } = draft;
  const { id, by, tiers } = discount;
  const off = tiers.find((tier) => tier.from === from)?.off ?? 0;
  const chosen = draft.helper(-off * measured(id, 'spend', problem.fixed));
  problem.items.forEach((_, item) => {
    const own = columns.filter((column) => candidates[column]?.item === item);
    const most = draft.most(own);
    if (own.length > 0) draft.add([...ones(own), { column: chosen, coefficient: -most }], '<=', 0);
  });
  const unit = Math.max(1, from);
  const counted = candidates.flatMap(({ offer }, column) =>
    offer.discount === id ? [{ column, coefficient: (by === 'machines' ? 1 : monthly(offer)) / unit }] : [],
  );
  const needed = (from - costTolerance) / unit;
  draft.add([...counted, { column: chosen, coefficient: -needed }], '>=', -measured(id, by, problem.fixed) / unit);
  return chosen;
}
