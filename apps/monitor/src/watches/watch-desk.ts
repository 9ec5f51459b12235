import type { Clock, Log } from '@cloud-agency/runtime';
import type { Past } from '../assessor/assessor.js';
import type { Watch } from '../assessor/sample.js';
import { RunningWatch, type WatchParts } from './running-watch.js';

export interface WatchDeskParts extends WatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly archive: WatchParts['archive'] & { flush(): Promise<void> };
  readonly store: {
    /** Every agreement that is to be watched now. */
    versions(): Promise<readonly Pick<Watch, 'agreement' | 'version'>[]>;
    watch(agreement: string): Promise<Watch>;
    recall(watch: Watch): Promise<Past>;
  };
}

const tickEveryMs = 1_000;

/** Keeps a running watch for each agreement that the store says is to be watched, in its latest version. */
export class WatchDesk {
  private readonly running = new Map<string, RunningWatch>();
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private stopped = false;
  private readonly stopTicking: () => void;

  constructor(private readonly parts: WatchDeskParts) {
    this.stopTicking = parts.clock.every(tickEveryMs, () => {
      for (const watch of this.running.values()) watch.tick();
      if (this.lookAgain) void this.look();
    });
  }

  /** The longest that any of them needs its measurements, ms. */
  get reach(): number {
    return Math.max(0, ...[...this.running.values()].map((watch) => watch.reach));
  }

  /** To be called after each change of the store; resolves once the watches are in line with it. What fails is tried again at the next tick. */
  async look(): Promise<void> {
    this.lookAgain = true;
    this.looking ??= this.lookWhileWanted().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopTicking();
    await this.looking;
    await Promise.all([...this.running.values()].map((watch) => watch.stop()));
    this.running.clear();
  }

  private async lookWhileWanted(): Promise<void> {
    while (this.lookAgain && !this.stopped) {
      this.lookAgain = false;
      try {
        await this.align();
      } catch (error) {
        this.parts.log.error({ err: error }, 'Looking for what is to be watched failed; it is tried again');
        this.lookAgain = true;
        return;
      }
    }
  }

  private async align(): Promise<void> {
    const wanted = await this.parts.store.versions();
    const agreements = new Set(wanted.map(({ agreement }) => agreement));
    for (const agreement of this.running.keys()) if (!agreements.has(agreement)) await this.end(agreement);
    for (const { agreement, version } of wanted) await this.bringUpTo(agreement, version);
  }

  private async bringUpTo(agreement: string, version: number): Promise<void> {
    const running = this.running.get(agreement);
    if (running && running.version >= version) return;
    const watch = await this.parts.store.watch(agreement);
    if (running) running.revise(watch);
    else this.running.set(agreement, new RunningWatch(this.parts, watch, await this.parts.store.recall(watch)));
  }

  /** Should it go on one day, it starts from what is stored: so that has to be complete. */
  private async end(agreement: string): Promise<void> {
    await this.running.get(agreement)?.stop();
    this.running.delete(agreement);
    await this.parts.archive.flush();
  }
}
