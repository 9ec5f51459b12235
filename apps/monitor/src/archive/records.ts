import { serially } from '@cloud-agency/store';
import { type Kysely, sql, type Transaction } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { rowsAtOnce } from './batches.js';
import { metricSamples } from './metric-samples.js';
import { progressOf } from './progress.js';
import { removedUntil } from './roll-ups.js';

/** So often at most in one sweep rows of one table go, and names of series are looked at: the rest has its turn the next time. */
const portionsInASweep = 100;
/** A series that no machine has any more keeps its name for this much longer than its samples, ms. */
const namedForMs = 24 * 3_600_000;

/**
 * Lets go of what is remembered of agreements and sensors that ended long ago, of violations, outages and machines of those that go on, and
 * of the names of series without samples: nothing that a guarantee that holds rests on, and nothing of which samples are left.
 */
export class Records {
  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly clock: { now(): number },
    private readonly keptForMs: number,
  ) {}

  async sweep(): Promise<void> {
    const now = this.clock.now();
    const before = now - this.keptForMs;
    await this.forgetAgreements(before);
    await this.remove(sql`DELETE FROM observation WHERE sensor IN (
      SELECT sensor FROM observation WHERE active = 0 AND since < ${before} LIMIT ${rowsAtOnce})`);
    await this.remove(sql`DELETE FROM violation WHERE id IN (
      SELECT id FROM violation WHERE closed_at < ${before} LIMIT ${rowsAtOnce})`);
    await this.remove(sql`DELETE FROM downtime WHERE (agreement, resource, from_at) IN (
      SELECT agreement, resource, from_at FROM downtime WHERE until_at < ${before} LIMIT ${rowsAtOnce})`);
    await this.remove(sql`DELETE FROM machine WHERE (agreement, resource) IN (
      SELECT agreement, resource FROM machine WHERE left_at < ${before} LIMIT ${rowsAtOnce})`);
    await this.markSeries(now);
    await this.forgetSeries();
  }

  private async forgetAgreements(before: number): Promise<void> {
    const rows = await this.tables
      .selectFrom('watch')
      .select('agreement')
      .where('active', '=', 0)
      .where('since', '<', before)
      .limit(rowsAtOnce)
      .execute();
    for (const { agreement } of rows) {
      await serially(this.tables, (transaction) => forgetAgreement(transaction, agreement, before));
      await setImmediate();
    }
  }

  private async remove(statement: ReturnType<typeof sql>): Promise<void> {
    for (let portion = 0; portion < portionsInASweep; portion += 1) {
      const { numAffectedRows = 0n } = await statement.execute(this.tables);
      if (numAffectedRows < BigInt(rowsAtOnce)) return;
      await setImmediate();
    }
  }

  /** Notes which series no watched machine has any more, and takes it back where one has again. */
  private async markSeries(now: number): Promise<void> {
    const isStanding = sql<boolean>`EXISTS (
      SELECT 1 FROM machine m JOIN watch w ON w.agreement = m.agreement
      WHERE m.placement = series.placement AND m.left_at IS NULL AND w.active = 1)`;
    for (let last = 0; ;) {
      const rows = await this.tables
        .selectFrom('series')
        .select(['id', 'left_at', isStanding.as('standing')])
        .where('id', '>', last)
        .orderBy('id')
        .limit(rowsAtOnce)
        .execute();
      // SQLite tells it as a number.
      const left = rows.filter((row) => !row.standing && row.left_at === null);
      const back = rows.filter((row) => row.standing && row.left_at !== null);
      for (const [some, at] of [
        [left, now],
        [back, null],
      ] as const) {
        const ids = some.map(({ id }) => id);
        if (ids.length > 0) await this.tables.updateTable('series').set({ left_at: at }).where('id', 'in', ids).execute();
      }
      const end = rows.at(-1);
      if (!end) return;
      last = end.id;
      await setImmediate();
    }
  }

  private async forgetSeries(): Promise<void> {
    const gone = await progressOf(this.tables, removedUntil(metricSamples.name));
    if (gone === undefined) return;
    await this.remove(sql`DELETE FROM series WHERE id IN (
      SELECT id FROM series WHERE left_at < ${gone - namedForMs} LIMIT ${rowsAtOnce})`);
  }
}

async function forgetAgreement(transaction: Transaction<MonitorTables>, agreement: string, before: number): Promise<void> {
  const { numDeletedRows } = await transaction
    .deleteFrom('watch')
    .where('agreement', '=', agreement)
    .where('active', '=', 0)
    .where('since', '<', before)
    .executeTakeFirst();
  // It has begun again meanwhile.
  if (numDeletedRows === 0n) return;
  for (const table of ['checkpoint', 'term', 'violation', 'downtime', 'machine'] as const)
    await transaction.deleteFrom(table).where('agreement', '=', agreement).execute();
}
