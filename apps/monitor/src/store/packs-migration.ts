import { isShared } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Samples once more, by series: what is asked of few series is not to be looked for among the samples of all (archive/packs.ts). */
export const packsMigration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('pack')
      .addColumn('series', 'integer', (column) => column.notNull())
      .addColumn('from_at', 'bigint', (column) => column.notNull())
      .addColumn('samples', isShared(database) ? sql`bytea` : sql`blob`, (column) => column.notNull())
      .addPrimaryKeyConstraint('pack_key', ['series', 'from_at'])
      .execute();
    await database.schema.createIndex('pack_age').on('pack').column('from_at').execute();
  },
};
