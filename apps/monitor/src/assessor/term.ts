import {
  assessAvailability,
  assessResponseTime,
  type Guarantee,
  groupDowntime,
  type GuaranteeState,
  SampleWindow,
  type Span,
  type Verdict,
  windowLength,
  wantedOf,
  windowStart,
  without,
} from '@cloud-agency/sla';
import type { Machine } from './machine.js';
import type { Sample } from './sample.js';

type Assessed = Pick<Verdict, 'state' | 'wanted' | 'measured' | 'unit' | 'budget'>;

export type TermEvent = 'sla.fulfilled' | 'sla.violated' | 'sla.recovered';

/** One guarantee as it is assessed: for each machine by itself, or for the group (`resource` null). */
export class Term {
  verdict: Assessed;
  private readonly window: SampleWindow;

  constructor(
    readonly index: number,
    readonly guarantee: Guarantee,
    readonly resource: string | null,
    state: GuaranteeState,
    /** Since when it holds, ms: what was before counts for nothing. */
    readonly since = -Infinity,
  ) {
    this.window = new SampleWindow(windowLength(guarantee));
    this.verdict = { ...this.judge([], 0, [], state), state };
  }

  get state(): GuaranteeState {
    return this.verdict.state;
  }

  take(sample: Sample): void {
    if (this.guarantee.term !== 'response_time' || sample.milliseconds === null) return;
    this.window.add({ at: sample.at, source: `${sample.placement}/${String(sample.probe)}`, value: sample.milliseconds });
  }

  /** Holds the guarantee against what is known now; the event, when its state changes by that. In the pauses nothing was assessed. */
  assess(machines: readonly Machine[], now: number, pauses: readonly Span[]): TermEvent | undefined {
    const before = this.state;
    this.verdict = this.judge(machines, now, pauses, before);
    if (this.state === before) return undefined;
    if (this.state === 'violated') return 'sla.violated';
    return before === 'violated' ? 'sla.recovered' : 'sla.fulfilled';
  }

  /** The answers that the verdict is about, newest last: the slow ones of a violated term. */
  answers(): readonly { readonly at: number; readonly value: number }[] {
    const { guarantee } = this;
    if (guarantee.term !== 'response_time') return [];
    return this.state === 'violated'
      ? this.window.samples.filter((sample) => sample.value > (guarantee.atMost ?? Infinity))
      : this.window.samples;
  }

  private judge(machines: readonly Machine[], now: number, pauses: readonly Span[], before: GuaranteeState): Assessed {
    const { guarantee } = this;
    const from = Math.max(windowStart(now, windowLength(guarantee), pauses), this.since);
    if (guarantee.term === 'response_time') {
      this.window.advance(now, from);
      return assessResponseTime(guarantee, before, this.window);
    }
    if (guarantee.term !== 'availability') return { ...wantedOf(guarantee), state: before, measured: null, budget: null };
    const present = machines.filter((machine) => machine.until === null);
    const known = present.length > 0 && present.every((machine) => machine.health !== 'unknown');
    const minUp = guarantee.scope.as === 'group' ? (guarantee.scope.minUp ?? 1) : 1;
    const window = { from, until: now };
    const down = machines.some((machine) => machine.down.length > 0) ? groupDowntime(machines, minUp, window) : [];
    return assessAvailability(guarantee, before, { known, intervals: without(down, pauses), from }, now);
  }
}
