import { isShared } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

/** What the monitor's database takes. */
export interface Disk {
  /** Bytes in use; what rows have left free is not, for new ones take it. */
  used(): Promise<number>;
  /** Gives free space back to the file system, a little at a time; nothing where the database does not. */
  giveBack(): Promise<void>;
}

export function diskOf(tables: Kysely<MonitorTables>): Disk {
  return isShared(tables) ? new PostgresDisk(tables) : new SqliteDisk(tables);
}

/** So many pages are given back at once: each holds the event loop up. */
const pagesAtOnce = 500;

class SqliteDisk implements Disk {
  constructor(private readonly tables: Kysely<MonitorTables>) {}

  async used(): Promise<number> {
    return (await this.pragma('page_count')) * (await this.pragma('page_size')) - (await this.free());
  }

  /** Shrinks the file where it was created to be able to (libs/store, `shrinks`); an older one reuses what is free. */
  async giveBack(): Promise<void> {
    if ((await this.free()) > 0) await sql.raw(`PRAGMA incremental_vacuum(${pagesAtOnce})`).execute(this.tables);
  }

  private async free(): Promise<number> {
    return (await this.pragma('freelist_count')) * (await this.pragma('page_size'));
  }

  private async pragma(name: string): Promise<number> {
    const { rows } = await sql.raw<Record<string, number>>(`PRAGMA ${name}`).execute(this.tables);
    return rows[0]?.[name] ?? 0;
  }
}

/**
 * PostgreSQL's files do not shrink when rows go, but new rows take their room. So live rows are counted, each at what a row of its table takes where
 * it is fullest: as it was seen least since this process began.
 */
class PostgresDisk implements Disk {
  private readonly leastPerRow = new Map<string, number>();

  constructor(private readonly tables: Kysely<MonitorTables>) {}

  async used(): Promise<number> {
    const { rows } = await sql<{ name: string; bytes: number; live: number }>`
      SELECT relname AS name, pg_total_relation_size(relid)::bigint AS bytes, n_live_tup::bigint AS live
      FROM pg_stat_user_tables WHERE schemaname = current_schema()`.execute(this.tables);
    return rows.reduce((sum, { name, bytes, live }) => {
      const perRow = Math.min(this.leastPerRow.get(name) ?? Infinity, bytes / Math.max(1, live));
      this.leastPerRow.set(name, perRow);
      return sum + perRow * Math.max(1, live);
    }, 0);
  }

  giveBack(): Promise<void> {
    return Promise.resolve();
  }
}
