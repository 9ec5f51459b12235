import { type CreateTableBuilder, type Kysely, sql } from 'kysely';

/** `text`, `integer`, `bigint`, `real`; a trailing `?` lets it be null. The first column is the key. */
export type Columns = Readonly<Record<string, string>>;

/** Creates a table with an index on each of the columns named, the same in both databases. */
export async function createTable(
  database: Kysely<unknown>,
  name: string,
  columns: Columns,
  indexed: readonly string[] = [],
): Promise<void> {
  let table: CreateTableBuilder<string> = database.schema.createTable(name);
  for (const [index, [column, type]] of Object.entries(columns).entries()) {
    const bare = type.replace('?', '') === 'real' ? sql`double precision` : sql.raw(type.replace('?', ''));
    table = table.addColumn(column, bare, (built) =>
      index === 0 ? built.primaryKey() : type.endsWith('?') ? built : built.notNull(),
    );
  }
  await table.execute();
  for (const column of indexed) await database.schema.createIndex(`${name}_${column}`).on(name).column(column).execute();
}
