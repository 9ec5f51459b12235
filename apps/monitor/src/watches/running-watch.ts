import { reasonOf } from '@cloud-agency/errors';
import type { Assessment } from '@cloud-agency/bus';
import { type Clock, type Log, Trouble } from '@cloud-agency/runtime';
import type { Probe, Scrape, Span } from '@cloud-agency/sla';
import { setImmediate } from 'node:timers/promises';
import { Assessor, type Change, type Past } from '../assessor/assessor.js';
import type { Sample, Target, Watch } from '../assessor/sample.js';
import type { Term } from '../assessor/term.js';
import type { UseReading } from '../assessor/use.js';
import type { Intake } from '../intake/intake.js';
import { startScrape } from '../meters/openmetrics.js';
import type { MetricSink } from '../meters/metric-sink.js';
import { startProbe } from '../meters/probe-meter.js';
import type { Time } from './time.js';

export interface WatchParts {
  readonly clock: Clock;
  readonly time: Time;
  readonly log: Log;
  readonly ids: { next(): string };
  readonly intake: Pick<Intake, 'know' | 'forget'>;
  /** Where what its probes find is taken in. */
  readonly sink: MetricSink;
  readonly save: (agreement: string, changes: readonly Change[]) => Promise<void>;
  readonly broadcast: (assessment: Assessment) => void;
  /** Called with a guarantee that has taken samples which no checkpoint holds. */
  readonly onDirty: (agreement: string, term: Term) => void;
  /** When nobody watched, ms. */
  readonly away: () => readonly Span[];
}

const tickEveryMs = 1_000;
const saveAgainMs = 1_000;
/** Samples that come close together are judged together, ms. */
const settleAfterMs = 5;
/** A transaction holds the event loop up; so many changes at most go into one. */
const changesAtOnce = 20;
/** Figures that have not changed are told again so often, ms, for those who have come since. */
const tellAgainMs = 5_000;

/** One agreement while it is watched: what is measured of it comes to its assessor, and what that finds is stored in order. */
export class RunningWatch {
  private readonly assessor: Assessor;
  private readonly meters = new Map<string, () => void>();
  private readonly unsaved: Change[] = [];
  private known: readonly string[] = [];
  private saving: Promise<void> | undefined;
  private callOffSettling: (() => void) | undefined;
  private stopTicking = (): void => undefined;
  private toldAt = -Infinity;
  private started = false;
  private stopped = false;
  private readonly trouble: Trouble;

  constructor(
    private readonly parts: WatchParts,
    private watch: Watch,
    past: Past,
  ) {
    const { ids, onDirty, time } = parts;
    this.trouble = new Trouble(parts.log, { agreement: watch.agreement });
    this.assessor = new Assessor(this.withAbsences(watch), past, time.now(), {
      ids,
      onDirty: (term) => {
        onDirty(watch.agreement, term);
      },
      onTouch: () => {
        this.settleSoon();
      },
      onCatchUp: () => {
        // What had come in before a restart has been judged.
        if (this.started) this.settle();
      },
    });
    this.introduce();
  }

  get version(): number {
    return this.watch.version;
  }

  get resources(): readonly string[] {
    return this.known;
  }

  get isStarted(): boolean {
    return this.started;
  }

  /** To be called once all that had come in before is taken. */
  start(): void {
    this.started = true;
    this.meter();
    this.tick();
    const { clock } = this.parts;
    // Each at a moment of its own within the second, so that many together hold nothing up.
    this.stopTicking = clock.after(Math.floor(placeOf(this.watch.agreement) * tickEveryMs), () => {
      this.stopTicking = clock.every(tickEveryMs, () => {
        this.tick();
      });
    });
  }

  revise(watch: Watch): void {
    this.watch = watch;
    this.assessor.revise(this.withAbsences(watch), this.parts.time.now());
    this.introduce();
    if (!this.started) return;
    this.meter();
    this.tick();
  }

