import type { Assessment } from '@cloud-agency/bus';
import type { Clock, Log } from '@cloud-agency/runtime';
import { type Probe, windowLength, windowStart } from '@cloud-agency/sla';
import { setImmediate } from 'node:timers/promises';
import { Assessor, type Change, type Past } from '../assessor/assessor.js';
import type { Sample, Target, Watch } from '../assessor/sample.js';
import type { UseReading } from '../assessor/use.js';
import { probeHttp } from '../meters/http-probe.js';
import { startMeter } from '../meters/meter.js';
import { targetUrl } from '../meters/target-url.js';
import { countSamples } from '../sample-metrics.js';

export interface WatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly archive: { add(agreement: string, sample: Sample): void };
  readonly save: (agreement: string, changes: readonly Change[]) => Promise<void>;
  readonly broadcast: (assessment: Assessment) => void;
}

const saveAgainMs = 1_000;
/** Samples that come close together are judged together, ms. */
const settleAfterMs = 20;
/** A transaction holds the event loop up; so many changes at most go into one. */
const changesAtOnce = 20;

/** One agreement while it is watched: its meters feed its assessor, and what that finds is stored in order. */
export class RunningWatch {
  private readonly assessor: Assessor;
  private readonly meters = new Map<string, () => void>();
  private readonly unsaved: Change[] = [];
  private saving: Promise<void> | undefined;
  private callOffSettling: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly parts: WatchParts,
    private watch: Watch,
    past: Past,
  ) {
    this.assessor = new Assessor(watch, past, parts.clock.now());
    this.meter();
    this.tick();
  }

  get version(): number {
    return this.watch.version;
  }

  /** The longest window of a response time, ms: so long its measurements are needed. */
  get reach(): number {
    const windows = this.watch.guarantees.filter(({ term }) => term === 'response_time').map(windowLength);
    if (windows.length === 0) return 0;
    const now = this.parts.clock.now();
    return now - windowStart(now, Math.max(...windows), this.watch.pauses ?? []);
  }

  revise(watch: Watch): void {
    this.watch = watch;
    this.assessor.revise(watch, this.parts.clock.now());
    this.meter();
    this.tick();
  }

  /** What the vendor tells of a machine; that of another agreement is passed over. */
  takeUse(placement: string, reading: UseReading): void {
    this.assessor.takeUse(placement, reading, this.parts.clock.now());
    this.keepChanges();
  }

  /** To be called about once a second: assesses what time alone changes, and tells how things stand. */
  tick(): void {
    const now = this.parts.clock.now();
    this.assessor.assess(now);
    this.keepChanges();
    this.parts.broadcast(this.assessor.assessment(now));
  }

  async stop(): Promise<void> {
    for (const end of this.meters.values()) end();
    this.settle();
    this.stopped = true;
    await this.saving;
  }

  /** Runs a meter for each probe of each machine, and no other. */
  private meter(): void {
    const wanted = new Map(this.watch.resources.flatMap((target) => this.probesOf(target)));
    for (const [name, end] of this.meters) {
      if (wanted.has(name)) continue;
      end();
      this.meters.delete(name);
    }
    for (const [name, begin] of wanted) if (!this.meters.has(name)) this.meters.set(name, begin());
  }

  private probesOf(target: Target): [string, () => () => void][] {
    return this.watch.probes.flatMap((probe, index) => {
      if (probe.of !== target.item) return [];
      const name = `${target.placement}/${target.address}/${String(index)}`;
      return [[name, () => this.probe(name, target, probe, index)]];
    });
  }

  private probe(name: string, { resource, placement, address }: Target, probe: Probe, index: number): () => void {
    const { clock } = this.parts;
    const url = targetUrl(probe.http, address);
    return startMeter({
      clock,
      name,
      every: probe.every,
      measure: (signal) => probeHttp({ url, timeout: probe.timeout, clock, signal }),
      onReading: (at, reading) => {
        this.take({ resource, placement, probe: index, at, ...reading });
      },
    });
  }

  private take(sample: Sample): void {
    const { archive, clock } = this.parts;
    archive.add(this.watch.agreement, sample);
    countSamples('probe', 'taken');
    this.assessor.take(sample, clock.now());
    this.callOffSettling ??= clock.after(settleAfterMs, () => {
      this.settle();
    });
  }

  private settle(): void {
    this.callOffSettling?.();
    this.callOffSettling = undefined;
    const now = this.parts.clock.now();
    this.assessor.settle(now);
    if (this.keepChanges()) this.parts.broadcast(this.assessor.assessment(now));
  }

  private keepChanges(): boolean {
    const changes = this.assessor.takeChanges();
    this.unsaved.push(...changes);
    this.save();
    return changes.length > 0;
  }

  private save(): void {
    if (this.unsaved.length === 0 || this.stopped) return;
    this.saving ??= this.saveInOrder().finally(() => {
      this.saving = undefined;
    });
  }

  /** What could not be stored is tried again, before anything newer. */
  private async saveInOrder(): Promise<void> {
    const { clock, log, save } = this.parts;
    const { agreement } = this.watch;
    try {
      while (this.unsaved.length > 0) {
        const changes = this.unsaved.slice(0, changesAtOnce);
        await save(agreement, changes);
        this.unsaved.splice(0, changes.length);
        await setImmediate();
      }
    } catch (error) {
      log.warn({ err: error, agreement }, 'What was found could not be stored yet; it is kept and tried again');
      clock.after(saveAgainMs, () => {
        this.save();
      });
    }
  }
}
