/**
 * What a work holds, nobody else changes until it ends. A compute is held before the sensors that measure it, sensors always in the same
 * order, and a sensor before its collectors: so no two works wait for each other.
 */
import { AgencyError } from '@cloud-agency/errors';
import type { Work } from '../store/agency-store.js';
import type { SensorRow } from '../store/sensor-tables.js';

/** @throws AgencyError not-found. */
export async function holdCompute(work: Work, id: string, tenant: string): Promise<void> {
  const row = await work.tables
    .updateTable('resource')
    .set((set) => ({ tenant: set.ref('tenant') }))
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('state', '!=', 'deleted')
    .returning('id')
    .executeTakeFirst();
  if (row) return;
  throw new AgencyError('not-found', { what: `Compute ${id.slice(0, 100)}`, hint: 'GET /compute/ lists those there are.' });
}

/** @throws AgencyError not-found. */
export async function holdSensor(work: Work, id: string, tenant: string): Promise<SensorRow> {
  const row = await work.tables
    .updateTable('sensor')
    .set((set) => ({ tenant: set.ref('tenant') }))
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .returningAll()
    .executeTakeFirst();
  return row ?? noSensor(id);
}

/** Resolves to those that there are. */
export async function holdSensors(work: Work, ids: readonly string[]): Promise<readonly string[]> {
  const held: string[] = [];
  for (const id of [...new Set(ids)].sort()) {
    const row = await work.tables
      .updateTable('sensor')
      .set((set) => ({ tenant: set.ref('tenant') }))
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (row) held.push(row.id);
  }
  return held;
}

/** @throws AgencyError not-found. */
export function noSensor(id: string): never {
  throw new AgencyError('not-found', { what: `Sensor ${id.slice(0, 100)}`, hint: 'GET /sensor/ lists those there are.' });
}