  /** Nobody watched for a while: no guarantee is held against that time. */
  beAbsent(): void {
    this.assessor.revise(this.withAbsences(this.watch), this.parts.time.now());
  }

  /** What the vendor tells of a machine; that of another agreement is passed over. */
  takeUse(placement: string, reading: UseReading): void {
    this.assessor.takeUse(placement, reading, this.parts.time.now());
    this.keepChanges();
  }

  /** Once a second: assesses what time alone may change, and tells how things stand. */
  private tick(): void {
    const now = this.parts.time.now();
    const judged = this.assessor.due <= now && this.assessor.assess(now);
    const changed = this.keepChanges();
    if (judged || changed || now - this.toldAt >= tellAgainMs) this.tell(now);
  }

  async stop(): Promise<void> {
    this.stopTicking();
    for (const end of this.meters.values()) end();
    for (const resource of this.known) this.parts.intake.forget(resource);
    this.settle();
    this.stopped = true;
    await this.saving;
  }

  /** Nothing of it is stored any more. To be called when all of it is. */
  close(): void {
    this.assessor.close();
  }

  private withAbsences(watch: Watch): Watch {
    const away = this.parts.away();
    return away.length === 0 ? watch : { ...watch, away };
  }

  /** The intake takes samples of the machines of this agreement, as they are now. */
  private introduce(): void {
    const { intake } = this.parts;
    const resources = this.watch.resources.map(({ resource }) => resource);
    for (const resource of this.known) if (!resources.includes(resource)) intake.forget(resource);
    for (const { resource, placement } of this.watch.resources)
      intake.know({ resource, placement, followersOf: (series) => this.assessor.followersOf(series) });
    this.known = resources;
  }

  /** Runs a meter for each probe and each scrape of each machine, and no other. */
  private meter(): void {
    const wanted = new Map(this.watch.resources.flatMap((target) => [...this.probesOf(target), ...this.scrapesOf(target)]));
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

  private scrapesOf(target: Target): [string, () => () => void][] {
    return (this.watch.scrape ?? []).flatMap((scrape, index) => {
      if (scrape.of !== target.item) return [];
      const name = `${target.placement}/${target.address}/scrape ${String(index)}`;
      return [[name, () => this.scrape(name, target, scrape, index)]];
    });
  }

  private scrape(name: string, target: Target, scrape: Scrape, index: number): () => void {
    const { clock, sink } = this.parts;
    return startScrape({ clock, name, target, scrape, index, sink });
  }

  private probe(name: string, target: Target, probe: Probe, index: number): () => void {
    const { clock, log, sink } = this.parts;
    const onSample = (sample: Sample): void => {
      this.assessor.take(sample, this.parts.time.now());
      this.settleSoon();
    };
    return startProbe({ clock, log, name, target, probe, index, sink, onSample });
  }

  private settleSoon(): void {
    if (!this.started) return;
    this.callOffSettling ??= this.parts.clock.after(settleAfterMs, () => {
      this.settle();
    });
  }

  private settle(): void {
    this.callOffSettling?.();
    this.callOffSettling = undefined;
    const now = this.parts.time.now();
    this.assessor.settle(now);
    if (this.keepChanges()) this.tell(now);
  }

  private tell(now: number): void {
    this.toldAt = now;
    this.parts.broadcast(this.assessor.assessment(now));
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
    const { clock, save } = this.parts;
    const { agreement } = this.watch;
    try {
      while (this.unsaved.length > 0) {
        const changes = this.unsaved.slice(0, changesAtOnce);
        await save(agreement, changes);
        this.unsaved.splice(0, changes.length);
        await setImmediate();
      }
      this.trouble.isOver('What was found is stored again');
    } catch (error) {
      this.trouble.is(reasonOf(error), 'What was found could not be stored yet; it is kept and tried again', { err: error });
      clock.after(saveAgainMs, () => {
        this.save();
      });
    }
  }
}

/** A number in [0, 1) for a name, evenly spread over names (FNV-1a). */
function placeOf(name: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}
