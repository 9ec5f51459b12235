import type { Call } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { json, parsed, type ResourceRow } from '../store/tables.js';
import { initialTerms } from './terms.js';
import { sendWatch } from './watch.js';

/** Machines that were added to a running agreement are verified: what is promised of each machine is promised of them, and they are watched. */
export async function join(
  work: Work,
  agreementId: string,
  call: Call,
  added: readonly Pick<ResourceRow, 'id' | 'item'>[],
): Promise<void> {
  const { terms } = await work.tables
    .selectFrom('agreement')
    .select('terms')
    .where('id', '=', agreementId)
    .executeTakeFirstOrThrow();
  const own = initialTerms(call.guarantees, added).filter(({ resource }) => resource !== null);
  await work.tables
    .updateTable('agreement')
    .set({ terms: json([...parsed(terms), ...own].sort((a, b) => a.index - b.index)) })
    .where('id', '=', agreementId)
    .execute();
  await sendWatch(work, agreementId);
}
