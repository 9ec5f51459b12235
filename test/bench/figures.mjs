/** Sorted copy's element at a share of its length: 0.5 is the median. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);

const rounded = (value) => Number(value.toPrecision(4));

/** One figure: a JSON line with its yardstick's beside it, and their ratio (below 1 is less than the yardstick). */
export function figure(part, name, unit, value, yardstick) {
  const beside = yardstick && {
    yardstick: yardstick.name,
    yardstick_value: rounded(yardstick.value),
    ratio: rounded(value / yardstick.value),
  };
  console.log(JSON.stringify({ part, figure: name, value: rounded(value), unit, ...beside }));
}

/** A target that this figure is held against, said on standard error so that the lines stay data. */
export function target(name, met, detail) {
  process.stderr.write(`${met ? 'met   ' : 'MISSED'} ${name}: ${detail}\n`);
}
