import type { Readings } from '@cloud-agency/bus';

export type VendorMetric = Readings['readings'][number]['metric'];

/** `at` is when the vendor measured it, ms. */
export interface VendorReading {
  readonly at: number;
  readonly value: number;
}

/** A machine of which nothing has been told for so long is forgotten, ms. */
const forgottenAfterMs = 3_600_000;

/** The latest that vendors have told of their machines, by placement: in memory, since they tell again every minute. */
export class VendorBoard {
  private readonly placements = new Map<string, Map<VendorMetric, VendorReading>>();

  take({ placement, readings }: Readings, now: number): void {
    const known = this.placements.get(placement) ?? new Map<VendorMetric, VendorReading>();
    for (const { metric, at: written, value } of readings) {
      const at = Date.parse(written);
      if (at >= (known.get(metric)?.at ?? 0)) known.set(metric, { at, value });
    }
    this.placements.set(placement, known);
    this.forget(now - forgottenAfterMs);
  }

  latest(placement: string, metric: VendorMetric): VendorReading | undefined {
    return this.placements.get(placement)?.get(metric);
  }

  private forget(before: number): void {
    for (const [placement, readings] of this.placements) {
      if ([...readings.values()].every(({ at }) => at < before)) this.placements.delete(placement);
    }
  }
}
