import type { Clock } from '@cloud-agency/runtime';
import { createHash } from 'node:crypto';

/** A number in [0, 1) for a name, evenly spread over names. */
export function spread(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}

/** Timers may come this much too early, ms. */
const earlyMs = 50;

/**
 * When it is the turn of what has its place `place` ms into every period, after the measurement that was due at `due` and is over now. What has been missed
 * meanwhile is left out, and a clock that was set back puts nothing off.
 */
export function nextPlace(due: number, now: number, every: number, place: number): number {
  const from = due > now && due - now <= earlyMs ? due : now;
  const into = (((from - place) % every) + every) % every;
  return from + every - into;
}

/** After a standstill everything is due at once; only so many begin in a second, the others in their turn. */
const perSecond = 2_000;
/** Further ahead no turn is: a clock that was set back. */
const farthestMs = 60_000;

/** The turns of what does not begin at its place in the period: because it is new, or because it is late. */
export class Turns {
  private last = -Infinity;

  /** The next one, no earlier than now. */
  next(now: number): number {
    const after = this.last + 1_000 / perSecond;
    this.last = after > now + farthestMs ? now : Math.max(now, after);
    return this.last;
  }
}

const turns = new WeakMap<Pick<Clock, 'now'>, Turns>();

/** All that measures by the same clock takes turns. */
export function turnsBy(clock: Pick<Clock, 'now'>): Turns {
  const known = turns.get(clock) ?? new Turns();
  turns.set(clock, known);
  return known;
}
