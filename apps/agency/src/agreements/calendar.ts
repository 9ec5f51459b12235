import { type AppContext, isoTime } from '@cloud-agency/runtime';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { WorkLoop } from '../store/work-loop.js';
import { endAgreement } from './ending.js';
import { lockedAgreement } from './life.js';
import { review } from './review.js';

/** What the dates of agreements bring about: assessments that begin, levels that rise again, months that are settled, agreements that end. */
export const agreementCalendar = (store: AgencyStore, context: AppContext): WorkLoop =>
  new WorkLoop(store, context, {
    name: 'agreement whose time has come',
    reads: ['agreement'],
    due: async (now) => {
      const rows = await store.tables.selectFrom('agreement').select('id').where('next_at', '<=', now).limit(100).execute();
      return rows.map(({ id }) => id);
    },
    step: (id) => store.work((work) => keepDate(work, id)),
  });

async function keepDate(work: Work, id: string): Promise<void> {
  const agreement = await lockedAgreement(work, id);
  // Another instance may have been here first.
  if (!agreement || agreement.next_at === null || agreement.next_at > work.now) return;
  const until = agreement.effective_until;
  if (until === null || until > work.now) await review(work, id);
  else await endAgreement(work, agreement, 'terminated', `it was agreed until ${isoTime(until)}`);
}
