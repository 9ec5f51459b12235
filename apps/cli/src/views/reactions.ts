import type { Reaction } from '../entities/agreement.js';
import { columns } from './columns.js';

/** What was done by the rules of an agreement's call, or not done, and why: the newest, oldest first. None: no lines. */
export function reactionLines(reactions: readonly Reaction[], most = 20): string[] {
  if (reactions.length === 0) return [];
  return columns(heads, reactions.slice(-most).map(row));
}

const heads = [
  { title: 'AT' },
  { title: 'EVENT' },
  { title: 'RULE' },
  { title: 'REACTION' },
  { title: 'STATE' },
  { title: 'WHY' },
];

const row = ({ at, event, rule, action, state, why, times }: Reaction): string[] => [
  at,
  event,
  rule,
  action,
  state,
  times !== undefined && times > 1 ? `${why} (${times} times)` : why,
];
