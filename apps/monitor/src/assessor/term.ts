import {
  type Evaluator,
  evaluatorOf,
  type Guarantee,
  type GuaranteeState,
  leastOf,
  measuredMetrics,
  type Piece,
  seriesOf,
  type Span,
  type Verdict,
} from '@cloud-agency/sla';
import { waitOf } from '../intake/lateness.js';
import type { Follower, Series } from '../intake/series.js';
import type { SeriesName } from '../store/sample-log.js';
import { type Bearing, bearingOf } from './bearing.js';
import { dueAfter } from './due.js';
import { Proofs } from './proofs.js';
import { goneOn, isToTell, opened, type Violation } from './violation.js';

export type TermEvent = 'sla.fulfilled' | 'sla.violated' | 'sla.lasting' | 'sla.recovered' | 'sla.at_risk';

/** What earlier runs of the monitor left of a guarantee. */
export interface TermPast {
  readonly index: number;
  readonly resource: string | null;
  readonly state: GuaranteeState;
  /** Since when it has been at risk, ms; null: it is not. */
  readonly atRisk: number | null;
  readonly violation?: Violation;
  /** Of which guarantee this is (identity.ts); absent: an earlier version stored it. */
  readonly identity?: string;
  /** What it had made of the samples up to a batch; it may be that of another guarantee than what was told. */
  readonly checkpoint?: { readonly batch: number; readonly pieces: readonly Piece[]; readonly identity?: string };
}

export interface TermOptions extends Partial<Unassessed> {
  readonly past: TermPast;
  readonly guarantee: Guarantee;
  readonly identity: string;
  /** Since when it holds, ms: what was before counts for nothing. */
  readonly since?: number;
  /** By index of the probe: how many failures in a row make a machine down. */
  readonly failures: ReadonlyMap<number, number>;
  readonly ids: { next(): string };
  /** To be called when a sample may have changed what is to be said of it. */
  readonly onTouch: (term: Term) => void;
  /** To be called when samples come together that were measured one after the other: what the earlier ones changed is to be judged before the next. */
  readonly onCatchUp: () => void;
  /** To be called with the first sample that its checkpoint does not hold. */
  readonly onDirty: (term: Term) => void;
}

/** When an agreement was suspended, and when nobody watched, ms. */
export interface Unassessed {
  readonly pauses: readonly Span[];
  readonly away: readonly Span[];
}

/** Of samples that come together those that were measured farther apart are judged one after the other, ms. */
const apartMs = 1_000;
/** A risk that was away for less than this has not been away, ms. */
const riskForgottenMs = 600_000;

/** One guarantee as it is assessed: for each machine by itself, or for the group (`resource` null). */
export class Term {
  readonly index: number;
  readonly guarantee: Guarantee;
  readonly resource: string | null;
  readonly identity: string;
  /** Undefined until it is judged for the first time. */
  verdict: Verdict | undefined;
  /** The state that was told last. */
  state: GuaranteeState;
  violation: Violation | undefined;
  /** Since when it has been told to be at risk; null: it is not. */
  atRisk: number | null;
  /** When time alone may change the verdict, ms. */
  due = 0;
  /** It holds no more: nothing of it is to be stored. */
  isOver = false;
  private riskSeenAt = -Infinity;
  /** The greatest factor that was told of it; 0: a trend. */
  private riskTold: number | undefined;
  private against = 0;
  private restless = true;
  private isDirty = false;
  /** For so long what is not there yet may be under way, ms. */
  private readonly wait: number;
  /** Up to when it has been judged, ms. */
  private judgedUntil = -Infinity;
  /** When the first sample was that may have changed what is to be said, and was not judged by yet, ms. */
  private touchedAt = Infinity;
  /** When the last of these was, ms. Until it has been judged by, whatever comes of a machine that was waited for may bring the time to it. */
  private mayChangeAt = -Infinity;
  private readonly evaluator: Evaluator;
  private readonly proofs = new Proofs();
  private readonly bearing: (value: number) => Bearing;
  /** How many metrics of a machine it reads, and how many of these it is about: those of its condition follow. */
  private readonly reads: number;
  private readonly measures: number;
  private readonly places = new Map<string, number>();
  /** Other meters than probes, by name: each is an origin of its own. */
  private readonly origins = new Map<string, number>();

