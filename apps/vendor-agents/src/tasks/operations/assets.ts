import { Refusal, type TaskTools } from '../findings.js';
import type { Machine } from './machine.js';

/** A volume or network that the vendor has told the id of. */
export interface KnownAsset {
  readonly id: string;
  readonly kind: string;
  readonly region: string;
  readonly vendorId: string;
}

/** @throws Refusal not-found */
export async function knownAsset(id: string, tools: TaskTools): Promise<KnownAsset> {
  const row = await tools.asset(id);
  if (row?.state !== 'there' || row.vendor_id === null)
    throw new Refusal('not-found', `The agent ${tools.agent} has made nothing that is called ${id}, or not yet, or it is gone.`);
  return { id, kind: row.kind, region: row.region, vendorId: row.vendor_id };
}

/** @throws Refusal invalid-request */
export function sameRegion({ id, kind, region }: KnownAsset, machine: Machine): void {
  if (region !== machine.region)
    throw new Refusal('invalid-request', `The ${kind} ${id} is in ${region}, the machine in ${machine.region}.`);
}
