import type { Readings } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import { Alignment } from '../alignment.js';
import type { Past } from '../assessor/assessor.js';
import type { Watch } from '../assessor/sample.js';
import type { Machines } from '../meters/machines.js';
import { RunningWatch, type WatchParts } from './running-watch.js';

export interface WatchDeskParts extends WatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly archive: WatchParts['archive'] & { flush(): Promise<void> };
  /** Told which machines are watched. */
  readonly machines: Machines;
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
  private readonly alignment: Alignment;
  private readonly stopTicking: () => void;

  constructor(private readonly parts: WatchDeskParts) {
    this.alignment = new Alignment(parts, 'what is to be watched', () => this.align());
    this.stopTicking = parts.clock.every(tickEveryMs, () => {
      for (const watch of this.running.values()) watch.tick();
    });
  }

  /** The longest that any of them needs its measurements, ms. */
  get reach(): number {
    return Math.max(0, ...[...this.running.values()].map((watch) => watch.reach));
  }

  /** Takes what vendors tell of their machines, oldest first. */
  take({ placement, readings }: Readings): void {
    const told = readings
      .filter(({ metric }) => metric === 'cpu')
      .map(({ at, value }) => ({ at: Date.parse(at), value }))
      .sort((a, b) => a.at - b.at);
    for (const watch of this.running.values()) for (const reading of told) watch.takeUse(placement, reading);
  }

  /** To be called after each change of the store; resolves once the watches are in line with it. */
  async look(): Promise<void> {
    await this.alignment.look();
  }

  async stop(): Promise<void> {
    this.stopTicking();
    await this.alignment.stop();
    await Promise.all([...this.running.values()].map((watch) => watch.stop()));
    this.running.clear();
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
    this.parts.machines.stand(agreement, watch.resources);
    if (running) running.revise(watch);
    else this.running.set(agreement, new RunningWatch(this.parts, watch, await this.parts.store.recall(watch)));
  }

  /** Should it go on one day, it starts from what is stored: so that has to be complete. */
  private async end(agreement: string): Promise<void> {
    await this.running.get(agreement)?.stop();
    this.running.delete(agreement);
    this.parts.machines.leave(agreement);
    await this.parts.archive.flush();
  }
}
