import type { UseBound } from '@cloud-agency/sla';

export type UseEvent = 'resource.overused' | 'resource.underused';

/** What a vendor measured of a machine; `value` as a share of all it has, `at` in ms since 1970. */
export interface UseReading {
  readonly at: number;
  readonly value: number;
}

/** Vendors measure every minute to every five: between two readings farther apart anything may have been, ms. */
const gapMs = 600_000;

/**
 * Whether one machine is used beyond a bound: once its readings have been beyond it for as long as the rule says, and again each time that long
 * has passed while it lasts, so that what was done about it can be done once more. It is over when a reading comes back to `until`. Nothing of
 * it outlives the monitor: after a restart the whole time is waited for anew, so nothing is told that was not seen.
 */
export class Use {
  /** Since when it has been beyond the bound without a break, or since it was told last. */
  private since: number | undefined;
  private told = false;
  private last: UseReading | undefined;

  constructor(readonly bound: UseBound) {}

  /** Late readings change nothing. */
  take(reading: UseReading): UseEvent | undefined {
    const { last, bound } = this;
    if (last && reading.at <= last.at) return undefined;
    if (last && reading.at - last.at > gapMs) this.forget();
    this.last = reading;
    if (!this.isOut(reading.value)) {
      this.forget();
      return undefined;
    }
    this.since ??= reading.at;
    if (reading.at - this.since < bound.for) return undefined;
    this.since = reading.at;
    this.told = true;
    return bound.side === 'above' ? 'resource.overused' : 'resource.underused';
  }

  /** Once told, it goes on until the use has come back well within the bound. */
  private isOut(value: number): boolean {
    const { side, bound, until } = this.bound;
    const limit = this.told ? until : bound;
    return side === 'above' ? value > limit : value < limit;
  }

  private forget(): void {
    this.since = undefined;
    this.told = false;
  }
}
