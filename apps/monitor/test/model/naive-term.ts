/** One guarantee by definition (docs/guarantees.md): everything that was ever heard is kept, and all of it looked at each time. */
import type { Guarantee, Span } from '@cloud-agency/sla';
import { BruteCondition } from '../../../../libs/sla/test/brute-condition.js';
import { countsAt, edgesOf, isIn, quartersIn, type Times } from '../../../../libs/sla/test/brute-times.js';
import type { DrawnPromise } from './promises.js';
import type { Fact } from './taking-in.js';

/** When nothing was assessed, and since when that is known. */
export interface Gap extends Span {
  readonly known: number;
  /** Nobody watched, instead of: the agreement was suspended. */
  readonly away: boolean;
}

export interface Look {
  readonly found: 'unknown' | 'good' | 'close' | 'bad';
  readonly measured: number | null;
  /** In the order of the factors; the longer window first. */
  readonly burns: () => readonly (readonly [number, number])[];
}

/** What is asked: how it stands at an instant, as known at another, when so much had come. */
export interface Question {
  readonly now: number;
  readonly when: number;
  readonly order: number;
}

const day = 86_400_000;

export abstract class NaiveTerm {
  protected readonly guarantee: Guarantee;
  protected readonly condition: BruteCondition | undefined;
  /** What was heard of its machines, whether it counts or not. */
  protected readonly heard: { readonly machine: string; readonly at: number; readonly order: number }[] = [];
  private readonly turnsOn = new Map<number, readonly number[]>();
  private readonly read: number[] = [];

  /** @param machines those that it is about, there from `begun` on */
  constructor(
    protected readonly promise: DrawnPromise,
    protected readonly machines: readonly string[],
    protected readonly begun: number,
    private readonly gaps: readonly Gap[],
  ) {
    this.guarantee = promise.guarantee;
    this.condition = this.guarantee.when && new BruteCondition(this.silentAfter);
  }

  abstract look(question: Question): Look;

  take(fact: Fact): void {
    const { guarantee, promise, machines } = this;
    const machine = machines.indexOf(fact.machine);
    if (machine < 0) return;
    const isOfCondition = guarantee.when !== undefined && fact.metric === 'load' && fact.source === 'resource';
    const read = fact.source === promise.source ? promise.reads.indexOf(fact.metric) : -1;
    if (!isOfCondition && read < 0) return;
    this.read.push(fact.order);
    if (isOfCondition) this.qualify(fact, machine);
    if (read >= 0) this.hear(fact, read);
  }

  /** The newest that it reads of so many samples, as the how many-th of all. */
  newestOf(order: number): number {
    return this.read.findLast((one) => one <= order) ?? 0;
  }

  /** Up to when all has come that is to be judged by, of what had come by then. */
  judgedAt(when: number, order: number): number {
    const { wait } = this.promise;
    if (wait === 0) return when;
    const ends = this.machines.map((machine) => this.heardUntil(machine, order));
    return Math.min(when, Math.max(Math.min(...ends), when - wait));
  }

  protected abstract hear(fact: Fact, read: number): void;

  protected qualify({ at, value }: Fact, machine: number): void {
    this.condition?.take(machine, at, value);
  }

  protected heardUntil(machine: string, order: number): number {
    const own = this.heard.filter((one) => one.machine === machine && one.order <= order);
    return Math.max(-Infinity, ...own.map(({ at }) => at));
  }

  protected get times(): Times {
    return this.promise.times;
  }

  protected get silentAfter(): number {
    return this.guarantee.missing?.after ?? 600_000;
  }

  /** When nothing was assessed, or the agreement was suspended, as known at an instant. */
  protected pausesAt(when: number, away: boolean): readonly Span[] {
    return this.gaps.filter((gap) => gap.known <= when && (away || !gap.away));
  }

  /** Of enough: broken, kept with so much to spare as recovery takes, or without. */
  protected foundOf(isBroken: (margin: number) => boolean): Look['found'] {
    if (isBroken(0)) return 'bad';
    return isBroken(this.guarantee.recover?.margin ?? 0) ? 'close' : 'good';
  }

  /** Whether a sample counts, as known when it came. */
  protected counts(at: number, came: number): boolean {
    const pauses = this.pausesAt(came, this.promise.addsUp);
    return countsAt(this.times, at) && !isIn(pauses, at) && (this.condition?.holdsAt(at) ?? true);
  }

  /** Where schedules, and what is excepted, may turn. */
  protected turns({ from, until }: Span): number[] {
    const dated = (this.times.except ?? []).filter((one): one is Span => !('written' in one));
    const first = Math.floor(from / day);
    const dates = Array.from({ length: Math.floor(until / day) - first + 1 }, (_, place) => first + place);
    return [...dates.flatMap((date) => this.turnsOf(date)), ...edgesOf(dated)];
  }

  private turnsOf(date: number): readonly number[] {
    const except = (this.times.except ?? []).filter((one) => 'written' in one);
    const times = { ...this.times, except };
    if (!times.during && !times.holidays && except.length === 0) return [];
    const quarters = quartersIn({ from: date * day, until: (date + 1) * day });
    const turns = this.turnsOn.get(date) ?? quarters.filter((at) => countsAt(times, at) !== countsAt(times, at - 1));
    this.turnsOn.set(date, turns);
    return turns;
  }
}
