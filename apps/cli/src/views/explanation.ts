import type { Explanation, ItemExplanation, Repair } from '@cloud-agency/sla';
import { count, plural } from './figures.js';

/** For each item what each constraint excluded and its nearest miss; what would make an impossible call possible; what else is to be known. */
export function explanationLines(explanation: Explanation | null): string[] {
  if (!explanation) return [];
  const { items, notes, repairs = [] } = explanation;
  // Of an item that nobody can meet its own lines say it all, and of a repair its own.
  const further = notes.filter(
    (note) =>
      !items.some(({ item, feasible }) => feasible === 0 && note.startsWith(`${item}: `)) &&
      !repairs.some(({ text }) => note.includes(text)),
  );
  return [...items.flatMap(itemLines), ...repairs.flatMap(repairLines), ...further.map((note) => `  ${note}`)];
}

/** In words, and what to write where. */
function repairLines({ text, changes }: Repair, index: number): string[] {
  return [
    `  ${index === 0 ? 'It would be possible with' : 'Or with'}: ${text}`,
    ...changes.map(({ path, to }) => (to === null ? `    leave out ${path}` : `    ${path}: ${to}`)),
  ];
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
