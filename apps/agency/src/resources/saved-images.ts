/** OS templates that clients save from their computes (GFD.224, the action save). */
import type { OperationOutcome } from '@cloud-agency/bus';
import { computeId, type Mixin, mixin, osTemplateId } from '@cloud-agency/occi';
import { parsed, type PlacementRow, type ResourceRow, type SavedImageRow } from '../store/tables.js';
import type { Work } from '../store/agency-store.js';
import { ask, type EndedTask } from './tasks.js';

export const savedScheme = 'http://schemas.cloud-agency.dev/occi/saved_os_tpl#';

const termOf = ({ name, id }: Pick<SavedImageRow, 'name' | 'id'>): string =>
  `${name.toLowerCase().replace(/[^a-z0-9_-]+/g, '_')}-${id.slice(0, 8)}`.replace(/^[^a-z]+/, 'image-');

export const templateIdOf = (row: Pick<SavedImageRow, 'name' | 'id'>): string => savedScheme + termOf(row);

/** The template as its owner sees it; it can be used once it is active, at the vendor and in the region where it was saved. */
export const templateOf = (row: SavedImageRow): Mixin =>
  mixin({
    term: termOf(row),
    scheme: savedScheme,
    title: `${row.name}: saved at ${row.agent}, ${row.region}${row.state === 'active' ? '' : ` (${row.state})`}`,
    location: `/saved_os_tpl/${termOf(row)}/`,
    depends: [osTemplateId],
    applies: [computeId],
  });

export async function save(
  work: Work,
  resource: ResourceRow,
  placement: PlacementRow,
  order: { readonly image: string; readonly task: string; readonly name: string },
): Promise<SavedImageRow> {
  const offer = parsed(placement.offer);
  const row: SavedImageRow = {
    id: order.image,
    tenant: resource.tenant,
    name: order.name,
    agent: placement.agent,
    region: offer.region,
    architecture: offer.architecture,
    state: 'building',
    vendor_id: null,
    message: `being saved from compute ${resource.id}`,
    created_at: work.now,
  };
  await work.tables.insertInto('saved_image').values(row).execute();
  const operation = { do: 'save' as const, placement: placement.id, image: order.image, name: order.name };
  await ask(work, { id: order.task, subject: order.image, about: 'image', agent: placement.agent, operation });
  return row;
}

/** The vendor has made the image, or not. */
export async function imageSaved(work: Work, { subject }: EndedTask, outcome: OperationOutcome): Promise<void> {
  await work.tables
    .updateTable('saved_image')
    .set(
      outcome.done
        ? { state: 'active', vendor_id: outcome.vendorId ?? null, message: 'can be used' }
        : { state: 'error', message: `${outcome.reason}: ${outcome.message}` },
    )
    .where('id', '=', subject)
    .execute();
}
