/** Availability by time, by definition. */
import type { AvailabilityGuarantee, Span } from '@cloud-agency/sla';
import { BruteCondition } from '../../../../libs/sla/test/brute-condition.js';
import { lengthOf, windowAt } from '../../../../libs/sla/test/brute-sampled.js';
import { countsAt, edgesOf, isIn, lasting, reachingBack } from '../../../../libs/sla/test/brute-times.js';
import { heardOf, type Told } from '../../../../libs/sla/test/brute-uptime.js';
import { pairsIn } from '../../../../libs/sla/test/clock-stories.js';
import { type Look, NaiveTerm, type Question } from './naive-term.js';
import type { Fact } from './taking-in.js';

type Ordered<T> = T & { readonly order: number };

export class NaiveUptime extends NaiveTerm {
  private readonly told: Ordered<Told>[] = [];
  private readonly loads: Ordered<{ readonly machine: number; readonly at: number; readonly value: number }>[] = [];

  look({ now, when, order }: Question): Look {
    const { over, atLeast } = this.promised;
    const pauses = this.pausesAt(when, true);
    const machines = this.machines.map((_, machine) => this.machineAt(machine, now, order, pauses));
    const condition = this.conditionOf(order);
    const counts = (at: number): boolean => {
      const isHeld = !condition || at < this.begun || at >= now || condition.holdsAt(at);
      return isHeld && countsAt(this.times, at) && !isIn(pauses, at);
    };
    const edges = [
      ...edgesOf(pauses),
      ...(condition?.edges ?? []),
      this.begun,
      now,
      ...machines.flatMap(({ down }) => edgesOf(down)),
    ];
    const lastingIn = (span: Span, holds: (at: number) => boolean): number =>
      span.from >= span.until ? 0 : lasting(span, (at) => counts(at) && holds(at), [...this.turns(span), ...edges]);
    const isDown = (at: number): boolean => machines.filter(({ down }) => !isIn(down, at)).length < this.minUp;
    const spentSince = (from: number): number => lastingIn({ from: Math.max(from, this.begun), until: now }, isDown);

    const window = windowAt(over, now, pauses);
    const [spent, all] = [spentSince(window.from), lastingIn(window, () => true)];
    const burnOver = (length: number): number => {
      const since = reachingBack(now, length, pauses);
      const of = lastingIn({ from: since, until: now }, () => true);
      return of === 0 ? 0 : spentSince(Math.max(window.from, since)) / of / (1 - atLeast);
    };
    return {
      found: this.found(
        machines.every(({ isKnown }) => isKnown),
        spent,
        Math.round((1 - atLeast) * all * 1000) / 1000,
      ),
      measured: all === 0 ? null : Math.max(0, 1 - spent / all),
      burns: () => pairsIn(lengthOf(over)).map(([long, short]) => [burnOver(long), burnOver(short)] as const),
    };
  }

  protected hear({ machine: name, at, value, order }: Fact): void {
    const machine = this.machines.indexOf(name);
    const newest = Math.max(-Infinity, ...this.told.filter((one) => one.machine === machine).map((one) => one.at));
    if (at < this.begun || at <= newest) return;
    this.told.push({ machine, at, value, order });
    this.heard.push({ machine: name, at, order });
  }

  protected override heardUntil(machine: string, order: number): number {
    return Math.max(this.begun, super.heardUntil(machine, order));
  }

  protected override qualify({ at, value, order }: Fact, machine: number): void {
    this.loads.push({ machine, at, value, order });
  }

  private get promised(): AvailabilityGuarantee {
    return this.guarantee as AvailabilityGuarantee;
  }

  private get minUp(): number {
    const { scope } = this.guarantee;
    return scope.as === 'group' ? (scope.minUp ?? 1) : 1;
  }

  private machineAt(machine: number, now: number, order: number, pauses: readonly Span[]): ReturnType<typeof heardOf> {
    const own = this.told.filter((one) => one.order <= order && one.machine === machine);
    const fails = this.guarantee.missing?.as === 'fails';
    return heardOf(own, { origin: this.begun, allowed: 1, after: this.silentAfter, fails, pauses }, now);
  }

  private conditionOf(order: number): BruteCondition | undefined {
    if (!this.guarantee.when) return undefined;
    const condition = new BruteCondition(this.silentAfter);
    for (const one of this.loads) if (one.order <= order) condition.take(one.machine, one.at, one.value);
    return condition;
  }

  private found(isKnown: boolean, spent: number, allowance: number): Look['found'] {
    const { missing } = this.guarantee;
    if (!isKnown && missing?.as === 'passes') return 'good';
    if (!isKnown && (missing?.as !== 'fails' || spent <= allowance)) return 'unknown';
    return this.foundOf((margin) => spent > allowance * (1 - margin));
  }
}
