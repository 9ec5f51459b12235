/**
 * Storage follows its compute to another machine (CFP.md 5): taken off the old one, attached to the new one, and only then does that take
 * over; where it cannot be attached it goes back to the old one.
 */
import type { Kysely } from 'kysely';
import { giveBack } from '../resources/placements.js';
import { fail } from '../resources/reports.js';
import type { Work } from '../store/agency-store.js';
import type { AgencyTables, AttachmentRow, PlacementRow, RealisationRow } from '../store/tables.js';

/** Lets a verified machine take over its compute. */
export type TakeOver = (work: Work, replacement: PlacementRow) => Promise<void>;

/** True when the machine has to wait until the compute's storage is attached to it. */
export async function moveStorage(work: Work, { id, resource }: PlacementRow): Promise<boolean> {
  const { numUpdatedRows } = await work.tables
    .updateTable('attachment')
    .set((set) => ({ heading: id, due: set('due', '+', 1), next_at: 0 }))
    .where('compute', '=', resource)
    .where('kind', '=', 'storagelink')
    .where('wanted', '=', 'present')
    .where('placement', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** One more has arrived; with the last of them the machine takes over. */
export async function movedAll(work: Work, { compute, heading }: AttachmentRow, takeOver: TakeOver): Promise<void> {
  const under = await headingFor(work, compute);
  if (under.some(({ placement, state }) => placement !== heading || state !== 'active')) return;
  const replacement = await work.tables.selectFrom('placement').selectAll().where('id', '=', heading).executeTakeFirst();
  await arrived(work, compute);
  if (replacement?.state === 'active') await takeOver(work, replacement);
}

/** The new machine cannot have the storage, so it is no replacement. */
export async function abandonMove(work: Work, { compute, heading }: AttachmentRow, why: string): Promise<void> {
  const replacement = await work.tables.selectFrom('placement').selectAll().where('id', '=', heading).executeTakeFirst();
  await arrived(work, compute);
  if (replacement?.state !== 'active') return;
  await fail(work, replacement, 'conflict', `runs, but the storage cannot be attached to it: ${why}`);
  await giveBack(work, replacement, 'the storage cannot be attached to it');
}

const headingFor = async (work: Work, compute: string): Promise<readonly AttachmentRow[]> =>
  await work.tables
    .selectFrom('attachment')
    .selectAll()
    .where('compute', '=', compute)
    .where('heading', 'is not', null)
    .execute();

async function arrived(work: Work, compute: string): Promise<void> {
  await work.tables
    .updateTable('attachment')
    .set((set) => ({ heading: null, due: set('due', '+', 1), next_at: 0 }))
    .where('compute', '=', compute)
    .where('heading', 'is not', null)
    .execute();
}

/** Where a compute's storage is: it can be replaced there only. */
export async function storageUnder(tables: Kysely<AgencyTables>, compute: string): Promise<RealisationRow | undefined> {
  return await tables
    .selectFrom('realisation')
    .selectAll('realisation')
    .innerJoin('attachment', 'attachment.asset', 'realisation.asset')
    .where('attachment.compute', '=', compute)
    .where('attachment.kind', '=', 'storagelink')
    .where('attachment.wanted', '=', 'present')
    .where('realisation.state', 'in', ['creating', 'active'])
    .executeTakeFirst();
}
