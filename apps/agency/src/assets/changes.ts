import type { Work } from '../store/agency-store.js';
import type { Transaction } from 'kysely';
import type { AgencyTables, AssetRow, AttachmentRow } from '../store/tables.js';

/** After so many failures in a row nothing is tried again until something changes. */
const mostAttempts = 12;

/**
 * The row, where something has happened to it that nobody has seen to yet; then this is who does. Of two processes that look at once only
 * one gets it.
 */
export async function takeUp<T extends 'asset' | 'attachment'>(work: Work, table: T, id: string): Promise<Rows[T] | undefined> {
  // The columns that it looks at are those of both.
  const tables = work.tables as Transaction<Pick<AgencyTables, 'asset'>>;
  const of = table as 'asset';
  const row = await tables.selectFrom(of).selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.due === 0 || row.next_at > work.now) return undefined;
  const { numUpdatedRows } = await tables
    .updateTable(of)
    .set({ due: 0 })
    .where('id', '=', id)
    .where('due', '=', row.due)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? (row as Rows[T]) : undefined;
}

interface Rows {
  readonly asset: AssetRow;
  readonly attachment: AttachmentRow;
}

export async function changeAttachment(work: Work, id: string, change: Partial<AttachmentRow>): Promise<void> {
  await work.tables.updateTable('attachment').set(change).where('id', '=', id).execute();
}

/** What was asked for cannot be had: tried again, less and less often, where that may help. */
export async function troubled(
  work: Work,
  { id, attempts }: AttachmentRow,
  trouble: { readonly message: string; readonly passing: boolean },
): Promise<void> {
  const again = trouble.passing && attempts < mostAttempts;
  await changeAttachment(work, id, {
    state: 'error',
    message: trouble.message.slice(0, 4_000),
    attempts: attempts + 1,
    ...(again ? { due: 1, next_at: work.now + backOff(attempts) } : {}),
  });
}

const backOff = (attempts: number): number => Math.min(60_000, 1_000 * 2 ** attempts);

/** Something has happened to an asset or at one of its places. Links that failed keep to their own time. */
export async function nudgeAsset(work: Work, asset: string, at = 0): Promise<void> {
  await work.tables
    .updateTable('asset')
    .set((set) => ({ due: set('due', '+', 1), next_at: at }))
    .where('id', '=', asset)
    .execute();
  await work.tables
    .updateTable('attachment')
    .set((set) => ({ due: set('due', '+', 1) }))
    .where('asset', '=', asset)
    .where('state', '!=', 'error')
    .execute();
}

export async function changeAsset(work: Work, id: string, change: Partial<AssetRow>): Promise<void> {
  await work.tables.updateTable('asset').set(change).where('id', '=', id).execute();
}
