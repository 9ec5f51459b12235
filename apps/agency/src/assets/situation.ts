/** What the store says around one attachment: enough to know what is next. */
import type { Work } from '../store/agency-store.js';
import { type AssetRow, type AttachmentRow, parsed, type PlacementRow, type RealisationRow } from '../store/tables.js';
import { type Place, placeFor } from './places.js';

export interface Situation {
  readonly attachment: AttachmentRow;
  readonly asset: AssetRow;
  /** The running machine to which it is to be attached now; undefined when to none. */
  readonly berth: PlacementRow | undefined;
}

/** @throws when the asset is gone, which its attachments keep it from being. */
export async function situationOf(work: Work, attachment: AttachmentRow): Promise<Situation> {
  const asset = await work.tables.selectFrom('asset').selectAll().where('id', '=', attachment.asset).executeTakeFirstOrThrow();
  const wanted = attachment.wanted === 'present' && asset.wanted === 'in-use';
  return { attachment, asset, berth: wanted ? await berthOf(work, attachment) : undefined };
}

/** That of the machine which is to take over the compute, once there is one. */
async function berthOf(work: Work, { compute, heading }: AttachmentRow): Promise<PlacementRow | undefined> {
  const resource = await work.tables
    .selectFrom('resource')
    .select('placement')
    .where('id', '=', compute)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
  const id = resource && (heading ?? resource.placement);
  if (!id) return undefined;
  return await work.tables
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirst();
}

export async function realisationsOf(work: Work, asset: string): Promise<readonly RealisationRow[]> {
  return await work.tables.selectFrom('realisation').selectAll().where('asset', '=', asset).orderBy('created_at').execute();
}

/** Where an asset of this kind has to be for a machine. */
export function siteOf(kind: AssetRow['kind'], { offer }: PlacementRow): Place & { readonly vendor: string } {
  const at = parsed(offer);
  return { ...placeFor(kind, at), vendor: at.vendor };
}
