import { type Kysely, sql } from 'kysely';

/** No sample was taken that was older (intake/lateness.ts), ms. */
const greatestLateness = 15 * 60_000;

/**
 * What keeps a restart from looking through all samples of the last quarter of an hour: the newest time of each series, and how far back what no
 * checkpoint holds was measured.
 */
export const recentMigration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable('series').addColumn('newest_at', 'bigint').execute();
    await database.schema.alterTable('intake').renameColumn('swept_at', 'oldest_at').execute();
    await sql`
      UPDATE intake SET oldest_at = (CASE WHEN oldest_at < seen_at THEN oldest_at ELSE seen_at END) - ${greatestLateness}`.execute(
      database,
    );
    await sql`
      UPDATE series SET newest_at = recent.newest_at FROM (
        SELECT series, max(at) AS newest_at FROM metric_sample
        WHERE at > (SELECT min(seen_at) FROM intake) - ${greatestLateness} GROUP BY series) AS recent
      WHERE series.id = recent.series`.execute(database);
  },
};
