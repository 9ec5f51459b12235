import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { Kysely, type Migration, Migrator, PostgresDialect, SqliteDialect } from 'kysely';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { messagingMigrations } from './messaging-tables.js';
import { SqliteFile } from './sqlite.js';
import type { WriteCounts } from './write-counts.js';

export interface StorePlace {
  /** The app's own schema; nobody else reads it (ARCHITECTURE.md, Rooms and rules). */
  readonly schema: string;
  /** SQLite: the directory of `<schema>.db`. */
  readonly directory: string;
  /** PostgreSQL instead of SQLite. */
  readonly databaseUrl?: string;
  /** SQLite: whether a new file is laid out so that space which becomes free can be given back (`PRAGMA incremental_vacuum`). */
  readonly shrinks?: boolean;
  /** Counts the writes to SQLite; PostgreSQL has other writers too. */
  readonly writes?: WriteCounts;
}

/** Migrations by name; they run in the order of their names and are never changed once released. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Opens an app's database and brings its tables up to date, those of the outbox and inbox included.
 * @throws AgencyError data-directory-damaged when the SQLite file is not sound, store-unreachable when PostgreSQL does not answer.
 */
export async function openDatabase<Tables>(place: StorePlace, migrations: Migrations): Promise<Kysely<Tables>> {
  const database =
    place.databaseUrl === undefined ? openSqlite<Tables>(place) : await openPostgres<Tables>(place.schema, place.databaseUrl);
  await migrate(database, { ...messagingMigrations, ...migrations }, place);
  return database;
}

/** How long a connection to PostgreSQL may take, ms. */
const connectWithinMs = 5_000;
/**
 * A process that stands still in the middle of a transaction, on a machine that is moved or out of memory, keeps its locks, and whoever takes over
 * from it would wait for them: after so long, ms, PostgreSQL ends the transaction. No longer than a lease is held (lease.ts).
 */
const standsStillForMs = 5_000;

function openSqlite<Tables>(place: StorePlace): Kysely<Tables> {
  const file = join(place.directory, `${place.schema}.db`);
  try {
    mkdirSync(place.directory, { recursive: true });
    const database = new SqliteFile(file, place.shrinks ?? false);
    return new Kysely<Tables>({
      dialect: new SqliteDialect({ database }),
      ...(place.writes ? { log: place.writes.log } : {}),
    });
  } catch (cause) {
    const reason = `${file}: ${reasonOf(cause)}`;
    throw new AgencyError('data-directory-damaged', { directory: place.directory, reason }, { cause });
  }
}

async function openPostgres<Tables>(schema: string, url: string): Promise<Kysely<Tables>> {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${schema} -c idle_in_transaction_session_timeout=${standsStillForMs}`,
    max: 10,
    connectionTimeoutMillis: connectWithinMs,
    types: numbersForInt8(),
  });
  surviveOutages(pool);
  try {
    await createSchema(pool, schema);
  } catch (cause) {
    await pool.end();
    throw new AgencyError('store-unreachable', { reason: reasonOf(cause) }, { cause });
  }
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Two processes that start at once may both find it missing; then one of them is told that it is there. */
async function createSchema(pool: pg.Pool, schema: string): Promise<void> {
  const create = (): Promise<unknown> => pool.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await create().catch(create);
}

/** A connection that breaks tells so in an event as well, which ends the process where nobody listens. Whoever uses it hears of it in any case. */
function surviveOutages(pool: pg.Pool): void {
  const ignore = (): void => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
}

/** Our integers are times in ms and counters: all below 2^53, so int8 may be a number, as it is in SQLite. */
function numbersForInt8(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}

async function migrate<Tables>(database: Kysely<Tables>, migrations: Migrations, place: StorePlace): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    allowUnorderedMigrations: true,
    // On PostgreSQL the apps' schemas lie side by side, and another's table of migrations is not ours.
    ...(place.databaseUrl === undefined ? {} : { migrationTableSchema: place.schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('The tables could not be brought up to date', { cause: error });
}
