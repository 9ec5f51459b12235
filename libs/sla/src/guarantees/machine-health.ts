import type { Missing } from '../documents/guarantee.js';
import type { Taken } from './evaluator.js';
import { combinedHealth, type Health, healthAfter, healthOf, type HealthState } from './health.js';
import { type Interval, type Span, windowEnd } from './interval.js';
import { Stretches } from './stretches.js';

/**
 * When one machine was down. Its placements come and go: an outage lasts from the first failed probe of the old one until the new one answers (CFP.md 6).
 * What silence means is said by the guarantee: it ends a row of failures and an outage, or with `fails` it is one. Where nobody listened (`pauses`)
 * nobody was silent.
 */
export class MachineHealth {
  until: number | null;
  private readonly healths: Map<number, Health>;
  private readonly down: Stretches;
  private outage: boolean;
  /** When it was heard of last, ms; before that, since when it belongs. */
  private heard: number;

  constructor(
    readonly resource: string,
    readonly from: number,
    private readonly failures: ReadonlyMap<number, number>,
    private readonly missing: Missing,
    past?: MachineHealthPast,
  ) {
    const unknown = [...failures.keys()].map((origin) => [origin, healthOf('unknown')] as const);
    this.healths = new Map([...unknown, ...(past?.healths ?? [])]);
    this.until = past?.until ?? null;
    this.down = new Stretches(past?.down);
    this.outage = past?.outage ?? false;
    this.heard = past?.heard ?? from;
  }

  get state(): HealthState {
    return combinedHealth([...this.healths.values()].map(({ state }) => state));
  }

  get heardUntil(): number {
    return this.heard;
  }

  get outages(): number {
    return this.down.all.length;
  }

  take(at: number, value: number, origin: number, pauses: readonly Span[]): Taken {
    if (at < this.from) return 'late';
    const known = this.healths.get(origin) ?? healthOf('unknown');
    const silentFrom = this.silentFrom(pauses);
    const isHeardAgain = at > silentFrom;
    // A row of failures does not go on over a time of which nothing is known.
    const health = isHeardAgain && this.missing.as !== 'fails' ? { ...known, failures: 0, failingSince: null } : known;
    const after = healthAfter(health, { at, ok: value > 0 }, this.failures.get(origin) ?? 1);
    if (after === health) return at === known.seenAt ? 'doubled' : 'late';
    if (isHeardAgain) this.endSilence(silentFrom, at);
    const before = this.state;
    this.healths.set(origin, after);
    this.heard = Math.max(this.heard, at);
    this.turn(before, after, at);
    return 'kept';
  }

  /** Nothing is known of where it stands now. */
  move(): void {
    for (const origin of this.healths.keys()) this.healths.set(origin, healthOf('unknown'));
  }

  leave(now: number): void {
    this.down.close(now);
    this.until = now;
  }

  /** When it was down, as known now. */
  downUntil(now: number, pauses: readonly Span[]): readonly Interval[] {
    const { down } = this;
    const silentFrom = this.silentFrom(pauses);
    if (this.missing.as === 'fails')
      return down.isOpen || now <= silentFrom ? down.all : [...down.all, { from: silentFrom, until: null }];
    if (!down.isOpen || now <= silentFrom) return down.all;
    return down.all.map(({ from, until }) => ({ from, until: until ?? Math.max(from, silentFrom) }));
  }

  forget(before: number): void {
    this.down.forget(before);
  }

  /** The end of the outage that so many came before; undefined while there are fewer. */
  endOf(outage: number): number | undefined {
    return this.down.all[outage]?.until ?? undefined;
  }

  dump(): MachineHealthPast {
    const { resource, from, until, outage, heard } = this;
    return { resource, from, until, outage, heard, healths: [...this.healths], down: this.down.all };
  }

  /** A row of failures does end with a pause: nothing is known of it either. */
  private silentFrom(pauses: readonly Span[]): number {
    const { after, as } = this.missing;
    return as === 'fails' ? windowEnd(this.heard, after, pauses) : this.heard + after;
  }

  private endSilence(silentFrom: number, at: number): void {
    if (this.missing.as === 'fails') {
      if (this.down.isOpen) return;
      this.down.open(silentFrom);
      this.down.close(at);
    } else this.down.close(silentFrom);
  }

  private turn(before: HealthState, after: Health, at: number): void {
    const { state } = this;
    if (state === before) {
      if (this.outage && after.failures > 0) this.down.open(at);
    } else if (state === 'down') {
      this.outage = true;
      this.down.open(after.failingSince ?? at);
    } else {
      this.outage = false;
      this.down.close(at);
    }
  }
}

export interface MachineHealthPast {
  readonly resource: string;
  readonly from: number;
  readonly until: number | null;
  readonly outage: boolean;
  readonly heard: number;
  readonly healths: readonly (readonly [number, Health])[];
  readonly down: readonly Interval[];
}
