import type { Assessment } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import { type Guarantee, type GuaranteeState, type Span, windowLength, windowStart } from '@cloud-agency/sla';
import { grouped } from '../grouped.js';
import { Evidence } from './evidence.js';
import { type Finding, healthFinding, termFinding } from './findings.js';
import { type Allowances, Machine, type MachinePast, type Turn } from './machine.js';
import type { Sample, Target, Watch } from './sample.js';
import { Term } from './term.js';
import type { UseReading } from './use.js';
import { Uses } from './uses.js';

export interface TermPast {
  readonly index: number;
  readonly resource: string | null;
  readonly state: GuaranteeState;
}

/** What earlier runs of the monitor left of an agreement. */
export interface Past {
  readonly machines: readonly MachinePast[];
  readonly terms: readonly TermPast[];
  /** Samples of the guarantees' windows, and failures to prove findings with. */
  readonly samples: readonly Sample[];
}

/** What is to be stored, and told, in one transaction. Downtime that goes on has been counted up to `at`. */
export interface Change {
  readonly at: number;
  readonly machines: readonly MachinePast[];
  readonly term?: TermPast;
  readonly finding?: Finding;
}

/**
 * Holds what is measured for one agreement against its guarantees (CFP.md 6). It reads no clock and stores nothing: the time comes with each
 * call, and what has changed is to be fetched with `takeChanges`.
 */
export class Assessor {
  private readonly machines = new Map<string, Machine>();
  private terms: readonly Term[] = [];
  /** The terms that a machine has a part in, by its resource. */
  private termsOf: ReadonlyMap<string, readonly Term[]> = new Map();
  private readonly touched = new Set<Term>();
  private readonly evidence = new Evidence();
  private readonly uses = new Uses();
  private changes: Change[] = [];

  constructor(
    private watch: Watch,
    past: Past,
    now: number,
  ) {
    for (const machine of past.machines) this.machines.set(machine.resource, new Machine(machine, this.allowances(machine.item)));
    this.arrange(watch, now, new Map(past.terms.map((term) => [keyOf(term.index, term.resource), term.state])));
    for (const sample of past.samples) {
      this.evidence.add(sample);
      for (const term of this.termsOf.get(sample.resource) ?? []) term.take(sample);
    }
  }

  /** Takes the latest state of what is to be watched: machines that are new, have moved, or are no longer there. */
  revise(watch: Watch, now: number): void {
    this.arrange(watch, now, new Map());
  }

  /** Health turns at once; the guarantees that the sample bears on are judged when `settle` is called. */
  take(sample: Sample, now: number): void {
    const machine = this.machines.get(sample.resource);
    if (machine?.until !== null) return;
    this.evidence.add(sample);
    const turn = machine.take(sample);
    if (turn) this.changes.push({ at: now, machines: [machine.remembered()], ...this.told(turn, machine, sample, now) });
    for (const term of this.termsOf.get(sample.resource) ?? []) {
      term.take(sample);
      if (turn !== undefined || term.guarantee.term === 'response_time') this.touched.add(term);
    }
  }

  /** Takes how much of its processors a machine uses, as its vendor tells it. */
  takeUse(placement: string, reading: UseReading, now: number): void {
    for (const finding of this.uses.take(placement, reading)) this.changes.push({ at: now, machines: [], finding });
  }

  /** Judges the guarantees that samples have touched. */
  settle(now: number): void {
    for (const term of this.touched) this.judge(term, now);
    this.touched.clear();
  }

  /** Time has passed: windows move on, downtime grows, so every guarantee is judged. */
  assess(now: number): void {
    const longest = Math.max(0, ...this.watch.guarantees.map(windowLength));
    const reach = windowStart(now, longest, this.pauses);
    for (const machine of this.machines.values()) machine.forget(reach);
    for (const term of this.terms) this.judge(term, now);
    this.touched.clear();
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
      terms: this.terms.map(({ index, resource, verdict: { state, wanted, measured, unit, budget } }) => ({
        index,
        resource,
        state,
        wanted,
        measured,
        unit,
        spent: budget?.fraction ?? null,
      })),
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

  private arrange(watch: Watch, now: number, states: ReadonlyMap<string, GuaranteeState>): void {
    this.watch = watch;
    this.uses.arrange(watch);
    const wanted = new Set(watch.resources.map((target) => target.resource));
    for (const target of watch.resources) this.place(target, now);
    for (const machine of this.present()) if (!wanted.has(machine.resource)) this.dismiss(machine, now);
    const known = new Map(this.terms.map((term) => [keyOf(term.index, term.resource), term]));
    this.terms = this.inForce().flatMap(({ index, guarantee, since }) =>
      this.subjectsOf(guarantee).map((resource) => {
        const key = keyOf(index, resource);
        const before = known.get(key);
        const isAsBefore = before && isSame(before.guarantee, guarantee) && before.since === (since ?? before.since);
        if (isAsBefore) return before;
        return new Term(index, guarantee, resource, states.get(key) ?? 'undefined', since);
      }),
    );
    this.drop(
      [...known.values()].filter((term) => !this.terms.includes(term)),
      now,
    );
    const groups = this.terms.filter((term) => term.resource === null);
    const own = grouped(this.terms, (term) => term.resource);
    this.termsOf = new Map(
      watch.resources.map(({ resource, item }) => [
        resource,
        [...(own.get(resource) ?? []), ...groups.filter((term) => term.guarantee.of === item)],
      ]),
    );
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

  /** Should one of them hold again one day, nothing is known of it. */
  private drop(terms: readonly Term[], now: number): void {
    for (const { index, resource, state } of terms)
      if (state !== 'undefined') this.changes.push({ at: now, machines: [], term: { index, resource, state: 'undefined' } });
  }

  private get pauses(): readonly Span[] {
    return this.watch.pauses ?? [];
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
  }

  private judge(term: Term, now: number): void {
    const machines = this.machinesOf(term);
    const event = term.assess(machines, now, this.pauses);
    if (!event) return;
    const { index, resource, state } = term;
    const failures = this.evidence.of(machines.map((machine) => machine.resource));
    this.changes.push({
      at: now,
      // The verdict rests on downtime that may still go on: how far it was counted is stored with it.
      machines: machines.filter((machine) => machine.down.at(-1)?.until === null).map((machine) => machine.remembered()),
      term: { index, resource, state },
      finding: termFinding(this.watch.agreement, event, term, failures, now),
    });
  }

  private machinesOf(term: Term): Machine[] {
    const { resource } = term;
    if (resource === null) return [...this.machines.values()].filter((machine) => machine.item === term.guarantee.of);
    const machine = this.machines.get(resource);
    return machine ? [machine] : [];
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

const keyOf = (index: number, resource: string | null): string => `${String(index)}/${resource ?? ''}`;

/** A guarantee that was renegotiated is assessed from then on. */
const isSame = (a: Guarantee, b: Guarantee): boolean => JSON.stringify(a) === JSON.stringify(b);
