import type { Clock } from '@cloud-agency/runtime';
import { serially } from '@cloud-agency/store';
import { type Kysely, sql, type Transaction } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { greatestLateness } from '../intake/lateness.js';
import type { MonitorTables } from '../store/tables.js';
import { removeInPortions } from './batches.js';
import { noteDue } from './due.js';
import { metricSamples } from './metric-samples.js';
import { packed } from './packing.js';
import { portionsOf } from './portions.js';
import { goneTo, progressOf } from './progress.js';
import { beginning, removedUntil, steps } from './roll-ups.js';

/** Names how far samples have been packed; and, among what is due, the hours of which the packs do not hold all. */
export const packedUntil = `packed ${metricSamples.name}`;

/** Samples are packed when no more of that time are taken: so long after it, with something to spare for commits. */
const settledAfterMs = greatestLateness + 300_000;
/** So many samples are held at most until they are packed. */
const mostHeld = 500_000;
/** After about so many others have their turn: of samples that were kept before there were packs, the rest is packed the next time. */
const packedAtOnce = 1_000_000;
/** A statement holds the event loop up. */
const packsAtOnce = 50;

/** To be called in the transaction that stores samples: hours in which some come after all are read from the samples as they came in. */
export async function notePacked(transaction: Kysely<MonitorTables>, times: readonly number[], now: number): Promise<void> {
  const done = Math.max(now - settledAfterMs, (await progressOf(transaction, packedUntil)) ?? 0);
  await noteDue(transaction, packedUntil, new Set(times.filter((at) => at < done).map((at) => beginning(at, steps.hour))));
}

export interface PacksOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Refuses when another monitor is on duty. */
  readonly fence: (transaction: Transaction<MonitorTables>) => Promise<void>;
  readonly most?: number;
}

/** The samples of some time within an hour, by series, as far as they were read. */
interface Stretch {
  readonly from: number;
  readonly end: number;
  until: number;
  count: number;
  readonly series: Map<number, Record<'times' | 'values', number[]>>;
}

/**
 * Puts the samples of each series together, an hour at a time and where there are many a part of one. They stand in the order in which they came in as
 * well, which is how they are kept and let go: a pack is only where they are found.
 */
export class Packs {
  private stretch: Stretch | undefined;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: PacksOptions,
  ) {}

  /** Brings them up to date. */
  async make(): Promise<void> {
    const settled = this.options.clock.now() - settledAfterMs;
    // The clock was set back: more may come of the time that was read.
    if (this.stretch && settled < this.stretch.until) this.stretch = undefined;
    for (let count = 0; count < packedAtOnce;) {
      this.stretch ??= await this.begin(settled);
      if (!this.stretch) return;
      const isWhole = await this.read(this.stretch, settled);
      if (!isWhole) return;
      await this.write(this.stretch);
      count += this.stretch.count;
      this.stretch = undefined;
    }
  }

  /** Those of samples that are gone go too. */
  async forget(): Promise<void> {
    const gone = (await progressOf(this.tables, removedUntil(metricSamples.name))) ?? 0;
    const before = firstWhole(gone);
    await this.remove(sql`from_at < ${before}`);
    await this.tables.deleteFrom('roll_up_due').where('origin', '=', packedUntil).where('from_at', '<', before).execute();
  }

  private async begin(settled: number): Promise<Stretch | undefined> {
    const done = (await progressOf(this.tables, packedUntil)) ?? 0;
    const from = await metricSamples.first(this.tables, done);
    if (from === undefined || from >= settled) return undefined;
    // What was begun and not ended.
    await this.remove(sql`from_at >= ${done}`);
    return { from, end: beginning(from, steps.hour) + steps.hour, until: from, count: 0, series: new Map() };
  }

  /** True once it is to be packed. */
  private async read(stretch: Stretch, settled: number): Promise<boolean> {
    const { most = mostHeld } = this.options;
    const rest = { from: stretch.until, until: Math.min(settled, stretch.end) };
    for await (const part of portionsOf(metricSamples, this.tables, rest)) {
      const rows = await this.tables
        .selectFrom('metric_sample')
        .select(['series', 'at', 'value'])
        .where('at', '>=', part.from)
        .where('at', '<', part.until)
        .orderBy('at')
        .execute();
      for (const row of rows) add(stretch, row);
      stretch.until = part.until;
      if (stretch.count >= most) return true;
    }
    return stretch.until >= stretch.end;
  }

  private async write({ from, until, series }: Stretch): Promise<void> {
    const all = [...series];
    for (let place = 0; place < all.length; place += packsAtOnce) {
      const rows = all
        .slice(place, place + packsAtOnce)
        .map(([id, run]) => ({ series: id, from_at: from, samples: packed(from, run) }));
      await this.fenced(async (transaction) => {
        await transaction
          .insertInto('pack')
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(['series', 'from_at']).doUpdateSet((row) => ({ samples: row.ref('excluded.samples') })),
          )
          .execute();
      });
      await nextTurn();
    }
    await this.fenced((transaction) => goneTo(transaction, packedUntil, until));
  }

  private async fenced(task: (transaction: Transaction<MonitorTables>) => Promise<void>): Promise<void> {
    await serially(this.tables, async (transaction) => {
      await this.options.fence(transaction);
      await task(transaction);
    });
  }

  private async remove(which: ReturnType<typeof sql>): Promise<void> {
    await removeInPortions(async (atMost) => {
      const { numAffectedRows } = await sql`
        DELETE FROM pack WHERE (series, from_at) IN (
          SELECT series, from_at FROM pack WHERE ${which} ORDER BY from_at LIMIT ${atMost})`.execute(this.tables);
      return numAffectedRows;
    });
  }
}

/** The first hour that begins at an instant or after it. */
export const firstWhole = (at: number): number => Math.ceil(at / steps.hour) * steps.hour;

function add(stretch: Stretch, { series, at, value }: Readonly<Record<'series' | 'at' | 'value', number>>): void {
  let run = stretch.series.get(series);
  if (!run) {
    run = { times: [], values: [] };
    stretch.series.set(series, run);
  }
  run.times.push(at);
  run.values.push(value);
  stretch.count += 1;
}
