import type { Figures } from '@cloud-agency/bus';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';
import type { Figure } from './figure.js';

const atOnce = 500;

/** What the collectors of sensors measured last. */
export async function sensorFigures(tables: Kysely<AgencyTables>, measured: readonly Figures[]): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (let from = 0; from < measured.length; from += atOnce) {
    const some = measured.slice(from, from + atOnce);
    const rows = await tables
      .selectFrom('sensor')
      .select(['id', 'tenant'])
      .where(
        'id',
        'in',
        some.map(({ sensor }) => sensor),
      )
      .execute();
    const tenants = new Map(rows.map(({ id, tenant }) => [id, tenant]));
    for (const { sensor, measurements } of some) {
      const tenant = tenants.get(sensor);
      if (tenant !== undefined) found.push(...measurements.flatMap((one) => figureOf({ tenant, sensor }, one)));
    }
  }
  return found;
}

function figureOf(
  labels: { readonly tenant: string; readonly sensor: string },
  { collector, resource, metric, unit, value }: Figures['measurements'][number],
): readonly Figure[] {
  if (value === null) return [];
  return [{ name: 'agency_sensor_measurement', labels: { ...labels, collector, compute: resource, metric, unit }, value }];
}
