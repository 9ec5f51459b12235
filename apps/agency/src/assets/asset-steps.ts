/** The next thing about one storage or network: what it is at the vendors, and what of it is not needed there any more. */
import type { Ids } from '@cloud-agency/runtime';
import { openTask } from '../resources/tasks.js';
import type { Work } from '../store/agency-store.js';
import type { AssetRow, AttachmentRow, RealisationRow } from '../store/tables.js';
import { changeAsset, takeUp } from './changes.js';
import { placeWords } from './places.js';
import { unmakeRealisation } from './realising.js';
import { realisationsOf, situationOf, siteOf } from './situation.js';

/** As stepAttachment. */
export async function stepAsset(work: Work, id: string, ids: Ids): Promise<void> {
  const asset = await takeUp(work, 'asset', id);
  if (!asset) return;
  const realisations = await realisationsOf(work, id);
  const attachments = await work.tables.selectFrom('attachment').selectAll().where('asset', '=', id).execute();
  if (asset.wanted === 'gone' && attachments.length === 0 && realisations.length === 0) {
    await work.tables.deleteFrom('asset').where('id', '=', id).execute();
    return;
  }
  for (const realisation of realisations)
    if (await isSpare(work, asset, realisation, attachments)) await unmakeRealisation(work, asset.kind, realisation, ids);
  await changeAsset(work, id, shown(asset, await realisationsOf(work, id), attachments));
}

/** A volume holds data: it stays until its client deletes it. A network is needed as long as it has members, and what failed never. */
async function isSpare(
  work: Work,
  asset: AssetRow,
  realisation: RealisationRow,
  attachments: readonly AttachmentRow[],
): Promise<boolean> {
  if (await openTask(work, realisation.id)) return false;
  if (attachments.some((attachment) => attachment.realisation === realisation.id)) return false;
  if (realisation.state === 'failed' || realisation.state === 'deleting') return true;
  if (asset.wanted === 'gone') return attachments.length === 0;
  return asset.kind === 'network' && !(await isAwaited(work, realisation, attachments));
}

/** Whether a machine at this place is about to join. */
async function isAwaited(work: Work, { agent, region }: RealisationRow, attachments: readonly AttachmentRow[]): Promise<boolean> {
  for (const attachment of attachments) {
    const { berth } = await situationOf(work, attachment);
    const site = berth && siteOf('network', berth);
    if (site?.agent === agent && site.region === region) return true;
  }
  return false;
}

function shown(
  asset: AssetRow,
  realisations: readonly RealisationRow[],
  attachments: readonly AttachmentRow[],
): Pick<AssetRow, 'state' | 'message'> {
  const [up, down] = asset.kind === 'storage' ? (['online', 'offline'] as const) : (['active', 'inactive'] as const);
  const active = realisations.filter(({ state }) => state === 'active');
  const where = active.map(placeWords).join('; ');
  if (asset.wanted === 'gone') return { state: down, message: 'being deleted' };
  if (asset.wanted === 'at-rest') return { state: down, message: where === '' ? 'at rest' : `at rest, at ${where}` };
  if (active.length > 0) return { state: up, message: `at ${where}` };
  const coming = realisations.find(({ state }) => state === 'creating');
  if (coming) return { state: down, message: `being made at ${placeWords(coming)}` };
  const trouble = attachments.find(({ state }) => state === 'error');
  return { state: down, message: trouble?.message ?? 'waiting for a compute' };
}
