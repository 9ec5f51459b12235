import { standing } from '../../resources/placements.js';
import type { Work } from '../../store/agency-store.js';
import { parsed } from '../../store/tables.js';
import { breakOff, type Move, moveOf, orderMove, underWay, withoutTried } from '../moves.js';
import { finish, goOn, remark } from '../progress.js';
import type { Action, Tools } from './action.js';

const mostAttempts = 12;

/**
 * A machine that is down, or that its vendor takes back, is replaced at the next-best offer: the new one is ordered, and the old one goes once
 * the new one is verified, unless the rule says otherwise (CFP.md 5).
 */
export const replace: Action = {
  about: 'resource',
  async step(reaction, tools) {
    const { store } = tools;
    const move = await moveOf(store, reaction);
    if (!move) {
      await store.work((work) => finish(work, reaction, 'failed', 'there is nothing to replace any more'));
      return;
    }
    const coming = underWay(move);
    if (coming) await store.work((work) => goOn(work, reaction, coming.message));
    else if (move.resource.task !== null)
      await store.work((work) => goOn(work, reaction, 'waiting for the operation that is under way on the machine'));
    else await next(move, tools);
  },
};

async function next(move: Move, { store, planner, context }: Tools): Promise<void> {
  const { reaction, old } = move;
  const found =
    reaction.attempts < mostAttempts
      ? await planner.find({
          agreement: reaction.agreement,
          item: old.item,
          count: 1,
          outgoing: old.resource,
          without: withoutTried(move),
        })
      : undefined;
  const { overlap = 'preferred' } = parsed(reaction.detail);
  await store.work(async (work) => {
    const [offer] = found && found !== 'quota' ? found.offers : [];
    if (!offer || !found || found === 'quota') {
      if (overlap === 'required' || !(await breakFirst(work, move, found === 'quota'))) await despair(work, move);
      return;
    }
    const ordering = { id: context.ids.next(), offer, basis: found.basis, breakFirst: overlap === 'none' };
    if (!(await orderMove(work, move, ordering)))
      await goOn(work, reaction, 'planned anew: what it runs beside has changed', { after: 0 });
  });
}

/** No offer now: offers change, so it is tried again, less and less often, until the attempts are used up. */
async function despair(work: Work, { reaction, resource, tried: [newest] }: Move): Promise<void> {
  const attempts = reaction.attempts + 1;
  const why = newest?.message ?? 'no vendor has an offer that fits beside what runs';
  const over = attempts > mostAttempts;
  const message = over ? `could not be replaced: ${why}` : `waiting for an offer to replace it with: ${why}`;
  if (over) await finish(work, reaction, 'failed', message);
  else await goOn(work, reaction, message, { tried: true, after: Math.min(60_000, 1_000 * 2 ** attempts) });
  await work.tables
    .updateTable('resource')
    .set({ message, ...(over ? { state: 'error' as const } : {}) })
    .where('id', '=', resource.id)
    .where('state', '!=', 'deleted')
    .execute();
}

/** Where quota alone forbids the replacement, the dead machine goes first (overlap: preferred). True when that was done. */
async function breakFirst(work: Work, { reaction, resource, old, tried }: Move, quotaForbids: boolean): Promise<boolean> {
  const refused = tried.filter(({ reason }) => reason === 'quota').map((placement) => placement.offer_id);
  if ((refused.length === 0 && !quotaForbids) || !standing.includes(old.state)) return false;
  // A machine that is only to be taken back works until then.
  if (reaction.event !== 'resource.down') return false;
  await breakOff(work, old.id, 'its quota is needed for its replacement');
  if (refused.length > 0) await work.tables.deleteFrom('quarantine').where('offer', 'in', refused).execute();
  const message = 'the dead machine goes first: its quota is needed for its replacement';
  await goOn(work, reaction, message);
  await remark(work, resource.id, message);
  return true;
}
