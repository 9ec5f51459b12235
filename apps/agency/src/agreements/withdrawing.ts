import { letGo } from '../resources/attached.js';
import { cancelAll } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import { json, parsed } from '../store/tables.js';
import { closeViolations } from './closing-violations.js';
import { review } from './review.js';
import { sendWatch } from './watch.js';

/**
 * Gives machines of a running agreement back and ends their resources; the agreement goes on with the others. What was promised of each of
 * them by itself is promised no more, and reactions about them end.
 */
export async function withdraw(work: Work, agreementId: string, resources: readonly string[], why: string): Promise<void> {
  if (resources.length === 0) return;
  const placements = await work.tables.selectFrom('placement').selectAll().where('resource', 'in', resources).execute();
  await cancelAll(work, placements, why);
  await work.tables
    .updateTable('resource')
    .set({ state: 'deleted', message: why, task: null })
    .where('id', 'in', resources)
    .execute();
  await letGo(work, resources);
  await refreshSensors(work, resources);
  await work.tables
    .updateTable('reaction')
    .set({ state: 'failed', message: why, finished_at: work.now })
    .where('resource', 'in', resources)
    .where('state', '=', 'begun')
    .execute();
  await dropTerms(work, agreementId, resources);
  await review(work, agreementId);
  await sendWatch(work, agreementId);
}

async function dropTerms(work: Work, agreementId: string, resources: readonly string[]): Promise<void> {
  const { terms } = await work.tables
    .selectFrom('agreement')
    .select('terms')
    .where('id', '=', agreementId)
    .executeTakeFirstOrThrow();
  const kept = parsed(terms).filter(({ resource }) => resource === null || !resources.includes(resource));
  await work.tables
    .updateTable('agreement')
    .set({ terms: json(kept) })
    .where('id', '=', agreementId)
    .execute();
  await closeViolations(work, agreementId, (where) => where('resource', 'in', resources));
}
