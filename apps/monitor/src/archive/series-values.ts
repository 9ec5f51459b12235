import { type Figures, figuresOf } from './figures.js';
import type { RawSample } from './raw-source.js';

/** So many values of a series are held as they are; then they are rolled up, for there may be many. */
const mostHeld = 512;

type Name = Pick<RawSample, 'resource' | 'metric' | 'source' | 'placement'>;

interface Held {
  readonly name: Name;
  values: number[];
  failures: number;
  readonly earlier: Figures[];
}

/** The samples of some time by their series. */
export class SeriesValues {
  private readonly series = new Map<string, Held>();

  take({ resource, metric, source, placement, value }: RawSample): void {
    const key = `${resource}\n${metric}\n${source}\n${placement}`;
    let held = this.series.get(key);
    if (!held) {
      held = { name: { resource, metric, source, placement }, values: [], failures: 0, earlier: [] };
      this.series.set(key, held);
    }
    if (value === null) held.failures += 1;
    else if (held.values.push(value) >= mostHeld) {
      held.earlier.push(figuresOf(held.values, 0));
      held.values = [];
    }
  }

  all(): readonly Held[] {
    return [...this.series.values()];
  }
}
