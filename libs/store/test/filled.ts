import { type Kysely, sql, type TableMetadata } from 'kysely';
import { isShared } from '../src/index.js';

type Row = Readonly<Record<string, unknown>>;

const known = new WeakMap<object, readonly TableMetadata[]>();

async function tablesOf<T>(tables: Kysely<T>): Promise<readonly TableMetadata[]> {
  const all = known.get(tables) ?? (await ownTables(tables));
  known.set(tables, all);
  return all;
}

/** On a server of PostgreSQL others have tables beside these. */
async function ownTables<T>(tables: Kysely<T>): Promise<readonly TableMetadata[]> {
  const all = await tables.introspection.getTables();
  if (!isShared(tables)) return all;
  const { rows } = await sql<{ own: string }>`SELECT current_schema() AS own`.execute(tables);
  return all.filter(({ schema }) => schema === rows[0]?.own);
}

/** Inserts rows of which only some columns matter: the others that must not be null get 0 or an empty text. */
export async function insertFilled<T>(tables: Kysely<T>, table: keyof T & string, rows: readonly Row[]): Promise<void> {
  const columns = (await tablesOf(tables)).find(({ name }) => name === table)?.columns ?? [];
  const empty = Object.fromEntries(
    columns
      .filter(({ isNullable, isAutoIncrementing, hasDefaultValue }) => !isNullable && !isAutoIncrementing && !hasDefaultValue)
      .map(({ name, dataType }) => [name, /text/i.test(dataType) ? '' : 0]),
  );
  for (const row of rows)
    await tables
      .insertInto(table)
      .values({ ...empty, ...row } as never)
      .execute();
}

/** How many rows each table has that has any. */
export async function counts<T>(tables: Kysely<T>): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const { name } of await tablesOf(tables)) {
    const { rows } = await sql<{ count: number | string }>`SELECT count(*) AS count FROM ${sql.table(name)}`.execute(tables);
    const count = Number(rows[0]?.count);
    if (count > 0) found[name] = count;
  }
  return found;
}
