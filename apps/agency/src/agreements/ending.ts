import type { AgreementState } from '@cloud-agency/sla';
import { cancelAll } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import type { AgreementRow } from '../store/tables.js';
import { sendWatch } from './watch.js';

/**
 * Ends an agreement as rejected (before it ran) or terminated (after): every machine of it is given back, and the monitor told.
 * Safe to repeat.
 */
export async function endAgreement(
  work: Work,
  agreement: AgreementRow,
  state: Extract<AgreementState, 'rejected' | 'terminated'>,
  why: string,
): Promise<void> {
  if (agreement.state === 'rejected' || agreement.state === 'terminated') return;
  await work.tables.updateTable('agreement').set({ state, effective_until: work.now }).where('id', '=', agreement.id).execute();
  const placements = await work.tables.selectFrom('placement').selectAll().where('agreement', '=', agreement.id).execute();
  await cancelAll(work, placements, why);
  await work.tables
    .updateTable('resource')
    .set({ state: 'deleted', message: why })
    .where('agreement', '=', agreement.id)
    .execute();
  await work.tables
    .updateTable('reaction')
    .set({ state: 'failed', message: why })
    .where('agreement', '=', agreement.id)
    .where('state', '=', 'begun')
    .execute();
  if (agreement.watch_version > 0) await sendWatch(work, agreement.id);
  for (const id of new Set(placements.map(({ resource }) => resource))) await refreshSensors(work, id);
  await work.record({
    type: `agreement.${state}`,
    tenant: agreement.tenant,
    subject: `/agreement/${agreement.id}`,
    cfp: agreement.cfp,
    agreement: agreement.id,
    message: `Agreement for ${agreement.name} is ${state}: ${why}.`,
    data: { agreement: agreement.id },
  });
}
