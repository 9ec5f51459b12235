import type { RenegotiationState } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';

/** States in which there is something to wait for or to do; an agreement has one renegotiation in them at most. */
const underWay: readonly RenegotiationState[] = ['open', 'proposed', 'accepted', 'carrying-out'];

type Change = Partial<Omit<RenegotiationRow, 'id' | 'state' | 'message'>>;

/** Moves a renegotiation to another state, with the event that says so. */
export async function moveTo(
  work: Work,
  row: RenegotiationRow,
  state: RenegotiationState,
  message: string,
  change: Change = {},
): Promise<void> {
  await work.tables
    .updateTable('renegotiation')
    .set({ next_at: work.now, ...change, state, message, updated_at: work.now })
    .where('id', '=', row.id)
    .execute();
  await tell(work, row, state, message);
}

export async function tell(
  work: Work,
  { id, tenant, agreement, cause, reason }: RenegotiationRow,
  state: RenegotiationState,
  message: string,
): Promise<void> {
  const about = await work.tables.selectFrom('agreement').select(['cfp', 'name']).where('id', '=', agreement).executeTakeFirst();
  await work.record({
    type: `renegotiation.${state}`,
    tenant,
    subject: `/renegotiation/${id}`,
    ...(about ? { cfp: about.cfp } : {}),
    agreement,
    message: `Renegotiation of ${about?.name ?? agreement} is ${state}: ${message}.`,
    data: { renegotiation: id, agreement, cause, reason },
  });
}

/** The row as it is now, when it is still in this state; undefined once something else has been decided about it. */
export async function stillIn(work: Work, id: string, state: RenegotiationState): Promise<RenegotiationRow | undefined> {
  return await work.tables
    .selectFrom('renegotiation')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', state)
    .executeTakeFirst();
}

/** The renegotiation of an agreement that has not come to an end yet. */
export async function renegotiationUnderWay(
  work: Work,
  agreement: string,
): Promise<Pick<RenegotiationRow, 'id' | 'state'> | undefined> {
  return await work.tables
    .selectFrom('renegotiation')
    .select(['id', 'state'])
    .where('agreement', '=', agreement)
    .where('state', 'in', underWay)
    .executeTakeFirst();
}
