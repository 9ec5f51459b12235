import type { Work } from '../store/agency-store.js';

/** Computes are gone: their links go with them (GFD.221: deleting a resource deletes its links). */
export async function letGo(work: Work, computes: readonly string[]): Promise<void> {
  if (computes.length === 0) return;
  await work.tables
    .updateTable('attachment')
    .set((set) => ({ wanted: 'gone', due: set('due', '+', 1), next_at: 0 }))
    .where('compute', 'in', computes)
    .execute();
}

/** Something about these computes has changed that what is attached to them has to see to. */
export async function nudgeAttachments(work: Work, compute: string): Promise<void> {
  await work.tables
    .updateTable('attachment')
    .set((set) => ({ due: set('due', '+', 1), next_at: 0 }))
    .where('compute', '=', compute)
    .execute();
}
