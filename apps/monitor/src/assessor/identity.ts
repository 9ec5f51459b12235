import type { Guarantee } from '@cloud-agency/sla';
import { createHash } from 'node:crypto';

/**
 * What the store knows a guarantee by: how it is written, and since when it holds. What was stored of another one that had its place in the agreement
 * is not taken for its own, whenever the monitor died.
 */
export const identityOf = (guarantee: Guarantee, since: number | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(guarantee)))
    .digest('base64url') + (since === undefined ? '' : `@${String(since)}`);

/** Whether something stored is of this guarantee; what an earlier version stored does not say. Where it is not said since when it holds, it has gone on. */
export function isOf(identity: string, stored: string | undefined): boolean {
  if (stored === undefined || stored === identity) return true;
  return !identity.includes('@') && stored.split('@')[0] === identity;
}

/** Two that say the same are the same, in whatever order they say it. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]));
}
