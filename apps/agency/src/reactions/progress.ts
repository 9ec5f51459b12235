import type { Work } from '../store/agency-store.js';
import { json, parsed, type ReactionDetail, type ReactionRow } from '../store/tables.js';

/** How long until a reaction that waits looks again, unless something wakes it, ms. */
const lookAgainMs = 1_000;

type Key = Pick<ReactionRow, 'id'>;

/** Ends a reaction, once; what it was about is free for others. */
export async function finish(work: Work, { id }: Key, state: 'done' | 'failed', message: string): Promise<void> {
  await work.tables
    .updateTable('reaction')
    .set({ state, message, finished_at: work.now })
    .where('id', '=', id)
    .where('state', '=', 'begun')
    .execute();
}

interface Progress {
  /** One more try has been made. */
  readonly tried?: true;
  readonly detail?: ReactionDetail;
  /** Until it looks again, ms. */
  readonly after?: number;
}

/** Says how far a reaction is. */
export async function goOn(work: Work, reaction: ReactionRow, message: string, progress: Progress = {}): Promise<void> {
  await work.tables
    .updateTable('reaction')
    .set({
      message,
      next_at: work.now + (progress.after ?? lookAgainMs),
      ...(progress.tried ? { attempts: reaction.attempts + 1 } : {}),
      ...(progress.detail ? { detail: json({ ...parsed(reaction.detail), ...progress.detail }) } : {}),
    })
    .where('id', '=', reaction.id)
    .where('state', '=', 'begun')
    .execute();
}

/** Whether a reaction is still under way: its agreement can have ended meanwhile, or its client deleted the machine. */
export async function isUnderWay(work: Work, { id }: Key): Promise<boolean> {
  const row = await work.tables.selectFrom('reaction').select('state').where('id', '=', id).executeTakeFirst();
  return row?.state === 'begun';
}

/** Says of a machine what is done about it. */
export async function remark(work: Work, resource: string, message: string): Promise<void> {
  await work.tables.updateTable('resource').set({ message }).where('id', '=', resource).where('state', '!=', 'deleted').execute();
}
