import type { CfpState } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { CfpRow } from '../store/tables.js';

/** Moves a call for proposals to another state, with the event that says so. Returns the row as it is now. */
export async function moveTo(
  work: Work,
  cfp: CfpRow,
  state: CfpState,
  message: string,
  change: Partial<CfpRow> = {},
): Promise<CfpRow> {
  const moved = { ...change, state, message, updated_at: work.now, version: cfp.version + 1 };
  await work.tables.updateTable('cfp').set(moved).where('id', '=', cfp.id).execute();
  await work.record({
    type: `cfp.${state}`,
    tenant: cfp.tenant,
    subject: `/cfp/${cfp.id}`,
    cfp: cfp.id,
    message: `Call for proposals ${cfp.name} is ${state}: ${message}.`,
    data: { state, message },
  });
  return { ...cfp, ...moved };
}
