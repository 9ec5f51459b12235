import { type Kysely, sql } from 'kysely';

/** How violations stand while they last. */
export async function widenViolations(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable('violation')
    .addColumn('worst', sql`double precision`, (column) => column.notNull().defaultTo(0))
    .execute();
  await database.schema
    .alterTable('violation')
    .addColumn('count', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await database.schema
    .alterTable('violation')
    .addColumn('updated', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`UPDATE violation SET worst = measured, updated = coalesce(closed, opened)`.execute(database);
}
