import type { Forecast } from './verdict.js';

const pointsInWindow = 24;
const fewestPoints = 6;
/** A slope below so many of its standard errors may be chance. */
const sureFrom = 4;
const hour = 3_600_000;
/** Nobody can tell what is in more than a year. */
const farthest = 366 * 24 * hour;

/**
 * Where what is measured is going: a straight line through it by least squares, over 24 points of the window. It says nothing on fewer than 6, nor while
 * its slope is less than four times its standard error.
 */
export class Trend {
  /** Instant and value in turn, oldest first. */
  private points: number[];

  constructor(
    private readonly windowLength: number,
    points: readonly number[] = [],
  ) {
    this.points = [...points];
  }

  get dump(): readonly number[] {
    return this.points;
  }

  clear(): void {
    this.points = [];
  }

  /** Notes what is measured, when it is time for another point. */
  note(now: number, value: number): void {
    const last = this.points.at(-2) ?? -Infinity;
    if (now - last < this.windowLength / pointsInWindow) return;
    this.points.push(now, value);
    while ((this.points[0] ?? now) < now - this.windowLength) this.points.splice(0, 2);
  }

  /** @param rising whether the bound is broken from below; @param unit how an hour's change is told, in units of the value */
  towards(bound: number, rising: boolean, now: number, unit = 1): Forecast | null {
    const line = fit(this.points);
    if (!line) return null;
    const { slope, error, at, value } = line;
    const isSure = Math.abs(slope) > sureFrom * error && (rising ? slope > 0 : slope < 0);
    const meets = isSure ? Math.max(now, at + (bound - value) / slope) : Infinity;
    return { perHour: slope * hour * unit, at: meets <= now + farthest ? Math.round(meets) : null };
  }
}

interface Line {
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
  /** A point on it: the middle of all. */
  readonly at: number;
  readonly value: number;
}

function fit(points: readonly number[]): Line | undefined {
  const count = points.length / 2;
  if (count < fewestPoints) return undefined;
  const mean = (offset: 0 | 1): number => sum(count, (place) => points[2 * place + offset] ?? 0) / count;
  const [at, value] = [mean(0), mean(1)];
  const [x, y] = [(place: number) => (points[2 * place] ?? 0) - at, (place: number) => (points[2 * place + 1] ?? 0) - value];
  const spread = sum(count, (place) => x(place) ** 2);
  const slope = sum(count, (place) => x(place) * y(place)) / spread;
  const rest = sum(count, (place) => (y(place) - slope * x(place)) ** 2);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread), at, value };
}

function sum(count: number, of: (place: number) => number): number {
  let total = 0;
  for (let place = 0; place < count; place += 1) total += of(place);
  return total;
}
