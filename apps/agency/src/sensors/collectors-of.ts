import { collectorId, type LinkRef, sensorId } from '@cloud-agency/occi';
import type { Kysely } from 'kysely';
import { type AgencyTables, parsed } from '../store/tables.js';

/** Ids in one query; SQLite takes no more than 32,766 values. */
const slice = 1_000;

/** The collectors of each of these computes, as links that the compute shows. Computes without any are not in it. */
export async function collectorsOf(
  tables: Kysely<AgencyTables>,
  resourceIds: readonly string[],
): Promise<Map<string, LinkRef[]>> {
  const links = new Map<string, LinkRef[]>();
  for (let from = 0; from < resourceIds.length; from += slice) {
    const rows = await tables
      .selectFrom('collector')
      .selectAll()
      .where('resource', 'in', resourceIds.slice(from, from + slice))
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    for (const { resource, sensor, id, metric, period, settings } of rows) {
      const link: LinkRef = {
        target: `/sensor/${sensor}`,
        rel: sensorId,
        self: `/collector/${id}`,
        categories: [collectorId, metric],
        attributes: { 'occi.collector.period': period, ...parsed(settings) },
      };
      links.set(resource, [...(links.get(resource) ?? []), link]);
    }
  }
  return links;
}
