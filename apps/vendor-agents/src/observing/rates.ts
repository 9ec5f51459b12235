import type { Reading, VendorMetric } from '../vendor/port.js';

/** One figure of now: a share, GiB, or bytes a second. */
export interface Figure {
  readonly metric: VendorMetric;
  /** ms */
  readonly at: number;
  readonly value: number;
}

interface Total {
  readonly at: number;
  readonly value: number;
}

/**
 * Makes figures of now out of what vendors tell of a machine: totals become what was added since the one before it, a second. A total that
 * has become smaller began anew with the machine.
 */
export class Rates {
  private readonly before = new Map<VendorMetric, Total>();

  /** @param cores of the machine: processor time is shared out among them. */
  figures(readings: readonly Reading[], cores: number): readonly Figure[] {
    return [...readings]
      .sort((a, b) => a.at - b.at)
      .flatMap((reading) => (reading.total ? this.rate(reading, cores) : [figureOf(reading)]));
  }

  private rate({ metric, at, value }: Reading, cores: number): readonly Figure[] {
    const before = this.before.get(metric);
    if (before && at <= before.at) return [];
    this.before.set(metric, { at, value });
    if (!before || value < before.value) return [];
    const perSecond = ((value - before.value) * 1_000) / (at - before.at);
    return [{ metric, at, value: metric === 'cpu' ? Math.min(1, perSecond / Math.max(1, cores)) : perSecond }];
  }
}

const figureOf = ({ metric, at, value }: Reading): Figure => ({ metric, at, value });
