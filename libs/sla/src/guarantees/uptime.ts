import type { AvailabilityGuarantee, Missing } from '../documents/guarantee.js';
import { budgetOf } from './budget.js';
import { CountedTime } from './counted-time.js';
import type { Evaluator, EvaluatorOptions, Piece, Taken } from './evaluator.js';
import { groupDowntime } from './group.js';
import { type Span, within, without, windowStart } from './interval.js';
import { missingOf, seriesOf } from './judged.js';
import type { Finding } from './judge.js';
import { MachineHealth, type MachineHealthPast } from './machine-health.js';
import { Outlook, type OutlookPast } from './outlook.js';
import { Parts } from './parts.js';
import { doublesOf, headKey, headOf, headPiece, instantOf, numbersPiece } from './pieces.js';
import { Qualifier, type QualifierPast } from './qualifier.js';
import type { Verdict } from './verdict.js';
import { type Window, windowLength, Windows } from './window.js';

/** More outages of a machine in a window are counted by parts of the window, the oldest first; the others to the ms. */
const mostOutages = 256;

/**
 * Availability by time: violated while downtime > (1 − target) × window, the whole window counting from the first moment; recovered when enough of
 * the downtime has left the window (CFP.md 6). Time of which nothing is known is not downtime, unless the guarantee says so.
 */
export class UptimeEvaluator implements Evaluator {
  private readonly times: CountedTime;
  private readonly windows: Windows;
  private readonly outlook: Outlook;
  private readonly qualifier: Qualifier | undefined;
  private readonly seriesOfOne: number;
  private readonly machines: (MachineHealth | undefined)[];
  private readonly failures: ReadonlyMap<number, number>;
  private readonly missing: Missing;
  private readonly since: number;
  private readonly minUp: number;
  /** Downtime, and time in which the condition did not hold, both of before `foldedUntil`, in ms that count. */
  private readonly parts: Parts;
  private readonly sums = new Float64Array(2);
  private foldedUntil: number;
  private pauses: readonly Span[];
  private window: Window = { from: -Infinity, until: Infinity, isCalendar: false };

  constructor(
    readonly guarantee: AvailabilityGuarantee,
    { state, since = -Infinity, failures = new Map<number, number>(), pauses = [], away = [], pieces = [] }: EvaluatorOptions,
  ) {
    const head = (headOf(pieces) ?? fresh) as Head;
    const { scope, when } = guarantee;
    this.times = new CountedTime(guarantee);
    this.windows = new Windows(guarantee.over);
    this.outlook = new Outlook(guarantee, state, head.outlook);
    this.qualifier = when && new Qualifier({ ...guarantee, when }, head.qualifier);
    this.seriesOfOne = seriesOf(guarantee).length;
    this.failures = failures;
    this.missing = missingOf(guarantee);
    this.machines = head.machines.map((past) => (past === null ? undefined : this.machine(past.resource, past.from, past)));
    this.since = since;
    this.pauses = [...pauses, ...away];
    this.minUp = scope.as === 'group' ? (scope.minUp ?? 1) : 1;
    this.parts = new Parts(['+', '+'], Parts.unitOf(windowLength(guarantee)));
    this.parts.restore(pieces.filter(({ key }) => key > headKey).map(doublesOf));
    this.foldedUntil = instantOf(head.foldedUntil);
  }

  join(resource: string, now: number): number {
    let place = this.machines.findIndex((machine) => machine?.resource === resource && machine.until === null);
    if (place < 0) {
      place = this.machines.findIndex((machine) => machine === undefined);
      if (place < 0) place = this.machines.length;
      this.machines[place] = this.machine(resource, now);
    }
    return place * this.seriesOfOne;
  }

  leave(resource: string, now: number): void {
    const place = this.machines.findIndex((machine) => machine?.resource === resource && machine.until === null);
    this.machines[place]?.leave(now);
    this.qualifier?.leave(place, now);
  }

  move(resource: string): void {
    this.machines.find((machine) => machine?.resource === resource && machine.until === null)?.move();
  }

