import { ipInterfaceId, type LinkRef } from '@cloud-agency/occi';
import type { Kysely } from 'kysely';
import { kindIds } from '../../assets/links.js';
import { type AgencyTables, type AttachmentRow, parsed } from '../../store/tables.js';

/** The storagelinks and networkinterfaces of these computes, by compute. */
export async function attachmentLinks(
  tables: Kysely<AgencyTables>,
  computes: readonly string[],
): Promise<ReadonlyMap<string, readonly LinkRef[]>> {
  const rows =
    computes.length === 0
      ? []
      : await tables
          .selectFrom('attachment')
          .selectAll()
          .where('compute', 'in', computes)
          .where('wanted', '=', 'present')
          .orderBy('created_at')
          .orderBy('id')
          .execute();
  const links = new Map<string, LinkRef[]>();
  for (const row of rows) links.set(row.compute, [...(links.get(row.compute) ?? []), linkRef(row)]);
  return links;
}

function linkRef(row: AttachmentRow): LinkRef {
  const to = row.kind === 'storagelink' ? 'storage' : 'network';
  return {
    target: `/${to}/${row.asset}`,
    rel: kindIds[to],
    self: `/${row.kind}/${row.id}`,
    categories: [kindIds[row.kind], ...linkMixins(row)],
    attributes: linkAttributes(row),
  };
}

/** One that has an address says so in the words of IP. */
export function linkMixins(row: AttachmentRow): readonly string[] {
  const { mixins = [] } = parsed(row.given);
  return parsed(row.facts).address === undefined || mixins.includes(ipInterfaceId) ? mixins : [...mixins, ipInterfaceId];
}

/** What an attachment says of itself, as a link entity and inside its compute. */
export function linkAttributes(row: AttachmentRow): LinkRef['attributes'] {
  const { attributes = {} } = parsed(row.given);
  const { device, mac, address } = parsed(row.facts);
  const prefix = `occi.${row.kind}`;
  const state = {
    [`${prefix}.state`]: row.state === 'active' || row.state === 'error' ? row.state : 'inactive',
    [`${prefix}.state.message`]: row.message,
  };
  if (row.kind === 'storagelink')
    return { ...attributes, ...(device === undefined ? {} : { [`${prefix}.deviceid`]: device }), ...state };
  return {
    ...attributes,
    ...(device === undefined ? {} : { [`${prefix}.interface`]: device }),
    ...(mac === undefined ? {} : { [`${prefix}.mac`]: mac }),
    ...(address === undefined ? {} : { [`${prefix}.address`]: address, [`${prefix}.allocation`]: 'dynamic', ...attributes }),
    ...state,
  };
}
