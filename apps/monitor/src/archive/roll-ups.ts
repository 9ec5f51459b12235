import type { Clock } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';
import { dueOf, noteDue, settleDue } from './due.js';
import { figuresOf, merged } from './figures.js';
import { portionsOf } from './portions.js';
import { goneTo, progressOf } from './progress.js';
import type { RawSource } from './raw-source.js';
import { bySeries, writeRollUps } from './roll-up-rows.js';
import { SeriesValues } from './series-values.js';

/** What samples are rolled up to: each step is made of the one before it. */
export const steps = { fiveMinutes: 300_000, hour: 3_600_000, day: 86_400_000 } as const;

/** A sample is stored when it is known what came of it, and that takes a while: so long after their end 5 min are taken as whole. */
const settledAfterMs = 60_000;
/** A statement holds the event loop up; series of so many resources are read by one. */
const resourcesAtOnce = 25;

/** Names of how far things have come: a table of samples has been rolled up; it is whole from there on; roll-ups of a step have been made. */
export const rolledUp = (origin: string): string => `rolled-up ${origin}`;
export const removedUntil = (origin: string): string => `removed ${origin}`;
export const made = (step: number): string => `made ${step}`;

export const beginning = (at: number, step: number): number => Math.floor(at / step) * step;

/** To be called in the transaction that stores samples: those that are late have their roll-ups made again. */
export async function noteLate(
  transaction: Kysely<MonitorTables>,
  origin: string,
  times: readonly number[],
  now: number,
): Promise<void> {
  const closed = beginning(now - settledAfterMs, steps.fiveMinutes);
  const late = times.filter((at) => at < closed).map((at) => beginning(at, steps.fiveMinutes));
  await noteDue(transaction, origin, new Set(late));
}

/**
 * Makes roll-ups of 5 min, an hour and a day, each once it is over. Every one is made whole from what it is made of, and takes the place of what was
 * there: whoever is interrupted begins it again, and nothing is lost or counted twice.
 */
export class RollUps {
  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: { readonly clock: Pick<Clock, 'now'>; readonly sources: readonly RawSource[] },
  ) {}

  /** Brings all of them up to date. */
  async make(): Promise<void> {
    const closed = beginning(this.options.clock.now() - settledAfterMs, steps.fiveMinutes);
    for (const source of this.options.sources) {
      await this.rollUp(source, closed);
      await this.again(source);
    }
    await this.coarsen(steps.hour, steps.fiveMinutes, closed);
    await this.coarsen(steps.day, steps.hour, closed);
  }

  private async rollUp(source: RawSource, closed: number): Promise<void> {
    const id = rolledUp(source.name);
    let from = (await progressOf(this.tables, id)) ?? 0;
    for (;;) {
      const next = await source.first(this.tables, from);
      if (next === undefined || next >= closed) break;
      const begun = beginning(next, steps.fiveMinutes);
      await this.ofSamples(source, begun);
      from = begun + steps.fiveMinutes;
      await goneTo(this.tables, id, from);
    }
    await goneTo(this.tables, id, Math.max(from, closed));
  }

  /** Where all of the samples are still there: what is rolled up already is worth more than a part of it. */
  private async again(source: RawSource): Promise<void> {
    const whole = (await progressOf(this.tables, removedUntil(source.name))) ?? 0;
    for (const due of await dueOf(this.tables, source.name)) {
      if (due.from >= whole) {
        await noteDue(this.tables, made(steps.fiveMinutes), new Set([beginning(due.from, steps.hour)]));
        await this.ofSamples(source, due.from);
      }
      await settleDue(this.tables, source.name, due);
    }
  }

  private async ofSamples(source: RawSource, from: number): Promise<void> {
    const until = from + steps.fiveMinutes;
    const series = new SeriesValues();
    for await (const part of portionsOf(source, this.tables, { from, until }))
      for (const sample of await source.read(this.tables, part.from, part.until)) series.take(sample);
    const name = { step: steps.fiveMinutes, from_at: from, origin: source.name };
    await writeRollUps(
      this.tables,
      series
        .all()
        .map((own) => ({ ...name, ...own.name, figures: merged([...own.earlier, figuresOf(own.values, own.failures)]) })),
    );
  }

  /** Those of a step that are over, and those of which a part was made again. */
  private async coarsen(step: number, of: number, closed: number): Promise<void> {
    let from = (await progressOf(this.tables, made(step))) ?? 0;
    for (;;) {
      const next = await this.firstPart(of, from);
      if (next === undefined || beginning(next, step) + step > closed) break;
      await this.ofParts(step, of, beginning(next, step));
      from = beginning(next, step) + step;
      await goneTo(this.tables, made(step), from);
    }
    for (const due of await dueOf(this.tables, made(of))) {
      if (due.from < from) {
        await noteDue(this.tables, made(step), new Set(step === steps.hour ? [beginning(due.from, steps.day)] : []));
        await this.ofParts(step, of, due.from);
      }
      await settleDue(this.tables, made(of), due);
    }
  }

  private async firstPart(step: number, from: number): Promise<number | undefined> {
    const row = await this.tables
      .selectFrom('roll_up')
      .select('from_at')
      .where('step', '=', step)
      .where('from_at', '>=', from)
      .orderBy('from_at')
      .limit(1)
      .executeTakeFirst();
    return row?.from_at;
  }

  private async ofParts(step: number, of: number, from: number): Promise<void> {
    const parts = this.tables
      .selectFrom('roll_up')
      .where('step', '=', of)
      .where('from_at', '>=', from)
      .where('from_at', '<', from + step);
    const resources = (await parts.select('resource').distinct().execute()).map(({ resource }) => resource);
    for (let place = 0; place < resources.length; place += resourcesAtOnce) {
      const rows = await parts
        .selectAll()
        .where('resource', 'in', resources.slice(place, place + resourcesAtOnce))
        .execute();
      await writeRollUps(
        this.tables,
        bySeries(rows).map((own) => ({ ...own, step, from_at: from })),
      );
    }
  }
}
