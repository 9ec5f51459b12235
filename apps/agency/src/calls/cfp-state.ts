import type { CfpState } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { Overtaken } from '../store/overtaken.js';
import type { CfpRow } from '../store/tables.js';

/**
 * Moves a call for proposals to another state, with the event that says so. Returns the row as it is now.
 * @throws Overtaken when others have moved it since the row was read.
 */
export async function moveTo(
  work: Work,
  cfp: CfpRow,
  state: CfpState,
  message: string,
  change: Partial<CfpRow> = {},
): Promise<CfpRow> {
  const moved = {
    ...(awaited.includes(state) ? {} : { deadline: null }),
    ...change,
    state,
    message,
    updated_at: work.now,
    version: cfp.version + 1,
  };
  const { numUpdatedRows } = await work.tables
    .updateTable('cfp')
    .set(moved)
    .where('id', '=', cfp.id)
    .where('version', '=', cfp.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new Overtaken(`call ${cfp.id} has moved on`);
  if (fruitless.includes(state)) await disappoint(work, cfp.id, message);
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

/** States that end by themselves at the call's deadline; in the others there is none. */
const awaited: readonly CfpState[] = ['proposed', 'accepted', 'provisioning'];

/** The call has ended, and there will be no machine. */
const fruitless: readonly CfpState[] = ['refused', 'rejected', 'expired', 'cancelled', 'failed'];

/** The compute that waits for the call will not come; `why` names what would have to change. It stays until its client deletes it. */
async function disappoint(work: Work, cfp: string, why: string): Promise<void> {
  await work.tables
    .updateTable('resource')
    .set({ state: 'error', message: why })
    .where('cfp', '=', cfp)
    .where('agreement', 'is', null)
    .where('state', '!=', 'deleted')
    .execute();
}
