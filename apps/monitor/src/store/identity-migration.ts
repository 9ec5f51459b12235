import type { Kysely } from 'kysely';

/** Of which guarantee a state and a checkpoint are (assessor/identity.ts); null: an earlier version stored it. */
export const identityMigration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable('term').addColumn('identity', 'text').execute();
    await database.schema.alterTable('checkpoint').addColumn('identity', 'text').execute();
  },
};
