import { type Kysely, sql } from 'kysely';
import { serially } from './transactions.js';

/** Columns of a row that one instance at a time may work on. */
export interface LeasedRow {
  lease_owner: string | null;
  lease_until: number | null;
  /** Grows with each new lease: a write that carries an older one fails. */
  epoch: number;
}

export interface Lease {
  readonly id: string;
  readonly owner: string;
  readonly epoch: number;
}

/** One whose holder has died is taken over after so long, ms; a living one renews it well before. */
const heldForMs = 6_000;
const renewEveryMs = 2_000;

export interface Keeping {
  /** Who holds it: this process. */
  readonly owner: string;
  readonly clock: { now(): number; every(ms: number, task: () => void): () => void };
  readonly onError: (error: unknown) => void;
}

/**
 * Runs a task on a row, on which nobody else works meanwhile, however long it takes; nothing happens while another does. What the task writes
 * has to bear that the lease is lost on the way, as it is when this process stands still for long: it checks the state that it read.
 */
export async function underLease<T>(
  database: Kysely<T>,
  table: string,
  id: string,
  keeping: Keeping,
  task: (lease: Lease) => Promise<void>,
): Promise<void> {
  const kept = await keep(database, table, id, keeping);
  if (!kept) return;
  try {
    await task(kept.lease);
  } finally {
    kept.stopRenewing();
    await release(database, table, kept.lease);
  }
}

/** Claims a row and renews the lease until told to stop; undefined while another holds it. */
export async function keep<T>(
  database: Kysely<T>,
  table: string,
  id: string,
  { owner, clock, onError }: Keeping,
): Promise<{ readonly lease: Lease; readonly stopRenewing: () => void } | undefined> {
  const by = { owner, now: clock.now(), forMs: heldForMs };
  const lease = await serially(database, (transaction) => claim<T>(transaction, table, id, by));
  if (!lease) return undefined;
  const stopRenewing = clock.every(renewEveryMs, () => {
    renew(database, table, lease, { now: clock.now(), forMs: heldForMs }).catch(onError);
  });
  return { lease, stopRenewing };
}

/** Claims a row for `forMs`; undefined when another instance holds it. Claiming one's own again renews it. */
export async function claim<T>(
  database: Kysely<T>,
  table: string,
  id: string,
  by: { readonly owner: string; readonly now: number; readonly forMs: number },
): Promise<Lease | undefined> {
  const { rows } = await sql<{ epoch: number }>`
    UPDATE ${sql.table(table)}
    SET lease_owner = ${by.owner}, lease_until = ${by.now + by.forMs}, epoch = epoch + 1
    WHERE id = ${id} AND (lease_owner IS NULL OR lease_owner = ${by.owner} OR lease_until < ${by.now})
    RETURNING epoch`.execute(database);
  const [row] = rows;
  return row && { id, owner: by.owner, epoch: row.epoch };
}

/** Keeps a lease for another `forMs`; one that was lost stays lost. */
async function renew<T>(
  database: Kysely<T>,
  table: string,
  lease: Lease,
  { now, forMs }: { readonly now: number; readonly forMs: number },
): Promise<void> {
  await sql`
    UPDATE ${sql.table(table)} SET lease_until = ${now + forMs}
    WHERE id = ${lease.id} AND lease_owner = ${lease.owner} AND epoch = ${lease.epoch}`.execute(database);
}

/** Whether the lease still holds: to be asked in the transaction that writes under it. */
export async function holds<T>(database: Kysely<T>, table: string, lease: Lease): Promise<boolean> {
  const { rows } = await sql<{ epoch: number }>`
    SELECT epoch FROM ${sql.table(table)} WHERE id = ${lease.id} AND lease_owner = ${lease.owner} AND epoch = ${lease.epoch}`.execute(
    database,
  );
  return rows.length > 0;
}

export async function release<T>(database: Kysely<T>, table: string, lease: Lease): Promise<void> {
  await sql`
    UPDATE ${sql.table(table)} SET lease_owner = NULL, lease_until = NULL
    WHERE id = ${lease.id} AND lease_owner = ${lease.owner} AND epoch = ${lease.epoch}`.execute(database);
}
