import { createHash } from 'node:crypto';
import type { Database } from '../placement/tables.js';
import { ownTurn } from '../vendor/own-turn.js';

export interface Cached {
  readonly version: string;
  readonly body: string;
  /** ms */
  readonly seenAt: number;
}

const lotSize = 10;

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

  /** A few at a time, each lot in one transaction: writing is what holds a process up the longest. */
  async put(entries: Iterable<readonly [string, Cached]>): Promise<void> {
    for (const lot of lots(entries)) {
      await this.database
        .insertInto('cache')
        // In order, so that two processes that write the same rows do not wait for each other.
        .values(
          [...lot]
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([key, { version, body, seenAt }]) => ({ agent: this.agent, key, version, body, seen_at: seenAt })),
        )
        .onConflict((conflict) =>
          conflict.columns(['agent', 'key']).doUpdateSet((excluded) => ({
            version: excluded.ref('excluded.version'),
            body: excluded.ref('excluded.body'),
            seen_at: excluded.ref('excluded.seen_at'),
          })),
        )
        .execute();
      await ownTurn();
    }
  }

  /** The versions are the same and only their age is new. */
  async touch(keys: readonly string[], seenAt: number): Promise<void> {
    if (keys.length === 0) return;
    await this.database
      .updateTable('cache')
      .set({ seen_at: seenAt })
      .where('agent', '=', this.agent)
      .where('key', 'in', keys)
      .execute();
  }
}

export const digest = (body: string): string => createHash('sha256').update(body).digest('hex');

function* lots<T>(entries: Iterable<T>): Generator<readonly T[]> {
  let lot: T[] = [];
  for (const entry of entries) {
    if (lot.push(entry) < lotSize) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}
