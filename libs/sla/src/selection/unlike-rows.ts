import { type Draft, ones } from './draft.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';
import type { Problem } from './problem.js';

/** By what two proposals differ (CFP.md 4, Exact). */
export function siteKey({ agent, region, zone, market }: Offer): string {
  return `${agent}/${region}/${zone}/${market}`;
}

/** In some group of equal account, region, zone and market the new plan has fewer machines than this one: then it differs. */
export function unlikeRows(draft: Draft, plan: readonly Assignment[]): void {
  const groups = draft.problem.items.flatMap(({ need }, item) => {
    const counts = new Map<string, number>();
    for (const { offer, count } of plan.filter((assignment) => assignment.item === need.item)) {
      counts.set(siteKey(offer), (counts.get(siteKey(offer)) ?? 0) + count);
    }
    const columns = draft.grouped(item, ({ offer }) => siteKey(offer));
    return [...counts].map(([key, count]) => ({ count, columns: columns.get(key) ?? [] }));
  });
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (groups.every(({ columns, count }) => draft.most(columns) <= count)) {
    draft.add(ones(groups.flatMap(({ columns }) => columns)), '<=', total - 1);
    return;
  }
  const fewer = groups.map(({ columns, count }) => {
    const most = draft.most(columns);
    const helper = draft.helper();
    draft.add([...ones(columns), { column: helper, coefficient: most - count + 1 }], '<=', most);
    return helper;
  });
  draft.add(ones(fewer), '>=', 1);
}

/** Whether a plan differs so from each of the others: what a solver says of it is not taken on trust. */
export function isUnlike({ items }: Problem, plan: readonly Assignment[], others: readonly (readonly Assignment[])[]): boolean {
  return others.every((other) => items.some(({ need }) => sites(plan, need.item) !== sites(other, need.item)));
}

function sites(plan: readonly Assignment[], item: string): string {
  const own = plan.filter((assignment) => assignment.item === item);
  return own
    .flatMap(({ offer, count }) => new Array<string>(count).fill(siteKey(offer)))
    .sort()
    .join(' ');
}