  constructor(private readonly options: TermOptions) {
    const { past, guarantee, identity, since, failures, pauses, away } = options;
    this.index = past.index;
    this.guarantee = guarantee;
    this.resource = past.resource;
    this.identity = identity;
    this.state = past.state;
    this.atRisk = past.atRisk;
    this.violation = past.violation;
    this.evaluator = evaluatorOf(guarantee, {
      state: past.state,
      ...(pauses && { pauses }),
      ...(away && { away }),
      ...(seriesOf(guarantee).some(({ source }) => source === 'probe') ? { failures } : {}),
      ...(since === undefined ? {} : { since }),
      ...(past.checkpoint ? { pieces: past.checkpoint.pieces } : {}),
    });
    this.bearing = bearingOf(guarantee);
    this.reads = seriesOf(guarantee).length;
    this.measures = measuredMetrics(guarantee).length;
    this.wait = waitFor(guarantee);
  }

  join(resource: string, now: number): void {
    if (!this.places.has(resource)) this.places.set(resource, this.evaluator.join(resource, now));
  }

  leave(resource: string, now: number): void {
    if (this.places.delete(resource)) this.evaluator.leave(resource, now);
  }

  move(resource: string, now: number): void {
    if (this.places.has(resource)) this.evaluator.move(resource, now);
  }

  /** The last batch that its checkpoint held when it was made. */
  get heldUntil(): number {
    return this.options.past.checkpoint?.batch ?? 0;
  }

  has(resource: string): boolean {
    return this.places.has(resource);
  }

  /** Whether nothing was known of it when it was made. */
  get isNew(): boolean {
    return this.options.past.state === 'undefined' && !this.options.past.checkpoint;
  }

  get members(): Iterable<string> {
    return this.places.keys();
  }

  /** Who is to be given the samples of a series: nobody, when the guarantee does not read it. A condition that reads the same is asked with it. */
  followersOf({ resource, metric, source, meter }: SeriesName): readonly Follower[] {
    const first = this.places.get(resource);
    if (first === undefined) return [];
    const places = seriesOf(this.guarantee).flatMap((one, place) =>
      one.metric === metric && one.source === source ? [first + place] : [],
    );
    return places.reverse().map((place) => new Place(this, place, this.originOf(source, meter)));
  }

  take(place: number, origin: number, series: Series, at: number, value: number, detail: string | undefined): void {
    if (this.wait > 0 && at - this.touchedAt >= apartMs) this.options.onCatchUp();
    if (this.evaluator.take(place, at, value, origin) !== 'kept') return;
    if (!this.isDirty) this.soil();
    const isMeasured = place % this.reads < this.measures;
    const bearing = isMeasured ? this.bearing(value) : 0;
    if (isMeasured && bearing !== 1) {
      this.against += 1;
      this.proofs.add(series, at, value, detail);
    }
    if (this.mayChange(bearing)) this.mayChangeAt = Math.max(this.mayChangeAt, at);
    else if (this.mayChangeAt <= this.judgedUntil) return;
    this.touchedAt = Math.min(this.touchedAt, at);
    this.options.onTouch(this);
  }

  /** Holds the guarantee against what is known now; what there is to tell of it, if anything. */
  assess(now: number, { pauses, away }: Unassessed): TermEvent | undefined {
    const until = this.judgedAt(now);
    const verdict = this.evaluator.assess(until, pauses, away, until < now ? until : undefined);
    this.verdict = verdict;
    this.touchedAt = Infinity;
    this.due = dueAfter(this.guarantee, verdict, this.restless, now);
    this.restless = false;
    const event = this.turned(verdict, now) ?? this.goesOn(verdict, now) ?? this.risk(verdict, now);
    this.against = 0;
    if (event && !this.isDirty) this.soil();
    return event;
  }

  /** What has changed in its evaluator since it was asked last. */
  dump(): readonly Piece[] {
    if (this.isOver) return [];
    this.isDirty = false;
    return this.evaluator.dump();
  }

