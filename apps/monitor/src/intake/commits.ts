import { reasonOf } from '@cloud-agency/errors';
import { type Clock, type Log, Trouble } from '@cloud-agency/runtime';
import { serially } from '@cloud-agency/store';
import type { Kysely, Transaction } from 'kysely';
import { metricSamples } from '../archive/metric-samples.js';
import { notePacked } from '../archive/packs.js';
import { noteLate } from '../archive/roll-ups.js';
import {
  dropCheckpoints,
  type Outdated,
  type Position,
  positionOf,
  seriesId,
  writeCheckpoints,
  writeNewest,
  writePosition,
  writeSamples,
} from '../store/sample-log.js';
import type { CheckpointRow, MonitorTables } from '../store/tables.js';
import { Gathered } from './gathered.js';
import { type DueTimes, NewestTimes } from './newest-times.js';
import { OldestTimes } from './oldest-times.js';
import type { Series } from './series.js';

/** Samples that come within so long share a commit, ms; who waits for one waits about as long. */
const gatherMs = 20;
const tryAgainMs = 1_000;

type Task = (transaction: Transaction<MonitorTables>) => Promise<unknown>;

interface Waiting {
  readonly task: Task;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** What guarantees have made of the samples so far, to be stored along with them. */
export interface Checkpoints {
  /** Those that are to be stored with a batch. To be asked when all of its samples have been taken, and none that comes after it. */
  due(batch: number): DueCheckpoints;
}

export interface DueCheckpoints {
  readonly rows: readonly CheckpointRow[];
  /** Pieces of stretches that have left their window. */
  readonly outdated: readonly Outdated[];
  /** The last batch that every checkpoint holds once these are stored; undefined: this one. */
  readonly swept: number | undefined;
  /** Whether more are due than come along with this batch. */
  readonly owing: boolean;
  /** To be called once they are stored. */
  readonly stored: () => void;
}

export interface CommitsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Fails when this process may not write any more. */
  readonly fence: (transaction: Transaction<MonitorTables>) => Promise<void>;
}

/**
 * Puts samples on disk, many with one commit, and with them what is found by them: a finding is never stored without the samples that it
 * rests on. What could not be stored waits, in order, and is tried again.
 */
export class Commits {
  private samples = new Gathered();
  private tasks: Waiting[] = [];
  private listeners: (() => void)[] = [];
  private working: Promise<void> | undefined;
  private callOff: (() => void) | undefined;
  /** Whether what came while a commit was under way is to follow at once. */
  private again = false;
  private stopped = false;
  private readonly trouble: Trouble;
  private checkpoints: Checkpoints | undefined;
  private readonly newest: NewestTimes;
  private readonly oldest = new OldestTimes();

