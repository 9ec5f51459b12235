import { databaseTime } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';

/** What says since when something is over, so that it can be forgotten one day, and what finds it (archive/records.ts). */
export const recordsMigration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const now = await databaseTime(database);
    for (const table of ['watch', 'observation'])
      await database.schema
        .alterTable(table)
        .addColumn('since', 'bigint', (column) => column.notNull().defaultTo(now))
        .execute();
    await database.schema.alterTable('series').addColumn('left_at', 'bigint').execute();
    const indexes = {
      watch: [
        ['active', 'agreement', 'version'],
        ['active', 'since'],
      ],
      observation: [
        ['active', 'sensor', 'version'],
        ['active', 'since'],
      ],
      machine: [['placement'], ['left_at']],
      downtime: [['until_at']],
      violation: [['closed_at']],
      series: [['left_at']],
    };
    for (const [table, all] of Object.entries(indexes))
      for (const columns of all)
        await database.schema
          .createIndex(`${table}_by_${columns.join('_')}`)
          .on(table)
          .columns(columns)
          .execute();
    await sql`CREATE INDEX uptime_untold ON uptime (placement) WHERE told = 0`.execute(database);
  },
};
