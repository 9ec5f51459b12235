import type { Figure } from '../figure.js';

/** One sample of one series. `stale` is the marker that it has ended. Labels in the order of their names, the metric's name among them. */
export interface Sample {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** ms since 1970 */
  readonly at: number;
  readonly value: number | 'stale';
}

/** Figures as samples of one instant; `own` are labels that all series have, unless the figure says otherwise. */
export function samplesOf(figures: readonly Figure[], own: Readonly<Record<string, string>>, at: number): readonly Sample[] {
  return figures.map(({ name, labels, value }) => ({ labels: inOrder({ ...own, ...labels, __name__: name }), at, value }));
}

/** Which series a sample is of. */
export const seriesOf = ({ labels }: Pick<Sample, 'labels'>): string => JSON.stringify(labels);

/** Prometheus orders names by their bytes, and an empty label is none. */
const inOrder = (labels: Readonly<Record<string, string>>): Sample['labels'] =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
