import type { SampleSource } from '@cloud-agency/bus';
import type { Measurement } from './metric-sink.js';

interface Point {
  readonly at: number;
  readonly value: number;
}

interface Figures {
  /** The client's own, oldest first. */
  readonly own: Point[];
  /** The vendor's that nothing near in time is known for yet. */
  readonly alone: Point[];
  newest: number;
}

/** Two values say something of one another when they were measured no farther apart than this, ms. */
export const nearMs = 60_000;
/** Vendors tell late (intake/lateness.ts): so far back the client's own are known, ms. */
const rememberedMs = 900_000;
/** One of them every so often is enough, ms. */
const spacingMs = 5_000;
const mostAlone = 16;
const forgottenAfterMs = 3_600_000;

/** The metric that says how far apart the client's own figures and the vendor's are. */
export const differenceOf = (metric: string): string => metric + apart;

export const isDifference = (metric: string): boolean => metric.endsWith(apart);

const apart = '.difference';

/**
 * Holds what vendors tell against what the client measures itself, from outside or on the machine: each value of the vendor's against the own
 * one that is nearest to it in time of those known by then, at most a minute apart, and once. What comes of it is the size of the difference, at the time of the
 * vendor's value.
 */
export class Differences {
  private readonly told = new Set<string>();
  private readonly figures = new Map<string, Figures>();
  private lookedAt = 0;

  take(source: SampleSource, measurements: readonly Measurement[], now: number): readonly Measurement[] {
    if (source === 'business') return [];
    if (now - this.lookedAt >= nearMs) this.forget(now);
    return measurements.flatMap((measurement) => {
      if (source === 'vendor') this.told.add(measurement.metric);
      // Most of what is measured no vendor tells of.
      if (!this.told.has(measurement.metric)) return [];
      const { placement, metric, at, value } = measurement;
      const figures = this.figuresOf(`${placement} ${metric}`);
      figures.newest = Math.max(figures.newest, at);
      const apart = source === 'vendor' ? againstOwn(figures, { at, value }) : againstVendor(figures, { at, value });
      return apart.map((point) => ({ placement, metric: differenceOf(metric), ...point }));
    });
  }

  private figuresOf(key: string): Figures {
    const known = this.figures.get(key) ?? { own: [], alone: [], newest: 0 };
    this.figures.set(key, known);
    return known;
  }

  private forget(now: number): void {
    this.lookedAt = now;
    for (const [key, { newest }] of this.figures) if (newest < now - forgottenAfterMs) this.figures.delete(key);
  }
}

function againstOwn({ own, alone }: Figures, told: Point): readonly Point[] {
  const nearest = own.reduce<Point | undefined>(
    (best, point) => (!best || distance(point, told) < distance(best, told) ? point : best),
    undefined,
  );
  if (nearest && distance(nearest, told) <= nearMs) return [between(told, nearest)];
  alone.push(told);
  if (alone.length > mostAlone) alone.shift();
  return [];
}

function againstVendor({ own, alone }: Figures, measured: Point): readonly Point[] {
  const last = own.at(-1);
  if (!last || measured.at - last.at >= spacingMs) own.push(measured);
  while (own.length > 1 && measured.at - (own[0]?.at ?? 0) > rememberedMs) own.shift();
  const near = alone.filter((told) => distance(told, measured) <= nearMs);
  for (const told of near) alone.splice(alone.indexOf(told), 1);
  return near.map((told) => between(told, measured));
}

const distance = (a: Point, b: Point): number => Math.abs(a.at - b.at);
const between = (told: Point, own: Point): Point => ({ at: told.at, value: Math.abs(told.value - own.value) });
