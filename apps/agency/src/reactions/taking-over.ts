import { sendWatch } from '../agreements/watch.js';
import { nudgeAttachments } from '../resources/attached.js';
import { cancel, standing } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type ResourceRow } from '../store/tables.js';

/** A verified replacement takes over: the resource keeps its id, its address and vendor change, and the old machine goes. */
export async function takeOver(work: Work, replacement: PlacementRow): Promise<void> {
  const resource = await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', replacement.resource)
    .executeTakeFirstOrThrow();
  if (resource.state === 'deleted' || resource.placement === null) {
    await cancel(work, replacement, 'its resource is gone');
    return;
  }
  const old = await work.tables
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', resource.placement)
    .executeTakeFirstOrThrow();
  const to = parsed(replacement.offer);
  const message = `moved to ${to.vendor}, ${to.region}`;
  await work.tables
    .updateTable('resource')
    .set({ placement: replacement.id, state: 'active', message })
    .where('id', '=', resource.id)
    .execute();
  if (standing.includes(old.state)) await cancel(work, old, 'replaced');
  await work.tables
    .updateTable('reaction')
    .set({ state: 'done', message, finished_at: work.now })
    .where('resource', '=', resource.id)
    .where('state', '=', 'begun')
    .execute();
  await sendWatch(work, replacement.agreement);
  await refreshSensors(work, [resource.id]);
  await nudgeAttachments(work, resource.id);
  await tellOfMove(work, resource, old, replacement);
}

async function tellOfMove(work: Work, resource: ResourceRow, old: PlacementRow, replacement: PlacementRow): Promise<void> {
  const from = parsed(old.offer);
  const to = parsed(replacement.offer);
  await work.record({
    type: 'resource.moved',
    tenant: resource.tenant,
    subject: `/compute/${resource.id}`,
    cfp: resource.cfp,
    agreement: replacement.agreement,
    message: `${resource.title} moved from ${from.vendor}, ${from.region} (${old.address ?? 'no address'}) to ${to.vendor}, ${to.region} (${replacement.address ?? 'no address'}).`,
    data: {
      resource: resource.id,
      item: resource.item,
      from: { placement: old.id, vendor: from.vendor, region: from.region, address: old.address },
      to: { placement: replacement.id, vendor: to.vendor, region: to.region, address: replacement.address },
    },
  });
}
