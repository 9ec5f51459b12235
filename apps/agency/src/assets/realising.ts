/** Volumes and networks at the vendors: having them made where they are first needed, and done away with. */
import type { Operation } from '@cloud-agency/bus';
import type { Ids } from '@cloud-agency/runtime';
import { ask } from '../resources/tasks.js';
import type { Work } from '../store/agency-store.js';
import { type AssetRow, parsed, type RealisationRow } from '../store/tables.js';
import type { Place } from './places.js';

/** Its id is the token at the vendor, so asking again makes no second one. */
export async function makeRealisation(
  work: Work,
  asset: AssetRow,
  { agent, region, zone, vendor }: Place & { readonly vendor: string },
  ids: Ids,
): Promise<void> {
  const row: RealisationRow = {
    id: ids.next(),
    asset: asset.id,
    agent,
    vendor,
    region,
    zone,
    state: 'creating',
    vendor_id: null,
    message: 'being made',
    created_at: work.now,
  };
  await work.tables.insertInto('realisation').values(row).execute();
  await ask(work, { id: ids.next(), subject: row.id, about: 'realisation', agent, operation: making(asset, row) });
}

function making(asset: AssetRow, { id, region, zone }: RealisationRow): Operation {
  const { attributes = {} } = parsed(asset.given);
  const name = nameOf(asset);
  if (asset.kind === 'storage')
    // Vendors sell whole GiB.
    return {
      do: 'create-volume',
      volume: id,
      region,
      zone: zone ?? '',
      name,
      size: Math.ceil(Number(attributes['occi.storage.size'])),
    };
  const { 'occi.network.address': range, 'occi.network.gateway': gateway } = attributes;
  return {
    do: 'create-network',
    network: id,
    region,
    name,
    ...(typeof range === 'string' ? { range } : {}),
    ...(typeof gateway === 'string' ? { gateway } : {}),
  };
}

/** As the vendor's console shows it. */
function nameOf({ id, kind, given }: AssetRow): string {
  const label = parsed(given).attributes?.['occi.network.label'];
  return typeof label === 'string' && label !== '' ? label.slice(0, 100) : `${kind}-${id.slice(0, 8)}`;
}

export async function unmakeRealisation(
  work: Work,
  kind: AssetRow['kind'],
  { id, agent }: RealisationRow,
  ids: Ids,
): Promise<void> {
  const operation: Operation = kind === 'storage' ? { do: 'delete-volume', volume: id } : { do: 'delete-network', network: id };
  await ask(work, { id: ids.next(), subject: id, about: 'realisation', agent, operation });
  await work.tables
    .updateTable('realisation')
    .set({ state: 'deleting', message: 'being deleted' })
    .where('id', '=', id)
    .execute();
}
