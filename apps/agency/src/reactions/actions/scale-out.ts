import { join } from '../../agreements/joining.js';
import { withdraw } from '../../agreements/withdrawing.js';
import { standing } from '../../resources/placements.js';
import type { Work } from '../../store/agency-store.js';
import { parsed, type ReactionRow } from '../../store/tables.js';
import { type Added, addedBy, countOf, orderAgain, orderNew } from '../added.js';
import type { Found } from '../planner.js';
import { finish, goOn, isUnderWay } from '../progress.js';
import { stillStands } from '../../agreements/standing.js';
import type { Action, Tools } from './action.js';

/** So many rounds of offers at most: load that nobody can take now is seen to when the rule sees it again. */
const mostAttempts = 4;

/**
 * An item gets more machines, each verified before the agreement counts on it. Budget and all that the call requires hold for the item as it is
 * then; the call stays as its client wrote it.
 */
export const scaleOut: Action = {
  about: 'item',
  async step(reaction, tools) {
    const { store } = tools;
    const added = await addedBy(store.tables, reaction);
    const lost = added.filter(({ placement }) => !standing.includes(placement.state));
    const ordered = (parsed(reaction.detail).added ?? []).length > 0;
    if (ordered && added.length === 0)
      await store.work((work) => finish(work, reaction, 'failed', 'its client deleted the machine before it ran'));
    else if (!ordered || lost.length > 0) await orderMore(reaction, added, lost, tools);
    else if (added.every(({ placement }) => placement.state === 'active'))
      await store.work((work) => settle(work, reaction, added));
    else await store.work((work) => goOn(work, reaction, `${machines(added.length)} being provisioned`));
  },
};

async function orderMore(reaction: ReactionRow, added: readonly Added[], lost: readonly Added[], tools: Tools): Promise<void> {
  const { store, planner } = tools;
  const item = reaction.item ?? '';
  const missing = lost.length > 0 ? lost.length : await room(reaction, tools);
  if (missing <= 0) {
    await store.work((work) => finish(work, reaction, 'failed', 'there are as many machines as the rule allows already'));
    return;
  }
  const failed = lost.map(({ placement }) => placement.offer_id);
  const found =
    reaction.attempts < mostAttempts
      ? await planner.find({ agreement: reaction.agreement, item, count: missing, without: failed })
      : undefined;
  await store.work(async (work) => {
    if (!(await isUnderWay(work, reaction))) return;
    if (found && found !== 'quota') await take(work, reaction, lost, found, tools);
    else await despair(work, reaction, added, lost, found === 'quota');
  });
}

/** How many it may add, up to the bound. */
async function room({ agreement, item, detail }: ReactionRow, { store }: Tools): Promise<number> {
  const { by = 1, bound = 0 } = parsed(detail);
  return Math.min(by, bound - (await countOf(store.tables, agreement, item ?? '')));
}

async function take(
  work: Work,
  reaction: ReactionRow,
  lost: readonly Added[],
  { offers, basis }: Found,
  { context }: Tools,
): Promise<void> {
  if (!(await stillStands(work.tables, reaction.agreement, basis))) {
    await goOn(work, reaction, 'planned anew: what runs has changed', { after: 0 });
    return;
  }
  const places = offers.map(({ vendor, region }) => `${vendor}, ${region}`).join('; ');
  const message = `${machines(offers.length)} being provisioned at ${places}`;
  if (lost.length > 0) {
    await orderAgain(work, context.ids, lost, offers);
    await goOn(work, reaction, message, { tried: true });
    return;
  }
  const added = await orderNew(work, context.ids, { agreement: reaction.agreement, item: reaction.item ?? '' }, offers);
  await goOn(work, reaction, message, { tried: true, detail: { added } });
}

/** What came up stays; what did not is given up once the attempts are used up. */
async function despair(
  work: Work,
  reaction: ReactionRow,
  added: readonly Added[],
  lost: readonly Added[],
  quotaForbids: boolean,
): Promise<void> {
  const attempts = reaction.attempts + 1;
  const why =
    lost[0]?.placement.message ?? (quotaForbids ? 'a quota leaves no room' : 'no vendor has an offer that fits beside what runs');
  if (attempts <= mostAttempts) {
    await goOn(work, reaction, `waiting for an offer: ${why}`, { tried: true, after: 1_000 * 2 ** attempts });
    return;
  }
  const gone = lost.map(({ resource }) => resource.id);
  const left = added.filter(({ resource }) => !gone.includes(resource.id));
  await withdraw(work, reaction.agreement, gone, `could not be provisioned: ${why}`);
  if (left.length === 0) await finish(work, reaction, 'failed', `no machine could be added: ${why}`);
  else
    await goOn(work, reaction, `${machines(left.length)} being provisioned; for more: ${why}`, {
      detail: { added: left.map(({ resource }) => resource.id) },
    });
}

async function settle(work: Work, reaction: ReactionRow, added: readonly Added[]): Promise<void> {
  if (!(await isUnderWay(work, reaction))) return;
  const { call } = await work.tables
    .selectFrom('cfp')
    .innerJoin('agreement', 'agreement.cfp', 'cfp.id')
    .select('cfp.call')
    .where('agreement.id', '=', reaction.agreement)
    .executeTakeFirstOrThrow();
  const resources = added.map(({ resource }) => resource);
  await finish(work, reaction, 'done', `added ${resources.map(({ title }) => title).join(', ')}`);
  await join(work, reaction.agreement, parsed(call), resources);
}

const machines = (count: number): string => (count === 1 ? 'one machine is' : `${count} machines are`);
