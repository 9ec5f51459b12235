import { refreshSensors } from '../sensors/observing.js';
import { nudgeAttachments } from './attached.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow } from '../store/tables.js';

/** A machine of a new agreement is verified: its resource is active, and the call's worker sees whether it was the last. */
export async function activate(work: Work, placement: PlacementRow): Promise<void> {
  const resource = await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', placement.resource)
    .executeTakeFirstOrThrow();
  if (resource.placement !== placement.id) return;
  const offer = parsed(placement.offer);
  await work.tables
    .updateTable('resource')
    .set({ state: 'active', message: 'runs and is verified' })
    .where('id', '=', resource.id)
    .execute();
  await work.tables
    .updateTable('cfp')
    .set((set) => ({ due: set('due', '+', 1) }))
    .where('id', '=', placement.cfp)
    .execute();
  await refreshSensors(work, [resource.id]);
  await nudgeAttachments(work, resource.id);
  await work.record({
    type: 'resource.active',
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: placement.agreement,
    message: `${resource.title} is active at ${offer.vendor}, ${offer.region}: ${placement.address ?? 'no address'}.`,
    data: {
      resource: resource.id,
      item: resource.item,
      placement: placement.id,
      vendor: offer.vendor,
      region: offer.region,
      zone: offer.zone,
      address: placement.address,
      price: offer.price,
    },
  });
}
