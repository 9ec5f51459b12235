/**
 * What is wrong with a text in the exposition format of Prometheus, by its own words (Prometheus, Exposition formats, Text-based format), read by nothing
 * that wrote it: every line has a form, a series stands once, its family is described before it, and histograms add up.
 */
export function expositionProblems(text: string): readonly string[] {
  const families = new Map<string, string>();
  const values = new Map<string, number>();
  const problems = text.split('\n').flatMap((line) => {
    const problem = line.startsWith('#') ? described(line, families) : taken(line, families, values);
    return problem ?? [];
  });
  return [...problems, ...(text.endsWith('\n') ? [] : ['the last line has no end']), ...histogramProblems(families, values)];
}

function described(line: string, families: Map<string, string>): string | undefined {
  const [, name, type = ''] = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  if (families.has(name)) return `${name} is described twice`;
  families.set(name, type);
  return undefined;
}

function taken(line: string, families: ReadonlyMap<string, string>, values: Map<string, number>): string | undefined {
  if (line === '') return undefined;
  const [, series = '', metric = '', value = ''] = sample.exec(line) ?? [];
  if (series === '') return `no sample: ${line}`;
  if (familyOf(metric, families) === undefined) return `nothing says what ${metric} is`;
  if (values.has(series)) return `${series} stands twice`;
  values.set(series, Number(value.replace('Inf', 'Infinity')));
  return undefined;
}

const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"`;
const sample = new RegExp(
  String.raw`^(([a-zA-Z_:][\w:]*)(?:\{(?:${label}(?:,${label})*,?)?\})?) ([-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|Inf)|NaN)(?: -?\d+)?$`,
  'i',
);

const familyOf = (metric: string, families: ReadonlyMap<string, string>): string | undefined =>
  [metric, metric.replace(/_(bucket|sum|count)$/, '')].find((name) => families.has(name));

/** Buckets hold those of the smaller ones too, and the last all. */
function histogramProblems(families: ReadonlyMap<string, string>, values: ReadonlyMap<string, number>): readonly string[] {
  const buckets = [...values].filter(([series]) => families.get(/^(.*)_bucket\{/.exec(series)?.[1] ?? '') === 'histogram');
  const groups = new Map<string, { le: number; count: number }[]>();
  for (const [series, count] of buckets) {
    const le = Number((/le="([^"]*)"/.exec(series)?.[1] ?? '').replace('Inf', 'Infinity'));
    const key = series.replace(/le="[^"]*",?/, '');
    groups.set(key, [...(groups.get(key) ?? []), { le, count }]);
  }
  return [...groups].flatMap(([key, all]) => {
    const ascending = all.sort((a, b) => a.le - b.le);
    const grows = ascending.every(({ count }, index) => count >= (ascending[index - 1]?.count ?? 0));
    return grows && ascending.at(-1)?.le === Infinity ? [] : [`the buckets of ${key} do not add up`];
  });
}
