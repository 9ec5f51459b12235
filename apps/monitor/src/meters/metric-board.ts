import type { SampleSource } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';

/** `at` is when it was measured, ms. */
export interface Latest {
  readonly at: number;
  readonly value: number;
}

/** A machine of which nothing has been told for so long is forgotten, ms. */
const forgottenAfterMs = 3_600_000;
const lookEveryMs = 60_000;

/** The latest that others have told of machines, by placement, source and metric: in memory, since they tell again and again. */
export class MetricBoard {
  private readonly placements = new Map<string, Map<string, Latest>>();
  private lookedAt = 0;

  take(source: SampleSource, measurements: readonly Measurement[], now: number): void {
    for (const { placement, metric, at, value } of measurements) {
      const known = this.placements.get(placement) ?? new Map<string, Latest>();
      const key = keyOf(source, metric);
      if (at >= (known.get(key)?.at ?? 0)) known.set(key, { at, value });
      this.placements.set(placement, known);
    }
    if (now - this.lookedAt >= lookEveryMs) this.forget(now);
  }

  latest(placement: string, source: SampleSource, metric: string): Latest | undefined {
    return this.placements.get(placement)?.get(keyOf(source, metric));
  }

  private forget(now: number): void {
    this.lookedAt = now;
    for (const [placement, told] of this.placements)
      if ([...told.values()].every(({ at }) => at < now - forgottenAfterMs)) this.placements.delete(placement);
  }
}

const keyOf = (source: SampleSource, metric: string): string => `${source} ${metric}`;
