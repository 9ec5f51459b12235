import type { Assessment } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Guarantee, GuaranteeState } from '@cloud-agency/sla';
import { Evidence } from './evidence.js';
import { type Finding, healthFinding, termFinding } from './findings.js';
import { type Allowances, type HealthEvent, Machine, type MachinePast } from './machine.js';
import type { Sample, Target, Watch } from './sample.js';
import { Term } from './term.js';

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
export interface Changes {
  readonly at: number;
  readonly machines: readonly MachinePast[];
  readonly terms: readonly TermPast[];
  readonly findings: readonly Finding[];
}

/**
 * Holds what is measured for one agreement against its guarantees (CFP.md 6). It reads no clock and stores nothing: the time comes with each
 * call, and what has changed is to be fetched with `takeChanges` after each.
 */
export class Assessor {
  private readonly machines = new Map<string, Machine>();
  private terms: Term[] = [];
  private readonly evidence = new Evidence();
  private readonly changedTerms = new Set<Term>();
  private findings: Finding[] = [];

  constructor(
    private watch: Watch,
    private readonly past: Past,
    now: number,
  ) {
    for (const machine of past.machines) this.machines.set(machine.resource, new Machine(machine, this.allowances(machine.item)));
    this.revise(watch, now);
    for (const sample of past.samples) {
      this.evidence.add(sample);
      for (const term of this.terms) if (term.resource === sample.resource) term.take(sample);
    }
  }

  /** Takes the latest state of what is to be watched: machines that are new, have moved, or are no longer there. */
  revise(watch: Watch, now: number): void {
    this.watch = watch;
    const wanted = new Set(watch.resources.map((target) => target.resource));
    for (const target of watch.resources) this.place(target, now);
    for (const machine of this.present()) if (!wanted.has(machine.resource)) machine.leave(now);
    const known = new Map(this.terms.map((term) => [keyOf(term.index, term.resource), term]));
    this.terms = watch.guarantees.flatMap((guarantee, index) =>
      this.subjectsOf(guarantee).map((resource) => known.get(keyOf(index, resource)) ?? this.newTerm(index, guarantee, resource)),
    );
  }

  take(sample: Sample, now: number): void {
    const machine = this.machines.get(sample.resource);
    if (machine?.until !== null) return;
    this.evidence.add(sample);
    const before = machine.health;
    const event = machine.take(sample);
    const turned = machine.health !== before;
    if (event) this.report(event, machine, sample, now);
    for (const term of this.terms) {
      if (term.resource === sample.resource) term.take(sample);
      if (isTouched(term, machine, turned)) this.judge(term, now);
    }
  }

  /** Time has passed: windows move on, downtime grows. */
  assess(now: number): void {
    const longest = Math.max(0, ...this.watch.guarantees.map((guarantee) => guarantee.over));
    for (const machine of this.machines.values()) machine.forget(now - longest);
    for (const term of this.terms) this.judge(term, now);
  }

  /** What has changed since it was asked last; undefined: nothing. */
  takeChanges(now: number): Changes | undefined {
    const machines = [...this.machines.values()].filter((machine) => machine.takeChanged());
    const terms = [...this.changedTerms];
    const { findings } = this;
    if (machines.length + terms.length + findings.length === 0) return undefined;
    this.changedTerms.clear();
    this.findings = [];
    return {
      at: now,
      machines: machines.map(remembered),
      terms: terms.map(({ index, resource, state }) => ({ index, resource, state })),
      findings,
    };
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

  private place(target: Target, now: number): void {
    const known = this.machines.get(target.resource);
    if (known?.until !== null) this.machines.set(target.resource, Machine.joining(target, this.allowances(target.item), now));
    else if (known.placement !== target.placement) known.moveTo(target);
  }

  private allowances(item: string): Allowances {
    return new Map(this.watch.probes.flatMap((probe, index) => (probe.of === item ? [[index, probe.failures] as const] : [])));
  }

  /** The resources that a guarantee is assessed for one by one; null: all of its item together. */
  private subjectsOf(guarantee: Guarantee): (string | null)[] {
    if (guarantee.scope.as === 'group') return [null];
    return this.watch.resources.filter((target) => target.item === guarantee.of).map((target) => target.resource);
  }

  private newTerm(index: number, guarantee: Guarantee, resource: string | null): Term {
    const before = this.past.terms.find((term) => term.index === index && term.resource === resource);
    return new Term(index, guarantee, resource, before?.state ?? 'undefined');
  }

  private judge(term: Term, now: number): void {
    const machines = this.machinesOf(term);
    const event = term.assess(machines, now);
    if (!event) return;
    this.changedTerms.add(term);
    for (const machine of machines) machine.markChanged();
    const failures = this.evidence.of(machines.map((machine) => machine.resource));
    this.findings.push(termFinding(this.watch.agreement, event, term, failures, now));
  }

  private machinesOf(term: Term): Machine[] {
    const { resource } = term;
    if (resource === null) return [...this.machines.values()].filter((machine) => machine.item === term.guarantee.of);
    const machine = this.machines.get(resource);
    return machine ? [machine] : [];
  }

  private report(event: HealthEvent, machine: Machine, sample: Sample, now: number): void {
    const failures = this.evidence.of([machine.resource]).filter((failure) => failure.placement === machine.placement);
    const proof = event === 'resource.down' ? failures : [sample];
    this.findings.push(healthFinding(this.watch.agreement, event, machine, proof, now));
  }
}

/** An answer says something about response times, a turn of health about availability: of the machine's own terms and its group's. */
function isTouched({ guarantee, resource }: Term, machine: Machine, turned: boolean): boolean {
  if (guarantee.term === 'response_time') return resource === machine.resource;
  return turned && guarantee.of === machine.item && (resource === null || resource === machine.resource);
}

const keyOf = (index: number, resource: string | null): string => `${String(index)}/${resource ?? ''}`;

const remembered = ({ resource, item, placement, health, outage, from, until, down }: Machine): MachinePast => ({
  resource,
  item,
  placement,
  health,
  outage,
  from,
  until,
  down: [...down],
});
