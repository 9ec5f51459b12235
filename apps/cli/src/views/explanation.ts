import type { Explanation, ItemExplanation } from '@cloud-agency/sla';
import { count, plural } from './figures.js';

/** For each item what each constraint excluded and its nearest miss; then what else is to be known. */
export function explanationLines(explanation: Explanation | null): string[] {
  if (!explanation) return [];
  return [...explanation.items.flatMap(itemLines), ...explanation.notes.map((note) => `  ${note}`)];
}

function itemLines({ item, considered, feasible, excluded }: ItemExplanation): string[] {
  const heading = `  ${item}: ${plural(considered, 'offer')} looked at, ${feasible === 0 ? 'none meets' : `${count(feasible)} meet`} every requirement`;
  return [
    heading,
    ...excluded.map(({ constraint, excluded: out, excludedByThisAlone, nearestMiss }) => {
      const alone = excludedByThisAlone > 0 ? ` (${count(excludedByThisAlone)} by it alone)` : '';
      const nearest = nearestMiss ? `; nearest: ${nearestMiss.found} at ${nearestMiss.offer}` : '';
      return `    ${constraint} excludes ${count(out)}${alone}${nearest}`;
    }),
  ];
}
