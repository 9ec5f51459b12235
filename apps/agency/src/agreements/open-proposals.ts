import type { Work } from '../store/agency-store.js';
import type { CfpRow, ProposalRow } from '../store/tables.js';

/** Closes every proposal of a call that can still be accepted; returns them as they were. */
export async function closeOpenProposals(
  work: Work,
  cfp: CfpRow,
  as: 'rejected' | 'withdrawn' | 'expired',
): Promise<readonly ProposalRow[]> {
  const open = await work.tables
    .selectFrom('proposal')
    .selectAll()
    .where('cfp', '=', cfp.id)
    .where('state', '=', 'proposed')
    .execute();
  await work.tables
    .updateTable('proposal')
    .set({ state: as })
    .where('cfp', '=', cfp.id)
    .where('state', '=', 'proposed')
    .execute();
  return open;
}