  take(series: number, at: number, value: number, origin = 0): Taken {
    const read = series % this.seriesOfOne;
    const place = (series - read) / this.seriesOfOne;
    if (!Number.isFinite(value) || !Number.isFinite(at)) return 'refused';
    if (read > 0) return this.qualify(read - 1, place, at, value);
    const machine = this.machines[place];
    if (machine?.until !== null || value < 0) return 'refused';
    return at < this.since ? 'late' : machine.take(at, value, origin, this.pauses);
  }

  assess(now: number, pauses: readonly Span[] = [], away: readonly Span[] = []): Verdict {
    this.enter(now, away.length === 0 ? pauses : [...pauses, ...away]);
    const from = Math.max(this.window.from, this.since);
    const counted = this.counted(now);
    const downtime = this.downtime(from, now);
    const spent = this.lasting(downtime, from, now);
    const { atLeast } = this.guarantee;
    const allowance = Math.round((1 - atLeast) * counted * 1000) / 1000;
    const finding = this.finding(spent, allowance);
    return this.outlook.verdict(
      {
        finding,
        window: this.window,
        measured: finding === 'unknown' || counted === 0 ? null : Math.max(0, 1 - spent / counted),
        wanted: atLeast,
        side: 'at_least',
        samples: this.isKnown ? 1 : 0,
        from,
        budget: budgetOf('ms', allowance, spent),
        ...(atLeast < 1 && { rateOver: (length: number) => this.rateOver(length, downtime, from, now) }),
      },
      now,
    );
  }

  get heardUntil(): number {
    let earliest = Infinity;
    for (const machine of this.machines) if (machine?.until === null) earliest = Math.min(earliest, machine.heardUntil);
    return earliest;
  }

  dump(): readonly Piece[] {
    const head: Head = {
      machines: this.machines.map((machine) => machine?.dump() ?? null),
      outlook: this.outlook.dump(),
      ...(this.qualifier && { qualifier: this.qualifier.dump() }),
      foldedUntil: this.foldedUntil,
    };
    return [headPiece(head), ...this.parts.takeChanged().map(({ key, rows }) => numbersPiece(key, rows))];
  }

  get firstKey(): number {
    return this.parts.firstKey;
  }

  private qualify(read: number, place: number, at: number, value: number): Taken {
    return this.qualifier?.take(read, place, at, value) ? 'kept' : 'late';
  }

  private machine(resource: string, from: number, past?: MachineHealthPast): MachineHealth {
    return new MachineHealth(resource, from, this.failures, this.missing, past);
  }

  /** Since when anything could be known. */
  private get begun(): number {
    return Math.min(...this.machines.flatMap((machine) => (machine ? [machine.from] : [])));
  }

  private get isKnown(): boolean {
    const present = this.machines.filter((machine) => machine?.until === null);
    return present.length > 0 && present.every((machine) => machine?.state !== 'unknown');
  }

  private enter(now: number, pauses: readonly Span[]): void {
    this.pauses = pauses;
    const window = this.windows.at(now, pauses);
    if (window.isCalendar && window.from !== this.window.from) this.outlook.restart();
    this.window = window;
    for (const [place, machine] of this.machines.entries()) {
      machine?.forget(window.from);
      if (machine && machine.until !== null && machine.until <= window.from) this.machines[place] = undefined;
    }
    this.qualifier?.forget(window.from);
    this.parts.forget(window.from, now);
    this.fold(now);
  }

  private finding(spent: number, allowance: number): Finding {
    if (this.outlook.state === 'undefined' && !this.isKnown) {
      if (this.missing.as === 'passes') return 'good';
      if (this.missing.as === 'unknown' || spent <= allowance) return 'unknown';
    }
    if (spent > allowance) return 'bad';
    return spent > allowance * (1 - (this.guarantee.recover?.margin ?? 0)) ? 'close' : 'good';
  }

