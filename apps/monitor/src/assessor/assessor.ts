import type { Assessment } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Guarantee } from '@cloud-agency/sla';
import type { Follower } from '../intake/series.js';
import type { SeriesName } from '../store/sample-log.js';
import { Evidence } from './evidence.js';
import { type Finding, healthFinding, termFinding } from './findings.js';
import { identityOf, isOf } from './identity.js';
import { type Allowances, Machine, type MachinePast, type Turn } from './machine.js';
import type { Sample, Target, Watch } from './sample.js';
import { riskOf } from './sentences.js';
import { Term, type TermOptions, type TermPast, type Unassessed } from './term.js';
import type { UseReading } from './use.js';
import { Uses } from './uses.js';
import type { Violation } from './violation.js';

/** What earlier runs of the monitor left of an agreement. */
export interface Past {
  readonly machines: readonly MachinePast[];
  readonly terms: readonly TermPast[];
}

/** What is to be stored, and told, in one transaction. Downtime that goes on has been counted up to `at`. */
export interface Change {
  readonly at: number;
  readonly machines: readonly MachinePast[];
  readonly term?: TermPast;
  readonly finding?: Finding;
}

export interface AssessorOptions {
  readonly ids: { next(): string };
  /** To be called when a term has taken something that its checkpoint does not hold. */
  readonly onDirty: (term: Term) => void;
  /** To be called when there is something to settle. */
  readonly onTouch: () => void;
  /** To be called when that is to be done at once, before more is taken. */
  readonly onCatchUp: () => void;
}

/**
 * Holds what is measured for one agreement against its guarantees (CFP.md 6). It reads no clock and stores nothing: the time comes with each
 * call and never goes back, and what has changed is to be fetched with `takeChanges`.
 */
export class Assessor {
  private readonly machines = new Map<string, Machine>();
  private terms: readonly Term[] = [];
  private readonly touched = new Set<Term>();
  private readonly evidence = new Evidence();
  private readonly uses = new Uses();
  private changes: Change[] = [];
  /** When it is to be asked to `assess` next, ms. */
  due = 0;

  constructor(
    private watch: Watch,
    past: Past,
    now: number,
    private readonly options: AssessorOptions,
  ) {
    for (const machine of past.machines) this.machines.set(machine.resource, new Machine(machine, this.allowances(machine.item)));
    this.arrange(watch, now, new Map(past.terms.map((term) => [keyOf(term.index, term.resource), term])));
  }

  /** Takes the latest state of what is to be watched: machines that are new, have moved, or are no longer there. */
  revise(watch: Watch, now: number): void {
    const { unassessed } = this;
    this.arrange(watch, now, new Map());
    // What is measured from now on belongs to neither side of a pause: it has to be known before the first sample.
    if (!isSame(unassessed, this.unassessed)) for (const term of this.terms) this.judge(term, now);
  }

  /** Takes what a probe found: health turns at once. What it measured comes to the guarantees as samples. */
  take(sample: Sample, now: number): void {
    const machine = this.machines.get(sample.resource);
    if (machine?.until !== null) return;
    this.evidence.add(sample);
    const turn = machine.take(sample);
    if (turn) this.changes.push({ at: now, machines: [machine.remembered()], ...this.told(turn, machine, sample, now) });
  }

  /** The guarantees that read a series. */
  followersOf(series: SeriesName): readonly Follower[] {
    return this.terms.flatMap((term) => term.followersOf(series));
  }

  /** Takes how much of its processors a machine uses, as its vendor tells it. */
  takeUse(placement: string, reading: UseReading, now: number): void {
    for (const finding of this.uses.take(placement, reading)) this.changes.push({ at: now, machines: [], finding });
  }

  /** Judges the guarantees of which a sample may have changed what is to be said. */
  settle(now: number): void {
    for (const term of this.touched) this.judge(term, now);
    this.touched.clear();
  }

  /** Time has passed: judges the guarantees that it may change. True when there were any. */
  assess(now: number): boolean {
    this.settle(now);
    const due = this.terms.filter((term) => term.due <= now);
    for (const term of due) this.judge(term, now);
    this.due = this.terms.reduce((earliest, term) => Math.min(earliest, term.due), Infinity);
    return due.length > 0;
  }

