import type { Log, MonitoringSettings } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import { Counter, register } from 'prom-client';
import { setImmediate } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { rowsAtOnce } from './batches.js';
import type { Disk } from './disk.js';
import { goneTo, progressOf } from './progress.js';
import type { RawSource } from './raw-source.js';
import { made, removedUntil, rolledUp, steps } from './roll-ups.js';

export interface KeeperOptions {
  readonly clock: { now(): number };
  readonly log: Log;
  readonly settings: Pick<MonitoringSettings, 'keep' | 'diskAtMost'>;
  readonly sources: readonly RawSource[];
  readonly disk: Disk;
  /** How far back samples are needed whatever the settings say, ms. */
  readonly reach: () => number;
}

/** Once the disk is too full, room is made for a while: down to this share of what there may be. */
const roomLeft = 0.95;
/** So much goes at once when there is too much, before it is measured again; and so often in one sweep, so that others have their turn. */
const portionsBeforeMeasuring = 10;
const portionsInASweep = 200;
const warnAgainAfterMs = 3_600_000;

export const removedEarly =
  (register.getSingleMetric('agency_archive_removed_early_total') as Counter<'what'> | undefined) ??
  new Counter({
    name: 'agency_archive_removed_early_total',
    help: 'Samples and roll-ups that went before their time, because the monitor’s database had reached what it may take',
    labelNames: ['what'],
  });

/**
 * Lets go of what is older than it is to be kept, and of the oldest when there is more than the disk may hold: samples first, then the shorter
 * roll-ups. Samples that are not rolled up yet stay, whatever their age. Rows go a few at a time, so nobody waits long for the database.
 */
export class Keeper {
  private warnedAt = -Infinity;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: KeeperOptions,
  ) {}

  async sweep(): Promise<void> {
    const { clock, sources, settings, disk, reach } = this.options;
    const now = clock.now();
    const { raw, fiveMinutes, rollUps } = settings.keep;
    for (const source of sources) await this.all((most) => this.removeSamples(source, now - Math.max(raw, reach()), most));
    await this.all((most) => this.removeRollUps(steps.fiveMinutes, now - fiveMinutes, most));
    await this.all((most) => this.removeRollUps(steps.hour, now - rollUps, most));
    await this.all((most) => this.removeRollUps(steps.day, now - rollUps, most));
    await this.makeRoom();
    await disk.giveBack();
  }

  private async all(remove: (most: number) => Promise<number>): Promise<void> {
    while ((await remove(rowsAtOnce)) > 0) await setImmediate();
  }

  private async makeRoom(): Promise<void> {
    const { disk, settings } = this.options;
    const used = await disk.used();
    if (used <= settings.diskAtMost) return;
    this.warn(used);
    for (let portion = 0; portion < portionsInASweep; portion += 1) {
      if (portion % portionsBeforeMeasuring === 0 && (await disk.used()) <= settings.diskAtMost * roomLeft) return;
      if ((await this.removeOldest()) === 0) return;
      await setImmediate();
    }
  }

  /** Of what is worth least the oldest: samples, then roll-ups of 5 min, then of an hour. Days stay for as long as they are to. */
  private async removeOldest(): Promise<number> {
    const { sources, clock } = this.options;
    const firsts = await Promise.all(sources.map(async (source) => ({ source, at: await source.first(this.tables, 0) })));
    for (const { source } of firsts.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))) {
      const removed = await this.removeSamples(source, clock.now(), rowsAtOnce);
      if (removed > 0) return this.count('samples', removed);
    }
    for (const step of [steps.fiveMinutes, steps.hour]) {
      const removed = await this.removeRollUps(step, clock.now(), rowsAtOnce);
      if (removed > 0) return this.count('roll-ups', removed);
    }
    return 0;
  }

  private count(what: string, removed: number): number {
    removedEarly.inc({ what }, removed);
    return removed;
  }

  private async removeSamples(source: RawSource, before: number, most: number): Promise<number> {
    const until = Math.min(before, (await progressOf(this.tables, rolledUp(source.name))) ?? 0);
    const first = await source.first(this.tables, 0);
    if (first === undefined || first >= until) return 0;
    const end = await source.portion(this.tables, first, until, most);
    // Said before it is done: what is only partly there is not rolled up again.
    await goneTo(this.tables, removedUntil(source.name), end);
    return await source.remove(this.tables, end, most);
  }

  /** Not before what is made of them has been made. */
  private async removeRollUps(step: number, before: number, most: number): Promise<number> {
    const next = step === steps.fiveMinutes ? steps.hour : step === steps.hour ? steps.day : undefined;
    const until = next === undefined ? before : Math.min(before, (await progressOf(this.tables, made(next))) ?? 0);
    const oldest = this.tables
      .selectFrom('roll_up')
      .select(['resource', 'from_at'])
      .where('step', '=', step)
      .where('from_at', '<', until)
      .orderBy('from_at')
      .limit(1);
    const row = await oldest.executeTakeFirst();
    if (!row) return 0;
    const { numDeletedRows } = await this.tables
      .deleteFrom('roll_up')
      .where('step', '=', step)
      .where('from_at', '=', row.from_at)
      .where('resource', 'in', (select) =>
        select
          .selectFrom('roll_up')
          .select('resource')
          .where('step', '=', step)
          .where('from_at', '=', row.from_at)
          .orderBy('resource')
          .limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  private warn(used: number): void {
    const { clock, log, settings } = this.options;
    if (clock.now() - this.warnedAt < warnAgainAfterMs) return;
    this.warnedAt = clock.now();
    log.warn(
      { used: Math.round(used), atMost: settings.diskAtMost },
      'What was measured takes more than monitoring.disk.at_most: the oldest samples go before their time. Allow more, or keep less.',
    );
  }
}
