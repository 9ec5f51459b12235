import type { Explanation, ItemExplanation } from '@cloud-agency/sla';
import { count, plural } from './figures.js';

/** For each item what each constraint excluded and its nearest miss; then what else is to be known. */
export function explanationLines(explanation: Explanation | null): string[] {
  if (!explanation) return [];
  const { items, notes } = explanation;
  // Of an item that nobody can meet its own lines say it all.
  const further = notes.filter((note) => !items.some(({ item, feasible }) => feasible === 0 && note.startsWith(`${item}: `)));
  return [...items.flatMap(itemLines), ...further.map((note) => `  ${note}`)];
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
