import { grouped } from '@cloud-agency/sla';
import { subjects, type UptimeMessage } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { type OutboxSource, post, serially } from '@cloud-agency/store';
import type { Kysely, Transaction } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { MonitorTables, UptimeRow } from '../store/tables.js';
import { goneTo, progressOf } from './progress.js';
import type { RawSource, Sign } from './raw-source.js';
import { rowsAtOnce } from './batches.js';
import { steps } from './roll-ups.js';
import { watchedIn } from './watched.js';

export interface UptimesOptions extends OutboxSource {
  readonly sender: string;
  readonly sources: readonly RawSource[];
  /** Samples younger than this are left for later, ms: it takes a while until it is known what came of one. */
  readonly settledAfter: number;
  /** Days that are over for so long are let go, ms. */
  readonly keptFor: number;
  /** The letters that were posted can be taken away. */
  readonly posted: () => void;
  /** Fails when this process may not write any more. */
  readonly fence: (transaction: Transaction<MonitorTables>) => Promise<void>;
}

const signsAtOnce = 2_000;

/**
 * Sums up by machine and day how long it was watched and how long it did not answer, and tells the Agency, which knows whose machine it was. What has been
 * summed up and how far that goes is written together: no sample counts twice, and none is left out but those that come too late.
 */
export class Uptimes {
  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: UptimesOptions,
  ) {}

  async bringUpToDate(): Promise<void> {
    const until = this.options.clock.now() - this.options.settledAfter;
    for (const source of this.options.sources) if (source.signs) await this.sumUp(source, until);
    while (await this.tell()) await setImmediate();
    await this.tables
      .deleteFrom('uptime')
      .where('day', '<', until - this.options.keptFor - steps.day)
      .where('told', '=', 1)
      .execute();
  }

  private async sumUp(source: RawSource, until: number): Promise<void> {
    const id = `uptime ${source.name}`;
    let from = (await progressOf(this.tables, id)) ?? (await source.first(this.tables, 0));
    while (from !== undefined && from < until) {
      const end = await source.portion(this.tables, from, until, signsAtOnce);
      const signs = (await source.signs?.(this.tables, from, end)) ?? [];
      const begun = from;
      await serially(this.tables, async (transaction) => {
        await this.options.fence(transaction);
        // Another monitor may have been here meanwhile.
        if (((await progressOf(transaction, id)) ?? begun) !== begun) return;
        await add(transaction, signs);
        await goneTo(transaction, id, end);
      });
      from = end;
      await setImmediate();
    }
  }

  /** True while there is more. */
  private async tell(): Promise<boolean> {
    const told = await serially(this.tables, async (transaction) => {
      await this.options.fence(transaction);
      const rows = await transaction
        .selectFrom('uptime')
        .selectAll()
        .where('told', '=', 0)
        .orderBy('placement')
        .limit(rowsAtOnce)
        .execute();
      if (rows.length === 0) return 0;
      const content = { performative: 'uptime' as const, days: rows.map(dayOf) };
      const { sender } = this.options;
      await post(transaction, this.options, { conversation: 'uptime', sender, subject: subjects.uptime, content });
      for (const [day, own] of grouped(rows, (row) => row.day))
        await transaction
          .updateTable('uptime')
          .set({ told: 1 })
          .where('day', '=', day)
          .where(
            'placement',
            'in',
            own.map(({ placement }) => placement),
          )
          .execute();
      return rows.length;
    });
    if (told > 0) this.options.posted();
    return told === rowsAtOnce;
  }
}

function dayOf({ placement, day, watched, down, as_of }: UptimeRow): UptimeMessage['days'][number] {
  return { placement, day: isoTime(day), watched, down, asOf: isoTime(as_of) };
}

async function add(transaction: Transaction<MonitorTables>, signs: readonly Sign[]): Promise<void> {
  const machines = grouped(signs, ({ placement }) => placement);
  const before = await newestDays(transaction, [...machines.keys()]);
  const rows = [...machines].flatMap(([placement, own]) => watchedIn(placement, own, before.get(placement)));
  for (const row of rows) {
    await transaction
      .insertInto('uptime')
      .values({ ...row, told: 0 })
      .onConflict((conflict) =>
        conflict.columns(['placement', 'day']).doUpdateSet((set) => ({
          watched: set('uptime.watched', '+', row.watched),
          down: set('uptime.down', '+', row.down),
          as_of: row.as_of,
          told: 0,
        })),
      )
      .execute();
  }
}

/** When each was looked at last. */
async function newestDays(
  transaction: Transaction<MonitorTables>,
  placements: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (placements.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('uptime')
    .select((select) => ['placement', select.fn.max('as_of').as('as_of')])
    .where('placement', 'in', placements)
    .groupBy('placement')
    .execute();
  return new Map(rows.map(({ placement, as_of }) => [placement, as_of]));
}