  /** Its guarantees are another's from now on. */
  close(): void {
    for (const term of this.terms) term.isOver = true;
  }

  /** What has changed since it was asked last, in order. */
  takeChanges(): Change[] {
    const { changes } = this;
    this.changes = [];
    return changes;
  }

  assessment(now: number): Assessment {
    return {
      agreement: this.watch.agreement,
      at: isoTime(now),
      terms: this.terms.flatMap((term) => figuresOf(term) ?? []),
      health: this.present().map(({ resource, placement, health: state, milliseconds }) => ({
        resource,
        placement,
        state,
        milliseconds,
      })),
    };
  }

  private present(): Machine[] {
    return [...this.machines.values()].filter((machine) => machine.until === null);
  }

  private arrange(watch: Watch, now: number, pasts: ReadonlyMap<string, TermPast>): void {
    const before = new Map(this.present().map((machine) => [machine.resource, machine.placement]));
    this.watch = watch;
    this.uses.arrange(watch);
    const wanted = new Set(watch.resources.map((target) => target.resource));
    for (const target of watch.resources) this.place(target, now);
    for (const machine of this.present()) if (!wanted.has(machine.resource)) this.dismiss(machine, now);
    const known = new Map(this.terms.map((term) => [keyOf(term.index, term.resource), term]));
    const left = new Map(pasts);
    this.terms = this.inForce().flatMap(({ index, guarantee, since }) => {
      const identity = identityOf(guarantee, since);
      return this.subjectsOf(guarantee).map((resource) => {
        const key = keyOf(index, resource);
        const term = known.get(key);
        if (term && isOf(identity, term.identity)) return term;
        const past = left.get(key) ?? unknown(index, resource);
        if (isOf(identity, past.identity)) left.delete(key);
        return this.termOf({ past: ownPart(past, identity), guarantee, identity, ...(since === undefined ? {} : { since }) });
      });
    });
    for (const term of known.values()) if (!this.terms.includes(term)) this.drop(term, now);
    for (const past of left.values()) if (isAnything(past)) this.letGo(past, now);
    for (const term of this.terms) this.enrol(term, before, now);
    this.due = now;
  }

  private termOf(of: Pick<TermOptions, 'past' | 'guarantee' | 'identity' | 'since'>): Term {
    return new Term({
      ...of,
      ...this.unassessed,
      failures: this.allowances(of.guarantee.of),
      ids: this.options.ids,
      onTouch: (term) => {
        this.touched.add(term);
        this.options.onTouch();
      },
      onCatchUp: this.options.onCatchUp,
      onDirty: this.options.onDirty,
    });
  }

  /** Brings the machines of a term in line with what is watched. */
  private enrol(term: Term, before: ReadonlyMap<string, string>, now: number): void {
    const members = this.membersOf(term);
    for (const resource of [...term.members]) if (!members.has(resource)) term.leave(resource, now);
    for (const [resource, machine] of members) {
      if (term.has(resource) && before.get(resource) !== machine.placement) term.move(resource, now);
      term.join(resource, term.isNew ? machine.from : now);
    }
  }

  private membersOf({ resource, guarantee }: Term): ReadonlyMap<string, Machine> {
    const machines = this.present().filter((machine) =>
      resource === null ? machine.item === guarantee.of : machine.resource === resource,
    );
    return new Map(machines.map((machine) => [machine.resource, machine]));
  }

  /** The guarantees that hold at the agreement's present level. */
  private inForce(): readonly { readonly index: number; readonly guarantee: Guarantee; readonly since?: number }[] {
    const { guarantees, inForce } = this.watch;
    const all = guarantees.map((guarantee, index) => ({ index, guarantee }));
    if (!inForce) return all;
    return inForce.flatMap(({ index, since }) => {
      const guarantee = guarantees[index];
      return guarantee ? [{ index, guarantee, ...(since === undefined ? {} : { since }) }] : [];
    });
  }

  private drop(term: Term, now: number): void {
    this.touched.delete(term);
    term.isOver = true;
    this.letGo(term.remembered(), now);
  }

