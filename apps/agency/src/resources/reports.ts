import type { FailureMessage, InformMessage, StoredMessage } from '@cloud-agency/bus';
import type { Log } from '@cloud-agency/runtime';
import { endCharge } from './charges.js';
import { noteProvisioned } from '../statistics/facts.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type PlacementState } from '../store/tables.js';
import { noticeStates, type NoticeState, type OnNotice, takeNotice } from './notices.js';
import { quarantine } from './quarantine.js';

/** Takes what vendor agents report of placements into the store. Reports of what is settled already change nothing. */
export async function takeReport(work: Work, log: Log, message: StoredMessage, onNotice: OnNotice): Promise<void> {
  if (message.performative !== 'inform' && message.performative !== 'failure') return;
  await work.took(message);
  const placement = await work.tables.selectFrom('placement').selectAll().where('id', '=', message.placement).executeTakeFirst();
  if (!placement) {
    log.warn(
      { placement: message.placement, sender: message.sender },
      'A vendor agent reports on a placement that this agency does not have',
    );
    return;
  }
  if (message.performative === 'failure') await takeFailure(work, placement, message);
  else await takeInform(work, log, placement, message, onNotice);
}

async function takeInform(
  work: Work,
  log: Log,
  placement: PlacementRow,
  { state, ...inform }: InformMessage,
  onNotice: OnNotice,
): Promise<void> {
  if (isNotice(state)) await takeNotice(work, placement, { ...inform, state }, onNotice);
  else await takeProgress(work, log, placement, { ...inform, state });
}

type Progress = InformMessage & { readonly state: Exclude<InformMessage['state'], NoticeState> };

const isNotice = (state: InformMessage['state']): state is NoticeState => noticeStates.some((known) => known === state);

async function takeProgress(work: Work, log: Log, placement: PlacementRow, message: Progress): Promise<void> {
  switch (message.state) {
    case 'building':
      await goOn(work, placement, ['requested'], {
        state: 'building',
        vendor_id: message.vendorId,
        message: message.message,
      });
      return;
    case 'active':
      await goOn(work, placement, ['requested', 'building'], {
        state: 'running',
        vendor_id: message.vendorId,
        address: message.address,
        message: 'runs at the vendor; being verified',
      });
      return;
    case 'deleted':
      // Why a placement failed is worth more than that nothing is left of it.
      await update(work, placement, { state: 'deleted', ...(placement.reason === null ? { message: message.message } : {}) });
      return;
    case 'orphaned':
      log.error(
        { placement: placement.id, agent: placement.agent, vendorId: placement.vendor_id },
        `A machine cannot be deleted and goes on costing: ${message.message}`,
      );
      await update(work, placement, { state: 'orphaned', message: message.message });
      return;
    case 'lost':
    case 'found':
      // What follows from them is the reactions' part.
      return;
  }
}

async function takeFailure(work: Work, placement: PlacementRow, message: FailureMessage): Promise<void> {
  if (!['requested', 'building', 'running'].includes(placement.state)) return;
  await fail(work, placement, message.reason, message.message);
}

/** A placement came to nothing: its offer is put in quarantine, and those who need another one see to it. */
export async function fail(
  work: Work,
  placement: PlacementRow,
  reason: FailureMessage['reason'],
  message: string,
): Promise<void> {
  await update(work, placement, { state: 'failed', reason, message });
  await noteProvisioned(work, placement, reason);
  await quarantine(work, parsed(placement.offer), reason);
}

type Change = Partial<Pick<PlacementRow, 'state' | 'vendor_id' | 'address' | 'reason' | 'message'>>;

/** A report that comes when the placement is past it changes nothing. */
async function goOn(work: Work, placement: PlacementRow, from: readonly PlacementState[], change: Change): Promise<void> {
  if (from.includes(placement.state)) await update(work, placement, change);
}

async function update(work: Work, placement: PlacementRow, change: Change): Promise<void> {
  await work.tables.updateTable('placement').set(change).where('id', '=', placement.id).execute();
  if (placement.replaces === null && change.message !== undefined) {
    await work.tables
      .updateTable('resource')
      .set({ message: change.message })
      .where('placement', '=', placement.id)
      .where('state', '=', 'inactive')
      .execute();
  }
  if (change.state === 'deleted' || change.state === 'failed') await endCharge(work, placement.id);
  await callWorkers(work, placement);
}

/** The call or the renegotiation that ordered the placement, and the reactions of its agreement, have something to look at. */
async function callWorkers(work: Work, placement: PlacementRow): Promise<void> {
  await work.tables
    .updateTable('cfp')
    .set((set) => ({ due: set('due', '+', 1) }))
    .where('id', '=', placement.cfp)
    .where('state', '=', 'provisioning')
    .execute();
  await wakeRenegotiation(work, placement);
  await work.tables
    .updateTable('reaction')
    .set({ next_at: 0 })
    .where('agreement', '=', placement.agreement)
    .where('state', '=', 'begun')
    .execute();
}

/** True when a renegotiation ordered the placement and decides what comes of it: it looks at all that it ordered together. */
export async function wakeRenegotiation(work: Work, { renegotiation }: Pick<PlacementRow, 'renegotiation'>): Promise<boolean> {
  if (renegotiation === null) return false;
  const { numUpdatedRows } = await work.tables
    .updateTable('renegotiation')
    .set({ next_at: 0 })
    .where('id', '=', renegotiation)
    .where('state', '=', 'carrying-out')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
