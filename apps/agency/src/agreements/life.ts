import { agreedLevel, type AgreementLife, type Standing } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, json, parsed } from '../store/tables.js';

/** The life of a stored agreement, as the SLA library knows it. */
export const lifeOf = (row: AgreementRow): AgreementLife => ({
  state: row.state,
  agreedAt: row.agreed_at,
  effectiveFrom: row.effective_from,
  effectiveUntil: row.effective_until,
  suspensions: parsed(row.suspensions),
});

/** A life as columns. */
export const lifeColumns = (life: AgreementLife) => ({
  state: life.state,
  agreed_at: life.agreedAt,
  effective_from: life.effectiveFrom,
  effective_until: life.effectiveUntil,
  suspensions: json(life.suspensions),
});

/** Its service level, and since when. */
export const standingOf = ({ levels, effective_from }: AgreementRow): Standing =>
  parsed(levels).at(-1) ?? { level: agreedLevel, since: effective_from ?? 0 };

/** The agreement, for a change that depends on what it is now: with several instances the others wait until it is made. */
export async function lockedAgreement(work: Work, id: string): Promise<AgreementRow | undefined> {
  return await work.tables
    .updateTable('agreement')
    .set((row) => ({ watch_version: row.ref('watch_version') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}
