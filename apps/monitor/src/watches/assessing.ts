import type { Assessment } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import type { Kysely, Transaction } from 'kysely';
import type { Change, Past } from '../assessor/assessor.js';
import { CheckpointQueue } from '../assessor/checkpoints.js';
import type { Watch } from '../assessor/sample.js';
import { Commits } from '../intake/commits.js';
import { IntakeCounts } from '../intake/counts.js';
import { Intake } from '../intake/intake.js';
import { remember } from '../intake/remembering.js';
import type { Series } from '../intake/series.js';
import { Machines } from '../meters/machines.js';
import type { MetricBoard } from '../meters/metric-board.js';
import { MetricFeed } from '../meters/metric-feed.js';
import { positionOf, samplesSince } from '../store/sample-log.js';
import type { MetricSampleRow, MonitorTables } from '../store/tables.js';
import { Absences } from './absences.js';
import { Time } from './time.js';
import { WatchDesk } from './watch-desk.js';

export interface AssessingParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: { next(): string };
  readonly tables: Kysely<MonitorTables>;
  readonly store: {
    versions(): Promise<readonly Pick<Watch, 'agreement' | 'version'>[]>;
    watches(agreements: readonly string[]): Promise<readonly Watch[]>;
    recall(agreements: readonly string[]): Promise<ReadonlyMap<string, Past>>;
    /** @throws Error when another monitor is on duty by now. */
    fence(transaction: Transaction<MonitorTables>): Promise<void>;
    /** Stores changes, and the messages that tell of them. */
    keep(transaction: Transaction<MonitorTables>, agreement: string, changes: readonly Change[]): Promise<void>;
    /** To be called once they are committed. */
    wake(): void;
  };
  readonly broadcast: (assessment: Assessment) => void;
  /** Shown the latest that others tell of machines. */
  readonly board: MetricBoard;
}

/** Without samples something is committed so often all the same, ms, so that it is known up to when a monitor was there. */
const heartbeatMs = 300_000;

/** All that is measured of what is watched, from the intake to what is found: the watches, what they need to go on after a restart, and their store. */
export class Assessing {
  readonly counts = new IntakeCounts();
  readonly intake: Intake;
  readonly desk: WatchDesk;
  readonly feed: MetricFeed;
  private readonly checkpoints: CheckpointQueue;
  /** While samples of before a restart are given again: the commit that they came after. */
  private replaying: number | undefined;
  private readonly time: Time;
  private readonly stopBeating: () => void;

  private constructor(
    private readonly parts: AssessingParts,
    private readonly commits: Commits,
    private readonly absences: Absences,
  ) {
    const { clock, log, ids, store, broadcast, board } = parts;
    const machines = new Machines();
    this.intake = new Intake({
      ...{ clock, commits, counts: this.counts },
      onTaken: (source, sample) => {
        this.feed.note(source, [sample]);
      },
    });
    this.feed = new MetricFeed({
      ...{ clock, board, machines },
      intake: { take: (source, samples) => void this.intake.take(source, samples) },
    });
    this.checkpoints = new CheckpointQueue(
      () => commits.last,
      () => clock.now(),
    );
    this.time = this.timeOf();
    this.desk = new WatchDesk({
      ...{ clock, log, ids, broadcast, store },
      time: this.time,
      intake: this.intake,
      sink: this.feed,
      machines,
      away: () => absences.all,
      onDirty: (agreement, term) => {
        this.checkpoints.note(agreement, term, this.replaying);
      },
      save: async (agreement, changes) => {
        await commits.run((transaction) => store.keep(transaction, agreement, changes));
        store.wake();
      },
      stored: async (agreement) => {
        this.checkpoints.hurry(agreement);
        await commits.run(() => Promise.resolve());
      },
      replay: async (resources) => {
        await this.replay(resources);
        commits.checkpointWith(this.checkpoints);
      },
    });
    this.stopBeating = clock.every(heartbeatMs, () => {
      void commits.run(() => Promise.resolve()).catch(() => undefined);
    });
  }

  static async open(parts: AssessingParts): Promise<Assessing> {
    const { clock, log, tables, store } = parts;
    const commits = await Commits.open(tables, { clock, log, fence: (transaction) => store.fence(transaction) });
    const { seenAt } = await positionOf(tables);
    const assessing = new Assessing(parts, commits, await Absences.open(tables, commits, seenAt, clock.now()));
    await remember(tables, clock.now(), { intake: assessing.intake, commits });
    return assessing;
  }

  async stop(): Promise<void> {
    this.stopBeating();
    this.time.stop();
    await this.desk.stop();
    this.checkpoints.close();
    await this.commits.stop();
  }

  private timeOf(): Time {
    const { clock, log } = this.parts;
    return new Time({
      clock,
      onAbsence: (absence) => {
        this.counts.clockJumps += 1;
        log.warn(absence, 'The clock has jumped ahead, or this process stood still: nothing was watched meanwhile');
        this.absences.add(absence).catch((error: unknown) => {
          log.warn({ err: error }, 'When nothing was watched could not be stored');
        });
        this.desk.beAbsent();
      },
      onStepBack: (by) => {
        this.counts.clockJumps += 1;
        log.warn({ by }, 'The clock was set back: what was said of guarantees stands until it has caught up');
      },
    });
  }

  /** Gives the guarantees of these resources what came in before and is in none of their checkpoints. */
  private async replay(resources: readonly string[]): Promise<void> {
    const known = new Map(
      resources.flatMap((resource) =>
        this.intake.seriesOf(resource).flatMap((series) => (series.id === undefined ? [] : [[series.id, series] as const])),
      ),
    );
    if (known.size === 0) return;
    const { tables } = this.parts;
    const position = await positionOf(tables);
    const rows = await samplesSince(tables, position);
    this.replaying = position.swept;
    for (const row of rows) {
      const series = known.get(row.series);
      if (series) giveAgain(series, row);
    }
    this.replaying = undefined;
  }
}

function giveAgain(series: Series, { at, value, detail, batch }: MetricSampleRow): void {
  for (const follower of series.followers) if (batch > follower.heldUntil) follower.take(series, at, value, detail ?? undefined);
}
