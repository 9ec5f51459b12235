import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Work } from '../store/agency-store.js';
import type { AgencyTables } from '../store/tables.js';

/** Which of those that are open. */
type Which = (where: ExpressionBuilder<AgencyTables, 'violation'>) => Expression<SqlBool>;

/** Ends the open violations of an agreement, or some of them: it was recovered from, or what they are of is not promised any more, and nobody will tell of their end. */
export async function closeViolations(work: Work, agreement: string, which?: Which): Promise<void> {
  const open = work.tables
    .updateTable('violation')
    .set({ closed: work.now })
    .where('agreement', '=', agreement)
    .where('closed', 'is', null);
  await (which ? open.where(which) : open).execute();
}
