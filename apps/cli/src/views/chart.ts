/** A chart of lines of text: what is in each column is as high as its value; columns without one are empty. */
export function chart(values: readonly (number | null)[], { height, label }: ChartOptions): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  const unit = most === least ? 1 : (most - least) / (height * steps.length);
  const filled = values.map((value) => (value === null ? 0 : Math.max(1, Math.round((value - least) / unit))));
  const heads = [label(most), label(least)];
  const width = Math.max(...heads.map((head) => head.length));
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * steps.length;
    const row = filled.map((fill) => (fill <= below ? ' ' : (steps[Math.min(fill - below, steps.length) - 1] ?? ' '))).join('');
    const head = line === 0 ? heads[0] : line === height - 1 ? heads[1] : '';
    return `${(head ?? '').padStart(width)} │${row}`.trimEnd();
  });
}

interface ChartOptions {
  /** Lines. */
  readonly height: number;
  /** A value in words, for the axis. */
  readonly label: (value: number) => string;
}

const steps = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One value for each column, from the first time on; what has several columns' time between them is left empty. */
export function columnsOf(
  points: readonly { readonly at: number; readonly value: number | null }[],
  step: number,
): (number | null)[] {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const values = new Array<number | null>(Math.round((last - first) / step) + 1).fill(null);
  for (const { at, value } of points) values[Math.round((at - first) / step)] = value;
  return values;
}
