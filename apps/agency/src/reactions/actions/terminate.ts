import { endAgreement } from '../../agreements/ending.js';
import { finish } from '../progress.js';
import type { Action } from './action.js';

/** The agreement ends, and every machine of it is given back. */
export const terminate: Action = {
  about: 'agreement',
  async step(reaction, { store }) {
    await store.work(async (work) => {
      const agreement = await work.tables
        .selectFrom('agreement')
        .selectAll()
        .where('id', '=', reaction.agreement)
        .executeTakeFirstOrThrow();
      // First: what is still under way when the agreement ends counts as failed.
      await finish(work, reaction, 'done', 'the agreement is terminated');
      await endAgreement(work, agreement, 'terminated', `a rule ended it after ${reaction.event}`);
    });
  },
};
