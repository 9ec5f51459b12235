import { provisioningMs } from '../agreements/acceptance.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import type { Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { parsed } from '../store/tables.js';
import { arrivals } from './progress.js';
import { moveTo } from './states.js';

/** Takes what is proposed; returns why that cannot be, and changes nothing then. What runs and what is to come count both: they overlap. */
export async function take(work: Work, quotas: TenantQuotas, row: RenegotiationRow): Promise<string | undefined> {
  const coming = arrivals(parsed(row.moves)).map(({ item, to }) => ({ item, offer: to, count: 1 }));
  const short = await quotas.shortfall(work, row.tenant, coming);
  if (short !== undefined) return short;
  await moveTo(work, row, 'accepted', 'its machines are about to be ordered', { deadline: work.now + provisioningMs });
  return undefined;
}
