import type { FailureMessage, InformMessage, StoredMessage } from '@cloud-agency/bus';
import type { Log } from '@cloud-agency/runtime';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type PlacementState } from '../store/tables.js';
import { quarantine } from './quarantine.js';

/** Takes what vendor agents report of placements into the store. Reports of what is settled already change nothing. */
export async function takeReport(work: Work, log: Log, message: StoredMessage): Promise<void> {
  if (message.performative !== 'inform' && message.performative !== 'failure') return;
  const placement = await work.tables.selectFrom('placement').selectAll().where('id', '=', message.placement).executeTakeFirst();
  if (!placement) {
    log.warn(
      { placement: message.placement, sender: message.sender },
      'A vendor agent reports on a placement that this agency does not have',
    );
    return;
  }
  if (message.performative === 'failure') await takeFailure(work, placement, message);
  else await takeInform(work, log, placement, message);
}

async function takeInform(work: Work, log: Log, placement: PlacementRow, message: InformMessage): Promise<void> {
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
    case 'ending':
      await announceEnding(work, placement, message.message);
      return;
    case 'lost':
    case 'found':
      // What follows from them is the reactions' part.
      return;
  }
}

/** Whoever has a rule for it, or a webhook, has as long as the vendor gives notice. */
async function announceEnding(work: Work, placement: PlacementRow, message: string): Promise<void> {
  const resource = await work.tables.selectFrom('resource').selectAll().where('id', '=', placement.resource).executeTakeFirst();
  if (resource?.placement !== placement.id) return;
  await work.tables.updateTable('resource').set({ message }).where('id', '=', resource.id).execute();
  await work.record({
    type: 'resource.ending',
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: placement.agreement,
    message: `${resource.title}: ${message}`,
    data: { resource: resource.id, item: resource.item, placement: placement.id },
  });
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
  await callWorkers(work, placement);
}

/** The call that ordered the placement, and a reaction that waits for it, have something to look at. */
async function callWorkers(work: Work, placement: PlacementRow): Promise<void> {
  await work.tables
    .updateTable('cfp')
    .set((set) => ({ due: set('due', '+', 1) }))
    .where('id', '=', placement.cfp)
    .where('state', '=', 'provisioning')
    .execute();
  if (placement.replaces !== null) {
    await work.tables
      .updateTable('reaction')
      .set({ next_at: 0 })
      .where('resource', '=', placement.resource)
      .where('state', '=', 'begun')
      .execute();
  }
}
