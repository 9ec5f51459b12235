import { createHash } from 'node:crypto';
import type { Database } from '../placement/tables.js';

export interface Cached {
  readonly version: string;
  readonly body: string;
  /** ms */
  readonly seenAt: number;
}

/** What an agent last saw at its vendor, so that it has offers the moment it starts again. */
export class Cache {
  constructor(
    private readonly database: Database,
    private readonly agent: string,
  ) {}

  async all(): Promise<ReadonlyMap<string, Cached>> {
    const rows = await this.database.selectFrom('cache').selectAll().where('agent', '=', this.agent).execute();
    return new Map(rows.map((row) => [row.key, { version: row.version, body: row.body, seenAt: row.seen_at }]));
  }

  async put(key: string, cached: Cached): Promise<void> {
    const { version, body, seenAt } = cached;
    await this.database
      .insertInto('cache')
      .values({ agent: this.agent, key, version, body, seen_at: seenAt })
      .onConflict((conflict) => conflict.columns(['agent', 'key']).doUpdateSet({ version, body, seen_at: seenAt }))
      .execute();
  }

  /** The version is the same and only its age is new. */
  async touch(key: string, seenAt: number): Promise<void> {
    await this.database
      .updateTable('cache')
      .set({ seen_at: seenAt })
      .where('agent', '=', this.agent)
      .where('key', '=', key)
      .execute();
  }
}

export const digest = (body: string): string => createHash('sha256').update(body).digest('hex');
