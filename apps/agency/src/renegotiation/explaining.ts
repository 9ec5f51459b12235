import type { Offer } from '@cloud-agency/sla';
import type { Move, RenegotiationRow } from '../store/renegotiation-tables.js';
import type { Evaluation } from './evaluator.js';

/** What a renegotiation comes to, USD a month; what the moves cost is counted as paid off within one. */
export interface Balance {
  readonly before: number;
  readonly after: number;
  readonly moving: number;
}

export const gainOf = ({ before, after, moving }: Balance): number => before - after - moving;

/** As a share of what runs costs now. */
export const shareOf = (gain: number, before: number): number => (before > 0 ? gain / before : 0);

export function balanceOf({ plan, before }: Evaluation): Balance | undefined {
  if (!plan) return undefined;
  const moving = plan.moving ?? 0;
  return { before, after: plan.cost - moving, moving };
}

/** Why this is proposed, in sentences. */
export function explained(moves: readonly Move[], balance: Balance, titles: ReadonlyMap<string, string>): readonly string[] {
  const outcome = outcomeOf(balance);
  return [...moves.map((move) => sentence(move, titles)), `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}.`];
}

/** What it saves or costs, as the end of a sentence. */
export function outcomeOf(balance: Balance): string {
  const { before, after, moving } = balance;
  const gain = gainOf(balance);
  const difference = `${usd(Math.abs(gain))} ${gain >= 0 ? 'saved' : 'more'} in the first month`;
  const switched = moving > 0 ? `, ${usd(moving)} for the moves counted` : '';
  return `it costs ${usd(after)} instead of ${usd(before)} a month: ${difference} (${percent(shareOf(Math.abs(gain), before))})${switched}`;
}

/** Whether the share of the present cost is saved that has to be; what rounding takes from it does not count. */
export function savesEnough(balance: Balance | undefined, least: number | null): boolean {
  if (!balance) return false;
  return least === null || shareOf(gainOf(balance), balance.before) >= least - 1e-9;
}

/** Why nothing is proposed. */
export function unchangedBecause(evaluation: Evaluation, wanted: Pick<RenegotiationRow, 'least_gain' | 'least_saving'>): string {
  const { plan, rival, notes, before, moves } = evaluation;
  if (!plan) return notes.join(' ') || 'no vendor can meet the call beside what runs';
  const best = moves.length > 0 ? plan : rival;
  if (!best) return 'what runs is the best there is by the policy of its call';
  const cost = `the best plan costs ${usd(best.cost)} instead of ${usd(before)} a month, the moves counted`;
  return moves.length > 0
    ? `${cost}: that saves less than the ${percent(wanted.least_saving ?? 0)} that are asked for`
    : `${cost}: that is less than the gain of ${percent(wanted.least_gain)} that is asked for`;
}

function sentence(move: Move, titles: ReadonlyMap<string, string>): string {
  if (move.do === 'add') return `One more machine of ${move.item} comes up at ${place(move.to)}.`;
  const title = titles.get(move.resource) ?? move.item;
  if (move.do === 'release') return `${title} at ${place(move.from)} is given back.`;
  return `${title} moves from ${place(move.from)} to ${place(move.to)}.`;
}

const place = ({ vendor, zone, instanceType, market, price }: Offer): string =>
  `${vendor}, ${zone} (${instanceType}${market === 'spot' ? ', spot' : ''}, ${String(Number(price.toFixed(6)))} USD an hour)`;

const usd = (amount: number): string => `${amount.toFixed(2)} USD`;
const percent = (share: number): string => `${String(Number((share * 100).toFixed(1)))} %`;