  /** How much of the window counts, ms: what is to come of a calendar one, and what was before the agreement, is taken to. */
  private counted(now: number): number {
    const { from, until, isCalendar } = this.window;
    return isCalendar ? this.countedIn(from, until, now) : this.countedLately(this.guarantee.over as number, from, now);
  }

  /** The same of a stretch of so much time in force, from an instant until now. */
  private countedLately(length: number, from: number, now: number): number {
    return this.times.isAlways && !this.qualifier ? length : this.countedIn(from, now, now);
  }

  private countedIn(from: number, until: number, now: number): number {
    const lost = this.idle(from, now).reduce((sum, gap) => sum + this.times.within(gap.from, gap.until), 0);
    return this.times.within(from, until) - lost - this.folded(1, from, now);
  }

  /** When the agreement was suspended, or the condition did not hold. */
  private idle(from: number, now: number): readonly Span[] {
    const span = { from, until: now };
    const { qualifier } = this;
    if (!qualifier) return within(this.pauses, span);
    const asked = { from: Math.max(from, this.since, this.foldedUntil, this.begun), until: now };
    return within([...this.pauses, ...without([asked], qualifier.heldUntil(now))], span);
  }

  /** When it was down and that counts, as far as it is known to the ms. */
  private downtime(from: number, now: number): readonly Span[] {
    const span = { from: Math.max(from, this.foldedUntil), until: now };
    const machines = this.machines.filter((machine) => machine !== undefined);
    const members = machines.map((machine) => ({
      from: machine.from,
      until: machine.until,
      down: machine.downUntil(now, this.pauses),
    }));
    if (members.every(({ down }) => down.length === 0)) return [];
    return within(without(groupDowntime(members, this.minUp, span), this.idle(span.from, now)), span);
  }

  private lasting(downtime: readonly Span[], from: number, now: number): number {
    const exact = downtime.reduce((sum, span) => sum + this.times.within(Math.max(from, span.from), span.until), 0);
    return exact + this.folded(0, from, now);
  }

  private folded(column: 0 | 1, from: number, now: number): number {
    if (from >= this.foldedUntil) return 0;
    return this.parts.sumSince(from, now, this.sums)[column] ?? 0;
  }

  private rateOver(length: number, downtime: readonly Span[], since: number, now: number): number {
    const from = windowStart(now, length, this.pauses);
    const counted = this.countedLately(length, from, now);
    if (counted <= 0) return 0;
    return this.lasting(downtime, Math.max(from, since), now) / counted / rest(this.guarantee.atLeast);
  }

  /** Puts the older half of very many outages into parts. */
  private fold(now: number): void {
    const ends = this.machines.flatMap((machine) =>
      machine && machine.outages > mostOutages ? [machine.endOf(mostOutages / 2) ?? now] : [],
    );
    if (ends.length === 0) return;
    const until = Math.min(...ends);
    const span = { from: Math.max(this.foldedUntil, this.since, this.window.from), until };
    for (const part of this.downtime(span.from, now)) this.spread(0, within([part], span));
    if (this.qualifier) this.spread(1, without(within(this.idle(span.from, now), span), this.pauses) as readonly Span[]);
    this.foldedUntil = until;
    for (const machine of this.machines) machine?.forget(until);
  }

  private spread(column: 0 | 1, spans: readonly Span[]): void {
    for (const { from, until } of spans)
      for (let at = from; at < until;) {
        const end = Math.min(until, this.parts.endOfUnit(at));
        const counted = this.times.within(at, end);
        if (counted > 0) this.parts.put(this.parts.row(at), column, counted);
        at = end;
      }
  }
}

/** What is left to a whole, without the noise of binary fractions. */
const rest = (share: number): number => Math.round((1 - share) * 1e12) / 1e12;

const fresh: Head = { machines: [], outlook: { goodSince: null, trend: [] }, foldedUntil: null };

interface Head {
  readonly machines: readonly (MachineHealthPast | null)[];
  readonly outlook: OutlookPast;
  readonly qualifier?: QualifierPast;
  /** Null: −Infinity, which JSON does not know. */
  readonly foldedUntil: number | null;
}
