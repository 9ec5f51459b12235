/** When machines were down, by definition: docs/guarantees.md, Availability by time. */
import type { Span } from '../src/index.js';
import { reachingOn } from './brute-times.js';

export interface Told {
  readonly at: number;
  readonly machine: number;
  readonly value: number;
  /** Of the condition's metric instead of the health. */
  readonly load?: boolean;
}

export interface Hearing {
  /** Since when it belongs. */
  readonly origin: number;
  /** How many failures in a row make it down. */
  readonly allowed: number;
  /** Silence of so long is none. */
  readonly after: number;
  /** Longer silence is an outage. */
  readonly fails: boolean;
  /** When nobody listened. */
  readonly pauses: readonly Span[];
}

interface Heard {
  readonly down: readonly Span[];
  /** Whether it was ever seen up, or found down. */
  readonly isKnown: boolean;
}

/** One machine, as known at `now`. */
export function heardOf(told: readonly Told[], hearing: Hearing, now: number): Heard {
  const machine = new BruteMachine(hearing);
  for (const one of told) machine.hear(one);
  return machine.seen(now);
}

class BruteMachine {
  private readonly down: Span[] = [];
  private row: number[] = [];
  private isDown = false;
  private isKnown = false;
  private isHeard = false;
  private last: number;
  private open: number | undefined;

  constructor(private readonly hearing: Hearing) {
    this.last = hearing.origin;
  }

  /** Only what is newer than all before it tells anything. */
  hear({ at, value }: Told): void {
    if (at < this.hearing.origin || (this.isHeard && at <= this.last)) return;
    this.endSilence(at);
    this.last = at;
    this.isHeard = true;
    if (value === 0) this.fail(at);
    else {
      this.close(at);
      [this.isDown, this.isKnown, this.row] = [false, true, []];
    }
  }

  seen(now: number): Heard {
    const { fails, after } = this.hearing;
    if (fails) this.endSilence(now);
    this.close(fails ? now : Math.min(now, this.last + after));
    return { down: this.down, isKnown: this.isKnown };
  }

  private fail(at: number): void {
    this.row.push(at);
    if (this.isDown) this.open ??= at;
    else if (this.row.length >= this.hearing.allowed) {
      this.open = this.row[0];
      [this.isDown, this.isKnown] = [true, true];
    }
  }

  private endSilence(at: number): void {
    const { fails, after, pauses } = this.hearing;
    const silent = fails ? reachingOn(this.last, after, pauses) : this.last + after;
    if (at <= silent) return;
    if (fails) this.down.push({ from: silent, until: at });
    else {
      this.close(silent);
      this.row = [];
    }
  }

  private close(until: number): void {
    if (this.open !== undefined && until > this.open) this.down.push({ from: this.open, until });
    this.open = undefined;
  }
}
