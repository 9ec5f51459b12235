import type { MetricSampleRow } from '../store/tables.js';
import type { Series } from './series.js';

/**
 * Samples that wait for a commit, in the order in which they came. By columns: a sample each would outlive V8's look at what is young, and be most of
 * what it has to clear away when it looks at everything, during which what is found has to wait.
 */
export class Gathered {
  readonly series: Series[] = [];
  readonly times: number[] = [];
  private readonly values: number[] = [];
  private readonly details: (string | undefined)[] = [];

  get size(): number {
    return this.series.length;
  }

  add(series: Series, at: number, value: number, detail: string | undefined): void {
    this.series.push(series);
    this.times.push(at);
    this.values.push(value);
    this.details.push(detail);
  }

  /** Takes those that came after its own. */
  addAll({ series, times, values, details }: Gathered): void {
    for (const [index, one] of series.entries()) this.add(one, times[index] ?? 0, values[index] ?? 0, details[index]);
  }

  /** `idOf`: the id of a series in the store. */
  rows(batch: number, idOf: (series: Series) => number): MetricSampleRow[] {
    return this.series.map((one, index) => ({
      at: this.times[index] ?? 0,
      series: idOf(one),
      value: this.values[index] ?? 0,
      detail: this.details[index] ?? null,
      batch,
    }));
  }
}