  /** Should it hold again one day, nothing is known of it. */
  private letGo({ index, resource, violation, checkpoint, identity = checkpoint?.identity }: TermPast, now: number): void {
    const closed: { violation?: Violation } = violation ? { violation: { ...violation, closedAt: now } } : {};
    const of = identity === undefined ? {} : { identity };
    this.changes.push({ at: now, machines: [], term: { ...unknown(index, resource), ...of, ...closed } });
  }

  private get unassessed(): Unassessed {
    const { pauses = [], away = [] } = this.watch;
    return { pauses, away };
  }

  private place(target: Target, now: number): void {
    const known = this.machines.get(target.resource);
    if (known?.until !== null) {
      const joining = Machine.joining(target, this.allowances(target.item), now);
      this.machines.set(target.resource, joining);
      this.changes.push({ at: now, machines: [joining.remembered()] });
    } else if (known.placement !== target.placement) {
      known.moveTo(target);
      this.changes.push({ at: now, machines: [known.remembered()] });
    }
  }

  private allowances(item: string): Allowances {
    return new Map(this.watch.probes.flatMap((probe, index) => (probe.of === item ? [[index, probe.failures] as const] : [])));
  }

  /** The resources that a guarantee is assessed for one by one; null: all of its item together. */
  private subjectsOf(guarantee: Guarantee): (string | null)[] {
    if (guarantee.scope.as === 'group') return [null];
    return this.watch.resources.filter((target) => target.item === guarantee.of).map((target) => target.resource);
  }

  private dismiss(machine: Machine, now: number): void {
    machine.leave(now);
    this.changes.push({ at: now, machines: [machine.remembered()] });
    // An agreement may run for years, with machines that come and go.
    this.machines.delete(machine.resource);
    this.evidence.forget(machine.resource);
  }

  private judge(term: Term, now: number): void {
    const event = term.assess(now, this.unassessed);
    this.due = Math.min(this.due, term.due);
    const { verdict } = term;
    if (!event || !verdict) return;
    const finding = termFinding(this.watch.agreement, event, term, verdict, now);
    this.changes.push({ at: now, machines: [], term: term.remembered(), finding });
    if (event === 'sla.recovered') term.violation = undefined;
  }

  private told({ event }: Turn, machine: Machine, sample: Sample, now: number): Pick<Change, 'finding'> {
    if (!event) return {};
    const proof = event === 'resource.down' ? this.failuresOf(machine) : [sample];
    return { finding: healthFinding(this.watch.agreement, event, machine, proof, now) };
  }

  /** Those of the present placement in the present outage. */
  private failuresOf({ resource, placement, down }: Machine): Sample[] {
    const since = down.at(-1)?.from ?? 0;
    return this.evidence.of([resource]).filter((failure) => failure.placement === placement && failure.at >= since);
  }
}

function figuresOf({ index, resource, state, verdict }: Term): Assessment['terms'][number] | undefined {
  if (!verdict) return undefined;
  const { wanted, measured, unit, side, budget, atRisk } = verdict;
  const risk = atRisk ? { risk: riskOf(atRisk) } : {};
  return { index, resource, state, wanted, measured, unit, side, spent: budget?.fraction ?? null, ...risk };
}

const unknown = (index: number, resource: string | null): TermPast => ({ index, resource, state: 'undefined', atRisk: null });

const isAnything = ({ state, violation, checkpoint }: TermPast): boolean =>
  state !== 'undefined' || violation !== undefined || checkpoint !== undefined;

const keyOf = (index: number, resource: string | null): string => `${String(index)}/${resource ?? ''}`;

/** What was stored of this guarantee alone. One that was renegotiated is assessed from then on, even if the monitor died before it could let go of the one before. */
function ownPart(past: TermPast, identity: string): TermPast {
  const { checkpoint, ...told } = past;
  if (isOf(identity, told.identity)) return !checkpoint || isOf(identity, checkpoint.identity) ? past : told;
  const own = checkpoint?.identity !== undefined && isOf(identity, checkpoint.identity);
  return { ...unknown(past.index, past.resource), ...(own ? { checkpoint } : {}) };
}

const isSame = (a: Unassessed, b: Unassessed): boolean => JSON.stringify(a) === JSON.stringify(b);
