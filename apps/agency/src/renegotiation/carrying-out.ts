import { guaranteesAt } from '@cloud-agency/sla';
import { closeViolations } from '../agreements/closing-violations.js';
import { standingOf } from '../agreements/life.js';
import { scheduleMarketWatch } from '../agreements/market-rules.js';
import { formerAfter } from '../agreements/promised.js';
import { review } from '../agreements/review.js';
import { termsAfter } from '../agreements/terms.js';
import { sendWatch } from '../agreements/watch.js';
import { withdraw } from '../agreements/withdrawing.js';
import type { TakeOver } from '../assets/moving.js';
import { cancel, standing } from '../resources/placements.js';
import type { Work } from '../store/agency-store.js';
import type { Move, RenegotiationRow } from '../store/renegotiation-tables.js';
import { json, parsed, type PlacementRow } from '../store/tables.js';
import type { Undertaking } from './ordering.js';
import { arrivals, orderedBy } from './progress.js';
import { berthsOf } from './situation.js';
import { moveTo } from './states.js';

/**
 * Every machine that was to come is there and verified: in one unit of work they take over, what is not wanted any more is given back, and
 * the agreement holds as it was renegotiated.
 */
export async function switchOver(
  work: Work,
  { row, situation }: Undertaking,
  arrived: readonly PlacementRow[],
  takeOver: TakeOver,
): Promise<void> {
  const { agreement, cfp, present, wanted } = situation;
  const change = row.call === null ? {} : { call: row.call, ...(row.document === null ? {} : { document: row.document }) };
  await work.tables
    .updateTable('cfp')
    .set({ ...change, accepted_cost: row.cost_after })
    .where('id', '=', cfp.id)
    .execute();
  const moves = parsed(row.moves);
  for (const placement of arrived) if (placement.replaces !== null) await takeOver(work, placement);
  const released = moves.flatMap((move) => (move.do === 'release' ? [move.resource] : []));
  await withdraw(work, agreement.id, released, 'renegotiated away');
  const machines = (await berthsOf(work.tables, agreement.id)).map(({ resource: id, item }) => ({ id, item }));
  const { level } = standingOf(agreement);
  const held = { before: guaranteesAt(present, level), after: guaranteesAt(wanted, level) };
  const terms = termsAfter(parsed(agreement.terms), held, machines);
  const former = formerAfter(parsed(agreement.former), present, wanted, work.now);
  await work.tables
    .updateTable('agreement')
    .set({ terms: json(terms), former: json(former) })
    .where('id', '=', agreement.id)
    .execute();
  const changed = former.filter(({ until }) => until === work.now).map(({ index }) => index);
  if (changed.length > 0) await closeViolations(work, agreement.id, (where) => where('guarantee', 'in', changed));
  if (row.call !== null) await scheduleMarketWatch(work, agreement.id, wanted);
  await review(work, agreement.id);
  await sendWatch(work, agreement.id);
  await moveTo(work, row, 'done', doneWith(moves), { deadline: null });
}

/** Nothing of the renegotiation stays: what it ordered is given back, and the agreement is as it was. */
export async function abandon(work: Work, row: RenegotiationRow, why: string): Promise<void> {
  for (const placement of await orderedBy(work.tables, row.id))
    if (standing.includes(placement.state)) await cancel(work, placement, why);
  const moves = arrivals(parsed(row.moves));
  const added = moves.flatMap((move) => (move.do === 'add' && move.resource !== null ? [move.resource] : []));
  await withdraw(work, row.agreement, added, why);
  for (const move of moves) if (move.do === 'move') await remark(work, move.resource, `stays where it is: ${why}`);
  await moveTo(work, row, 'failed', `${why}; the agreement is as it was`, { deadline: null });
}

async function remark(work: Work, resource: string, message: string): Promise<void> {
  await work.tables.updateTable('resource').set({ message }).where('id', '=', resource).where('state', '!=', 'deleted').execute();
}

function doneWith(moves: readonly Move[]): string {
  const counted = (what: Move['do']): number => moves.filter((move) => move.do === what).length;
  const [moved, added, released] = [counted('move'), counted('add'), counted('release')];
  if (moves.length === 0) return 'nothing had to move; the agreement is as it was renegotiated';
  const parts = [
    ...(moved > 0 ? [`${String(moved)} moved`] : []),
    ...(added > 0 ? [`${String(added)} added`] : []),
    ...(released > 0 ? [`${String(released)} given back`] : []),
  ];
  return `machines: ${parts.join(', ')}`;
}
