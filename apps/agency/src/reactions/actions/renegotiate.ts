import { open } from '../../renegotiation/opening.js';
import { renegotiationUnderWay } from '../../renegotiation/states.js';
import type { Work } from '../../store/agency-store.js';
import type { RenegotiationRow } from '../../store/renegotiation-tables.js';
import { parsed, type ReactionRow } from '../../store/tables.js';
import { finish, goOn, isUnderWay } from '../progress.js';
import type { Action } from './action.js';

/** The agreement is renegotiated: what the rule has the client decide is over once it is proposed, what it decides itself once it is carried out. */
export const renegotiate: Action = {
  about: 'agreement',
  async step(reaction, { store, context }) {
    await store.work(async (work) => {
      if (!(await isUnderWay(work, reaction))) return;
      const { renegotiation } = parsed(reaction.detail);
      if (renegotiation === undefined) await begin(work, context.ids, reaction);
      else await follow(work, reaction, renegotiation);
    });
  },
};

async function begin(work: Work, ids: { next(): string }, reaction: ReactionRow): Promise<void> {
  const agreement = await work.tables
    .selectFrom('agreement')
    .selectAll()
    .where('id', '=', reaction.agreement)
    .executeTakeFirstOrThrow();
  const { accept = 'manual', leastGain } = parsed(reaction.detail);
  if (agreement.state !== 'accepted' || (await renegotiationUnderWay(work, agreement.id))) {
    await finish(work, reaction, 'failed', 'the agreement is being renegotiated already, or does not run now');
    return;
  }
  const renegotiation = await open(work, ids, agreement, {
    cause: reaction.event === 'market.cheaper' ? 'market' : 'rule',
    reason: reaction.cause.replace(/\.$/, ''),
    accept,
    ...(leastGain === undefined ? {} : { leastSaving: leastGain }),
  });
  await goOn(work, reaction, `renegotiation ${renegotiation} is open`, { detail: { renegotiation } });
}

async function follow(work: Work, reaction: ReactionRow, id: string): Promise<void> {
  const { state, message } = await work.tables
    .selectFrom('renegotiation')
    .select(['state', 'message'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const told = `renegotiation ${id} is ${state}: ${message}`;
  if (ended.includes(state)) await finish(work, reaction, 'done', told);
  else if (fruitless.includes(state)) await finish(work, reaction, 'failed', told);
  else await goOn(work, reaction, told);
}

const ended: readonly RenegotiationRow['state'][] = ['done', 'unchanged', 'proposed', 'rejected', 'expired'];
const fruitless: readonly RenegotiationRow['state'][] = ['failed'];
