import type { Readings } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import { setImmediate } from 'node:timers/promises';
import { Alignment } from '../alignment.js';
import type { Past } from '../assessor/assessor.js';
import type { Watch } from '../assessor/sample.js';
import type { Machines } from '../meters/machines.js';
import { agreementsAtOnce } from '../store/recalling.js';
import { RunningWatch, type WatchParts } from './running-watch.js';

export interface WatchDeskParts extends WatchParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Told which machines are watched. */
  readonly machines: Machines;
  readonly store: {
    /** Every agreement that is to be watched now. */
    versions(): Promise<readonly Pick<Watch, 'agreement' | 'version'>[]>;
    watches(agreements: readonly string[]): Promise<readonly Watch[]>;
    recall(agreements: readonly string[]): Promise<ReadonlyMap<string, Past>>;
  };
  /** Resolves once what is known of an agreement is on disk. */
  readonly stored: (agreement: string) => Promise<void>;
  /** Gives what had come in before, and no checkpoint holds, to the guarantees of these resources. */
  readonly replay: (resources: readonly string[]) => Promise<void>;
}

/** Keeps a running watch for each agreement that the store says is to be watched, in its latest version. */
export class WatchDesk {
  private readonly running = new Map<string, RunningWatch>();
  private readonly alignment: Alignment;

  constructor(private readonly parts: WatchDeskParts) {
    this.alignment = new Alignment(parts, 'what is to be watched', () => this.align());
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

  /** Nobody has watched for a while. */
  beAbsent(): void {
    for (const watch of this.running.values()) watch.beAbsent();
  }

  async stop(): Promise<void> {
    await this.alignment.stop();
    await Promise.all([...this.running.values()].map((watch) => watch.stop()));
    this.running.clear();
  }

  private async align(): Promise<void> {
    const { store } = this.parts;
    const wanted = await store.versions();
    const agreements = new Set(wanted.map(({ agreement }) => agreement));
    for (const agreement of this.running.keys()) if (!agreements.has(agreement)) await this.end(agreement);
    const changed = wanted.filter(({ agreement, version }) => (this.running.get(agreement)?.version ?? 0) < version);
    for (let from = 0; from < changed.length; from += agreementsAtOnce) {
      await this.bringUp(changed.slice(from, from + agreementsAtOnce).map(({ agreement }) => agreement));
      await setImmediate();
    }
    // Should something have failed the last time, those of then are among them.
    const added = [...this.running.values()].filter((watch) => !watch.isStarted);
    if (added.length === 0) return;
    await this.parts.replay(added.flatMap((watch) => watch.resources));
    for (const watch of added) watch.start();
  }

  /** Those that are new are not started yet. */
  private async bringUp(agreements: readonly string[]): Promise<void> {
    const { store } = this.parts;
    const watches = await store.watches(agreements);
    const unknown = watches.map(({ agreement }) => agreement).filter((agreement) => !this.running.has(agreement));
    const pasts = unknown.length === 0 ? new Map<string, Past>() : await store.recall(unknown);
    for (const watch of watches) {
      this.parts.machines.stand(watch.agreement, watch.resources);
      const running = this.running.get(watch.agreement);
      if (running) running.revise(watch);
      else this.add(watch, pasts.get(watch.agreement) ?? { machines: [], terms: [] });
    }
  }

  private add(watch: Watch, past: Past): void {
    this.running.set(watch.agreement, new RunningWatch(this.parts, watch, past));
  }

  /** Should it go on one day, it starts from what is stored: so that has to be complete. */
  private async end(agreement: string): Promise<void> {
    const running = this.running.get(agreement);
    await running?.stop();
    this.running.delete(agreement);
    this.parts.machines.leave(agreement);
    await this.parts.stored(agreement);
    running?.close();
  }
}
