import type { AppContext } from '@cloud-agency/runtime';
import { isShared, type Keeping, type LeasedRow, underLease } from '@cloud-agency/store';
import type { ExpressionBuilder, Kysely } from 'kysely';

type Leased = Pick<LeasedRow, 'lease_owner' | 'lease_until'>;

/** For `where`: rows that this process may claim. To try the others would only cost. */
export const isFree =
  (owner: string, now: number) =>
  <T extends string>(where: ExpressionBuilder<Record<T, Leased>, T>) => {
    const of = where as unknown as ExpressionBuilder<{ row: Leased }, 'row'>;
    return of.or([of('lease_owner', 'is', null), of('lease_owner', '=', owner), of('lease_until', '<', now)]);
  };

/** Works on a row that no other process works on meanwhile. Where there is no other, a lease would be two writes for nothing. */
export async function alone<T>(
  tables: Kysely<T>,
  table: string,
  id: string,
  keeping: Keeping,
  task: () => Promise<void>,
): Promise<void> {
  if (isShared(tables)) await underLease(tables, table, id, keeping, task);
  else await task();
}

/** A lease that cannot be renewed just now runs out, and somebody takes over: worth a word, no more. */
export const keepingOf = ({ clock, log }: Pick<AppContext, 'clock' | 'log'>, owner: string): Keeping => ({
  owner,
  clock,
  onError: (error) => {
    log.warn({ err: error }, 'A lease could not be renewed');
  },
});
