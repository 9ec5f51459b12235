import { type AgreementState, hasEnded, transition } from '@cloud-agency/sla';
import { letGo } from '../resources/attached.js';
import { cancelAll } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import type { AgreementRow } from '../store/tables.js';
import { closeViolations } from './closing-violations.js';
import { lifeColumns, lifeOf } from './life.js';
import { review } from './review.js';
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
  if (hasEnded(agreement.state)) return;
  const after = transition(lifeOf(agreement), state === 'rejected' ? 'reject' : 'terminate', work.now);
  await work.tables.updateTable('agreement').set(lifeColumns(after)).where('id', '=', agreement.id).execute();
  const placements = await work.tables.selectFrom('placement').selectAll().where('agreement', '=', agreement.id).execute();
  await cancelAll(work, placements, why);
  const computes = await endResources(work, agreement, state, why);
  await work.tables
    .updateTable('reaction')
    .set({ state: 'failed', message: why, finished_at: work.now })
    .where('agreement', '=', agreement.id)
    .where('state', '=', 'begun')
    .execute();
  await endRenegotiation(work, agreement, why);
  if (agreement.watch_version > 0) await sendWatch(work, agreement.id);
  await refreshSensors(work, computes);
  // Nothing is promised any more, so nothing is violated.
  await closeViolations(work, agreement.id);
  await review(work, agreement.id);
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

/** What it has ordered goes with the agreement's other machines. */
async function endRenegotiation(work: Work, { id }: AgreementRow, why: string): Promise<void> {
  await work.tables
    .updateTable('renegotiation')
    .set({ state: 'failed', message: why, updated_at: work.now })
    .where('agreement', '=', id)
    .where('state', 'in', ['open', 'proposed', 'accepted', 'carrying-out'])
    .execute();
  await work.tables.deleteFrom('market_watch').where('agreement', '=', id).execute();
}

/**
 * An item goes with its agreement; a compute that its client ordered by itself is still wanted when the agreement never came about.
 * Resolves to the ids of all that lost their machine.
 */
async function endResources(
  work: Work,
  agreement: AgreementRow,
  state: 'rejected' | 'terminated',
  why: string,
): Promise<readonly string[]> {
  const wanted =
    state === 'terminated'
      ? []
      : await work.tables
          .updateTable('resource')
          .set({ agreement: null, placement: null, state: 'inactive', message: why, task: null })
          .where('agreement', '=', agreement.id)
          .where('origin', '=', 'client')
          .where('state', '!=', 'deleted')
          .returning('id')
          .execute();
  const ended = await work.tables
    .updateTable('resource')
    .set({ state: 'deleted', message: why, task: null })
    .where('agreement', '=', agreement.id)
    .returning('id')
    .execute();
  await letGo(
    work,
    ended.map(({ id }) => id),
  );
  return [...wanted, ...ended].map(({ id }) => id);
}
