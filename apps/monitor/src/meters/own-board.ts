import { isSample } from '@cloud-agency/bus';

/** `at` is when it was measured, ms. */
interface OwnFigure {
  readonly at: number;
  readonly value: number;
}

/** A machine that has told nothing for so long is forgotten, ms. */
const forgottenAfterMs = 3_600_000;
/** A machine has no more; a name that is made up for each sample is none. */
const mostMetrics = 500;

/** The latest that machines have told of themselves, by placement: in memory, since they tell again soon. */
export class OwnBoard {
  private readonly placements = new Map<string, { seen: number; readonly metrics: Map<string, OwnFigure> }>();

  /** What does not follow the contract of samples is passed over. */
  take(samples: readonly unknown[], now: number): void {
    for (const sample of samples) {
      if (!isSample(sample) || sample.value === null || !Number.isFinite(sample.value)) continue;
      this.note(sample.placement, sample.metric, { at: Math.min(sample.at, now), value: sample.value }, now);
    }
    this.forget(now - forgottenAfterMs);
  }

  latest(placement: string, metric: string): OwnFigure | undefined {
    return this.placements.get(placement)?.metrics.get(metric);
  }

  private note(placement: string, metric: string, figure: OwnFigure, now: number): void {
    const known = this.placements.get(placement) ?? { seen: now, metrics: new Map<string, OwnFigure>() };
    this.placements.delete(placement);
    this.placements.set(placement, known);
    known.seen = now;
    if (figure.at < (known.metrics.get(metric)?.at ?? 0)) return;
    if (known.metrics.size < mostMetrics || known.metrics.has(metric)) known.metrics.set(metric, figure);
  }

  private forget(before: number): void {
    for (const [placement, { seen }] of this.placements) {
      if (seen >= before) return;
      this.placements.delete(placement);
    }
  }
}
