/** Links between a compute and storage or networks, as a client wishes them (OCCI.md 1.2, CFP.md 5). */
import { AgencyError } from '@cloud-agency/errors';
import { computeId, type LinkRef, networkId, networkinterfaceId, storageId, storagelinkId } from '@cloud-agency/occi';
import type { Kysely } from 'kysely';
import { type AgencyTables, type AssetRow, type AttachmentRow, json, type RealisationRow } from '../store/tables.js';
import { placedApart, together } from './places.js';

export interface LinkWish {
  readonly kind: AttachmentRow['kind'];
  readonly asset: AssetRow;
  readonly given: AttachmentRow['given'];
}

/** Which kind of link leads to which kind of asset. */
const linkKinds = [
  { kind: 'storagelink', id: storagelinkId, to: 'storage', toId: storageId },
  { kind: 'networkinterface', id: networkinterfaceId, to: 'network', toId: networkId },
] as const;

/** The links of a compute that came inline. @throws AgencyError not-found, conflict, invalid-request. */
export async function wishedLinks(
  tables: Kysely<AgencyTables>,
  tenant: string,
  links: readonly LinkRef[],
): Promise<readonly LinkWish[]> {
  return await Promise.all(links.map((link) => wishedLink(tables, tenant, link)));
}

async function wishedLink(
  tables: Kysely<AgencyTables>,
  tenant: string,
  { target, categories, attributes }: LinkRef,
): Promise<LinkWish> {
  const [, to, id = ''] = /^\/(storage|network)\/([^/?#]+)$/.exec(target) ?? [];
  const known = linkKinds.find((one) => one.to === to);
  if (!known)
    throw new AgencyError('invalid-request', {
      message: `A compute links to /storage/ID, /network/ID or /sensor/ID of this host, not to ${target.slice(0, 200)}.`,
    });
  const [kind = known.id, ...mixins] = categories;
  if (kind !== known.id)
    throw new AgencyError('invalid-request', { message: `A link to ${target} is a ${known.id}, not a ${kind}.` });
  const asset = await assetOf(tables, tenant, id);
  if (asset?.kind !== known.to)
    throw new AgencyError('not-found', { what: target, hint: `GET /${known.to}/ lists those there are.` });
  return { kind: known.kind, asset, given: json({ mixins, attributes }) };
}

export async function assetOf(tables: Kysely<AgencyTables>, tenant: string, id: string): Promise<AssetRow | undefined> {
  return await tables
    .selectFrom('asset')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('wanted', '!=', 'gone')
    .executeTakeFirst();
}

export function attachmentOf({ kind, asset, given }: LinkWish, id: string, compute: string, now: number): AttachmentRow {
  return {
    id,
    tenant: asset.tenant,
    kind,
    compute,
    asset: asset.id,
    wanted: 'present',
    state: 'inactive',
    message: 'waits for the compute',
    given,
    facts: json({}),
    placement: null,
    realisation: null,
    heading: null,
    attempts: 0,
    created_at: now,
    due: 1,
    next_at: 0,
  };
}

/** A volume is attached to one machine at a time. @throws AgencyError conflict. */
export async function assertFree(tables: Kysely<AgencyTables>, links: readonly LinkWish[]): Promise<void> {
  const storage = links.filter(({ kind }) => kind === 'storagelink').map(({ asset }) => asset.id);
  const twice = storage.find((id, index) => storage.indexOf(id) !== index);
  if (twice !== undefined) throw new AgencyError('conflict', { message: `Storage ${twice} is linked twice.` });
  if (storage.length === 0) return;
  const taken = await tables
    .selectFrom('attachment')
    .select(['asset', 'compute', 'id'])
    .where('asset', 'in', storage)
    .where('wanted', '=', 'present')
    .executeTakeFirst();
  if (!taken) return;
  throw new AgencyError('conflict', {
    message: `Storage ${taken.asset} is linked to /compute/${taken.compute} already, and a volume is attached to one machine at a time. DELETE /storagelink/${taken.id} first.`,
  });
}

/** Where the storage among these assets is; undefined when it is nowhere yet. @throws AgencyError conflict when it is in two places. */
export async function placeOfStorage(
  tables: Kysely<AgencyTables>,
  assets: readonly AssetRow[],
): Promise<RealisationRow | undefined> {
  const storage = assets.filter(({ kind }) => kind === 'storage').map(({ id }) => id);
  if (storage.length === 0) return undefined;
  const placed = await tables
    .selectFrom('realisation')
    .selectAll()
    .where('asset', 'in', storage)
    .where('state', 'in', ['creating', 'active'])
    .execute();
  const [first, ...others] = placed;
  const elsewhere = first && others.find((other) => !together(first, other));
  if (first && elsewhere) throw placedApart(`/storage/${first.asset}`, first, `/storage/${elsewhere.asset}`, elsewhere);
  return first;
}

export const kindIds: Readonly<Record<AttachmentRow['kind'] | AssetRow['kind'] | 'compute', string>> = {
  compute: computeId,
  storage: storageId,
  network: networkId,
  storagelink: storagelinkId,
  networkinterface: networkinterfaceId,
};