  private constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: CommitsOptions,
    private position: Position,
  ) {
    this.trouble = new Trouble(options.log);
    this.newest = new NewestTimes(() => options.clock.now());
    this.oldest.note(position.batch, position.oldestAt);
  }

  static async open(tables: Kysely<MonitorTables>, options: CommitsOptions): Promise<Commits> {
    return new Commits(tables, options, await positionOf(tables));
  }

  /** How many samples are not on disk yet. */
  get waiting(): number {
    return this.samples.size;
  }

  /** The last commit: what is added now goes into a later one. */
  get last(): number {
    return this.position.batch;
  }

  /** Stores the newest time of a series again, which rests on samples of after the last sweep. */
  remember(series: Series): void {
    this.newest.note(series, this.position.swept);
  }

  /** To be called once guarantees have been given what had come in before a restart: until then no commit says that checkpoints hold it. */
  checkpointWith(checkpoints: Checkpoints): void {
    this.checkpoints = checkpoints;
  }

  add(series: Series, at: number, value: number, detail: string | undefined): void {
    this.samples.add(series, at, value, detail);
    this.newest.note(series, this.position.batch);
    this.commitAfter(gatherMs);
  }

  /** Resolves once all that was added before is on disk. */
  async stored(): Promise<void> {
    if (this.samples.size === 0 && !this.working) return;
    await new Promise<void>((done) => this.listeners.push(done));
  }

  /** Runs a task in the transaction that stores all samples added before, at once. @throws whatever that transaction fails with. */
  async run<R>(task: (transaction: Transaction<MonitorTables>) => Promise<R>): Promise<R> {
    return await new Promise<R>((done, failed) => {
      this.tasks.push({ task, done: done as (result: unknown) => void, failed });
      this.commitSoon();
    });
  }

  /** Stores what is there, as far as the database takes it. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.callOff?.();
    await this.working;
    this.newest.close();
    if (this.samples.size > 0 || this.tasks.length > 0) await this.commit();
  }

  private commitAfter(ms: number): void {
    this.callOff ??= this.options.clock.after(ms, () => {
      this.commitSoon();
    });
  }

  private commitSoon(): void {
    this.callOff?.();
    this.callOff = undefined;
    this.again = true;
    this.working ??= this.commitAll().finally(() => {
      this.working = undefined;
    });
  }

  private async commitAll(): Promise<void> {
    do {
      // What else this turn of the event loop finds comes along.
      await Promise.resolve();
      this.again = false;
      if (!(await this.commit())) return;
    } while (this.isWanted && !this.stopped);
  }

  private get isWanted(): boolean {
    return this.again;
  }

  /** False when it could not be done now. */
  private async commit(): Promise<boolean> {
    const [samples, tasks, listeners] = [this.samples, this.tasks, this.listeners];
    [this.samples, this.tasks, this.listeners] = [new Gathered(), [], []];
    try {
      const results = await this.store(samples, tasks);
      results.forEach((result, index) => tasks[index]?.done(result));
      for (const listener of listeners) listener();
      this.trouble.isOver('Samples are stored again');
      return true;
    } catch (error) {
      samples.addAll(this.samples);
      this.samples = samples;
      this.listeners = [...listeners, ...this.listeners];
      for (const { failed } of tasks) failed(error);
      this.tryLater(error);
      return false;
    }
  }

  private tryLater(error: unknown): void {
    if (this.stopped || this.samples.size === 0) return;
    this.trouble.is(reasonOf(error), 'Samples could not be stored yet; they are kept and tried again', {
      err: error,
      waiting: this.samples.size,
    });
    this.commitAfter(tryAgainMs);
  }

  private async store(samples: Gathered, tasks: readonly Waiting[]): Promise<unknown[]> {
    const batch = this.position.batch + 1;
    const checkpoints = this.checkpoints?.due(batch) ?? this.nothingDue;
    const times = this.newest.due();
    const now = this.options.clock.now();
    const oldest = samples.times.reduce((before, at) => Math.min(before, at), Infinity);
    const swept = Math.min(checkpoints.swept ?? batch, times.swept ?? batch);
    const oldestAt = Math.min(this.oldest.after(swept), oldest, now);
    const position = { batch, swept, oldestAt, seenAt: now };
    const { ids, results } = await serially(this.tables, async (transaction) => {
      await this.options.fence(transaction);
      const found = await this.write(transaction, samples, batch);
      const outcomes: unknown[] = [];
      for (const { task } of tasks) outcomes.push(await task(transaction));
      await writeCheckpoints(transaction, checkpoints.rows);
      await dropCheckpoints(transaction, checkpoints.outdated);
      await writeNewest(transaction, idsFor(times.newest, found));
      await writePosition(transaction, position);
      return { ids: found, results: outcomes };
    });
    for (const [series, id] of ids) series.id = id;
    checkpoints.stored();
    times.stored();
    this.oldest.note(batch, oldest);
    this.oldest.forget(swept);
    this.position = position;
    if ((checkpoints.owing || times.owing) && !this.stopped) this.commitAfter(gatherMs);
    return results;
  }

  /** The ids of those series that had none yet. */
  private async write(
    transaction: Transaction<MonitorTables>,
    samples: Gathered,
    batch: number,
  ): Promise<ReadonlyMap<Series, number>> {
    const { times } = samples;
    const ids = await idsOf(transaction, samples);
    await writeSamples(transaction, samples.rows(batch, idIn(ids)));
    const now = this.options.clock.now();
    await noteLate(transaction, metricSamples.name, times, now);
    await notePacked(transaction, times, now);
    return ids;
  }

  /** What checkpoints hold stays as it was. */
  private get nothingDue(): DueCheckpoints {
    return { rows: [], outdated: [], swept: this.position.swept, owing: false, stored: () => undefined };
  }
}

/** Of the series that have none yet. */
async function idsOf(transaction: Transaction<MonitorTables>, samples: Gathered): Promise<ReadonlyMap<Series, number>> {
  const ids = new Map<Series, number>();
  for (const series of samples.series)
    if (series.id === undefined && !ids.has(series)) ids.set(series, await seriesId(transaction, series));
  return ids;
}

const idIn =
  (ids: ReadonlyMap<Series, number>) =>
  (series: Series): number =>
    series.id ?? ids.get(series) ?? 0;

const idsFor = (newest: DueTimes['newest'], ids: ReadonlyMap<Series, number>): { series: number; at: number }[] => {
  const idOf = idIn(ids);
  return newest.map(({ series, at }) => ({ series: idOf(series), at }));
};
