import {
  combinedHealth,
  type Health,
  healthAfter,
  healthOf,
  type HealthState,
  type Interval,
  type Member,
} from '@cloud-agency/sla';
import type { Sample, Target } from './sample.js';

/** What is remembered of a machine beyond one run of the monitor. */
export interface MachinePast extends Member {
  readonly resource: string;
  readonly item: string;
  readonly placement: string;
  readonly health: HealthState;
  /** From the failure of a placement until one of the resource is up again. */
  readonly outage: boolean;
  /** Downtime of the resource, in order; only the last may go on. */
  readonly down: readonly Interval[];
}

/** How many failures in a row make a machine down, by index of the probe in the agreement. */
export type Allowances = ReadonlyMap<number, number>;

export type HealthEvent = 'resource.down' | 'resource.up';

/** What a sample changed: something to remember, and something to tell if it is an event. */
export interface Turn {
  readonly event: HealthEvent | undefined;
}

/**
 * Health and downtime of one resource. Its placements come and go: health is that of the present one, downtime that of the resource, which
 * is down from the first failed probe of the old placement until the new one answers (CFP.md 6).
 */
export class Machine implements MachinePast {
  readonly resource: string;
  readonly item: string;
  placement: string;
  outage: boolean;
  readonly from: number;
  until: number | null;
  down: Interval[];
  milliseconds: number | null = null;
  private readonly probes = new Map<number, Health>();

  constructor(
    past: MachinePast,
    private readonly allowances: Allowances,
  ) {
    this.resource = past.resource;
    this.item = past.item;
    this.placement = past.placement;
    this.outage = past.outage;
    this.from = past.from;
    this.until = past.until;
    this.down = [...past.down];
    for (const probe of allowances.keys()) this.probes.set(probe, healthOf(past.health));
  }

  static joining(target: Target, allowances: Allowances, now: number): Machine {
    return new Machine({ ...target, health: 'unknown', outage: false, from: now, until: null, down: [] }, allowances);
  }

  get health(): HealthState {
    return combinedHealth([...this.probes.values()].map((health) => health.state));
  }

  /** What the sample changes; samples of earlier placements, late ones and those told twice change nothing. */
  take(sample: Sample): Turn | undefined {
    const before = this.probes.get(sample.probe);
    const allowed = this.allowances.get(sample.probe);
    if (sample.placement !== this.placement || before === undefined || allowed === undefined) return undefined;
    const after = healthAfter(before, sample, allowed);
    if (after === before) return undefined;
    const stateBefore = this.health;
    this.probes.set(sample.probe, after);
    this.milliseconds = sample.milliseconds;
    return this.turn(stateBefore, after.failingSince ?? sample.at, sample);
  }

  /** A replacement took over: its health is not known yet, but an outage lasts until it answers. */
  moveTo(target: Target): void {
    this.placement = target.placement;
    this.milliseconds = null;
    for (const probe of this.probes.keys()) this.probes.set(probe, healthOf('unknown'));
  }

  leave(now: number): void {
    this.close(now);
    this.outage = false;
    this.until = now;
  }

  /** Lets go of downtime that ended before `time`. */
  forget(time: number): void {
    this.down = this.down.filter(({ until }) => until === null || until > time);
  }

  /** What is to be remembered after a change: of the downtime, only the latest changes. */
  remembered(): MachinePast {
    const { resource, item, placement, health, outage, from, until, down } = this;
    return { resource, item, placement, health, outage, from, until, down: down.slice(-1) };
  }

  private turn(before: HealthState, failingSince: number, sample: Sample): Turn | undefined {
    const { health } = this;
    if (health === before) {
      // The monitor was away during an outage: what it did not see is not counted, what it sees from now on is.
      return this.outage && !sample.ok && this.open(sample.at) ? { event: undefined } : undefined;
    }
    if (health === 'down') {
      this.outage = true;
      this.open(failingSince);
      return { event: 'resource.down' };
    }
    const ended = this.outage;
    this.outage = false;
    this.close(sample.at);
    return { event: ended ? 'resource.up' : undefined };
  }

  /** False when it is open already. */
  private open(from: number): boolean {
    if (this.down.at(-1)?.until === null) return false;
    this.down.push({ from, until: null });
    return true;
  }

  private close(until: number): void {
    const last = this.down.at(-1);
    if (last?.until !== null) return;
    this.down[this.down.length - 1] = { from: last.from, until: Math.max(last.from, until) };
  }
}
