import { letGo } from '../resources/attached.js';
import { cancelAll } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';

/** Gives one machine of an agreement back and ends its resource, with whatever was under way for it; the agreement goes on with the others. */
export async function releaseResource(work: Work, id: string, why: string): Promise<void> {
  const placements = await work.tables.selectFrom('placement').selectAll().where('resource', '=', id).execute();
  await cancelAll(work, placements, why);
  await work.tables.updateTable('resource').set({ state: 'deleted', message: why, task: null }).where('id', '=', id).execute();
  await work.tables
    .updateTable('reaction')
    .set({ state: 'failed', message: why })
    .where('resource', '=', id)
    .where('state', '=', 'begun')
    .execute();
  await letGo(work, [id]);
  await refreshSensors(work, [id]);
}
