import { AgencyError } from '@cloud-agency/errors';
import type { Work } from '../store/agency-store.js';
import { ownAgreements } from '../store/owned.js';
import type { AgreementRow } from '../store/tables.js';

/** @throws AgencyError not-found when the tenant has none of this id. */
export async function ownedAgreement(work: Work, id: string, tenant: string): Promise<AgreementRow> {
  const agreement = await ownAgreements(work.tables, tenant).where('id', '=', id).executeTakeFirst();
  if (!agreement) throw new AgencyError('not-found', { what: `Agreement ${id}`, hint: 'GET /agreement/ lists those there are.' });
  return agreement;
}
