import type { Work } from '../../store/agency-store.js';
import { parsed } from '../../store/tables.js';
import { type Move, moveOf, orderMove, underWay, withoutTried } from '../moves.js';
import { finish, goOn, remark } from '../progress.js';
import type { Found } from '../planner.js';
import { basisOf } from '../../agreements/standing.js';
import type { Action, Tools } from './action.js';

/** After so many offers that came to nothing a machine that works stays where it is. */
const mostTries = 3;

/** A machine that works moves to the best other offer, or to the one in the reaction's detail. Where that comes to nothing it stays where it is. */
export const migrate: Action = {
  about: 'resource',
  async step(reaction, tools) {
    const { store } = tools;
    const move = await moveOf(store, reaction);
    if (!move) await store.work((work) => finish(work, reaction, 'failed', 'there is nothing to move any more'));
    else await moveOn(move, tools, () => targetOf(move, tools));
  },
};

/** Does the next thing about a machine that works and is to make way; `target` finds where to. */
export async function moveOn(move: Move, tools: Tools, target: () => Promise<Found | string>): Promise<void> {
  const { reaction, tried } = move;
  const { store } = tools;
  const coming = underWay(move);
  if (coming) {
    await store.work((work) => goOn(work, reaction, coming.message));
    return;
  }
  const failed = tried.filter(({ requested_at: at }) => at >= reaction.begun_at);
  const found = failed.length < mostTries ? await target() : 'no offer is left to try';
  await store.work((work) => (typeof found === 'string' ? stay(work, move, found) : moveTo(work, move, found, tools)));
}

async function moveTo(work: Work, move: Move, { offers: [offer], basis }: Found, { context }: Tools): Promise<void> {
  if (!offer) return;
  const { overlap } = parsed(move.reaction.detail);
  const ordering = { id: context.ids.next(), offer, basis, breakFirst: overlap === 'none' };
  if (!(await orderMove(work, move, ordering)))
    await goOn(work, move.reaction, 'planned anew: what it runs beside has changed', { after: 0 });
}

/** Nothing is lost: the machine goes on where it is. */
async function stay(work: Work, { reaction, resource, tried: [newest] }: Move, why: string): Promise<void> {
  const tried = newest && newest.requested_at >= reaction.begun_at ? ` (${newest.offer_id}: ${newest.message})` : '';
  const message = `stays where it is: ${why}${tried}`;
  await finish(work, reaction, 'failed', message);
  await remark(work, resource.id, message);
}

async function targetOf(move: Move, { planner, store }: Tools): Promise<Found | string> {
  const { reaction, old, tried } = move;
  const { target } = parsed(reaction.detail);
  if (target) {
    if (tried.some(({ offer_id: offer, requested_at: at }) => offer === target.id && at >= reaction.begun_at))
      return 'it could not be moved to where it was to go';
    return { offers: [target], basis: await basisOf(store.tables, reaction.agreement, old.resource) };
  }
  const found = await planner.find({
    agreement: reaction.agreement,
    item: old.item,
    count: 1,
    outgoing: old.resource,
    without: withoutTried(move),
  });
  if (found === 'quota') return 'a quota leaves no room for a second machine meanwhile';
  return found ?? 'no vendor has another offer that fits beside what runs';
}