  get firstKey(): number {
    return this.evaluator.firstKey;
  }

  remembered(): TermPast {
    const { index, resource, state, atRisk, identity, violation } = this;
    return { index, resource, state, atRisk, identity, ...(violation ? { violation } : {}) };
  }

  /**
   * Up to when it can be judged: what its machines measured until then has come. While one of them is silent that is where its samples end, for as long
   * as those that follow may be under way.
   */
  private judgedAt(now: number): number {
    const known = this.wait === 0 ? now : Math.min(now, Math.max(this.evaluator.heardUntil, now - this.wait));
    this.judgedUntil = Math.max(this.judgedUntil, known);
    return this.judgedUntil;
  }

  private soil(): void {
    this.isDirty = true;
    this.options.onDirty(this);
  }

  private mayChange(bearing: Bearing): boolean {
    if (bearing === -1) this.restless = true;
    // Where there was too little to go by, whatever comes may make it enough.
    if (this.state === 'fulfilled') return bearing !== 1 || this.hasTooLittle;
    return this.state === 'undefined' || bearing !== -1;
  }

  private get hasTooLittle(): boolean {
    const { guarantee, verdict } = this;
    const byTime = guarantee.term === 'availability' && guarantee.counted === undefined;
    return !byTime && (verdict?.samples ?? 0) < leastOf(guarantee);
  }

  private turned(verdict: Verdict, now: number): TermEvent | undefined {
    const before = this.state;
    this.state = verdict.state;
    if (this.state === before) return undefined;
    if (this.state === 'violated') {
      this.violation = opened(this.options.ids.next(), verdict, this.proofs.since(verdict.from), now);
      this.atRisk = null;
      return 'sla.violated';
    }
    if (before !== 'violated') return this.state === 'fulfilled' ? 'sla.fulfilled' : undefined;
    if (this.violation) this.violation = { ...goneOn(this.violation, verdict, this.against), closedAt: now };
    return 'sla.recovered';
  }

  private goesOn(verdict: Verdict, now: number): TermEvent | undefined {
    if (this.state !== 'violated' || !this.violation) return undefined;
    this.violation = goneOn(this.violation, verdict, this.against);
    if (!isToTell(this.violation, now)) return undefined;
    this.violation = { ...this.violation, toldAt: now };
    return 'sla.lasting';
  }

  /** Told once, until it has been away for long, and again when it burns faster. An earlier run of the monitor has told what is found first. */
  private risk(verdict: Verdict, now: number): TermEvent | undefined {
    if (this.atRisk !== null && this.riskSeenAt === -Infinity) this.riskSeenAt = now;
    if (verdict.atRisk === null) {
      if (now - this.riskSeenAt >= riskForgottenMs) this.atRisk = null;
      return undefined;
    }
    this.riskSeenAt = now;
    const factor = verdict.atRisk.by === 'burn_rate' ? verdict.atRisk.factor : 0;
    const told = this.atRisk === null ? -1 : (this.riskTold ?? factor);
    this.riskTold = Math.max(told, factor);
    if (factor <= told) return undefined;
    this.atRisk ??= now;
    return 'sla.at_risk';
  }

  private originOf(source: SeriesName['source'], meter: string): number {
    if (source === 'probe') return Number(meter) || 0;
    const known = this.origins.get(meter) ?? this.origins.size;
    this.origins.set(meter, known);
    return known % 1024;
  }
}

/** By who measures what it is about: what its condition reads is asked for as it is known. */
function waitFor(guarantee: Guarantee): number {
  const measured = seriesOf(guarantee).slice(0, measuredMetrics(guarantee).length);
  return Math.max(0, ...measured.map(({ metric, source }) => waitOf(source, metric)));
}

/** Where the samples of one series belong in a term. */
class Place implements Follower {
  readonly heldUntil: number;

  constructor(
    private readonly term: Term,
    private readonly place: number,
    private readonly origin: number,
  ) {
    this.heldUntil = term.heldUntil;
  }

  take(series: Series, at: number, value: number, detail: string | undefined): void {
    this.term.take(this.place, this.origin, series, at, value, detail);
  }
}
