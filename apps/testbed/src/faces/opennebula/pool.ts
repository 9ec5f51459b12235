import { numberAt, type OneCall, ownGroup, ownUser } from './call.js';

/** Something of a pool: who has it, and what it is numbered. */
export interface Pooled {
  readonly id: number;
  readonly user: number;
  readonly group: number;
}

/**
 * What the first three arguments of a pool's `info` leave of it: the filter flag (-4 and -3 the user's own, -2 all that he may use, -1 his
 * own and his group's, others those of one user), and either two ids, both included (-1: no bound), or with an end below -1 an offset and
 * the length of a page (OpenNebula documentation, "XML-RPC API").
 * @throws OneError for a flag that is none.
 */
export function pageOf<Thing extends Pooled>(call: OneCall, pool: readonly Thing[]): readonly Thing[] {
  const [flag, start, end] = [numberAt(call, 0), numberAt(call, 1), numberAt(call, 2)];
  if (flag < -4) throw call.words.invalid('Incorrect filter_flag, must be >= -4.');
  const seen = pool.filter(({ user, group }) => {
    if (flag === -2) return true;
    if (flag === -1) return user === ownUser || group === ownGroup;
    return user === (flag >= 0 ? flag : ownUser);
  });
  const sorted = [...seen].sort((a, b) => a.id - b.id);
  if (end < -1) return sorted.slice(Math.max(0, start), Math.max(0, start) - end);
  return sorted.filter(({ id }) => id >= start && (end === -1 || id <= end));
}
