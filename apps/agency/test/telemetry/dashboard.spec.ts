import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { figures } from '../../src/telemetry/figure.js';
import { holdings } from '../../src/telemetry/holdings.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

const read = (name: string): string => readFileSync(join(__dirname, '../../../../deploy/grafana', name), 'utf8');
const { panels } = JSON.parse(read('cloud-agency.json')) as { readonly panels: readonly Panel[] };
const { groups } = parse(read('cloud-agency-alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap(({ rules: some }) => some);
const queries = [
  ...panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ name: title, expr, said: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)] })),
  ),
  ...rules.map(({ alert, expr, annotations }) => ({
    ...{ name: alert, expr },
    said: [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
    ],
  })),
];

/** What each metric that is told of clients, and of the store, can be asked by. */
const labels = new Map<string, readonly string[]>([
  ...Object.entries(figures).map(([name, figure]) => [name, figure.labels] as const),
  ...Object.keys(holdings).map((name) => [name, ['state']] as const),
]);
const metricsIn = (expr: string): readonly string[] => [...expr.matchAll(/\bagency_\w+/g)].map(([name]) => name);

it.each(queries)('$name asks for labels that its metrics have', ({ expr }) => {
  for (const [, metric = '', matchers = ''] of expr.matchAll(/\b(agency_\w+)\{([^}]*)\}/g)) {
    const asked = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, label]) => label);
    expect(labels.get(metric) ?? asked).toEqual(expect.arrayContaining(asked));
  }
});

it.each(queries)('$name groups by and shows labels that its metrics have', ({ expr, said }) => {
  const all = metricsIn(expr).map((metric) => labels.get(metric));
  // Of metrics of one process alone this does not know the labels.
  if (all.length === 0 || all.includes(undefined)) return;
  const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, by = '']) => by.split(', ').filter(Boolean));
  for (const label of [...grouped, ...said.map(([, one]) => one)]) expect(all.flat()).toContain(label);
});

it('what two fronts both tell is taken once', () => {
  for (const { name, expr } of queries) {
    const isTold = metricsIn(expr).some((metric) => labels.has(metric));
    if (isTold) expect([name, expr]).toEqual([name, expect.stringMatching(/^(?!.*\bsum( by \([^)]*\))? ?\(agency_)/)]);
  }
});

it('panels lie side by side without gaps, have units, and name their data source by the variable', () => {
  const shown = panels.filter(({ type }) => type !== 'row');
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, datasource, fieldConfig } of shown)
    expect([title, datasource?.uid, typeof fieldConfig?.defaults.unit]).toEqual([title, '${datasource}', 'string']);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(cells.length % 24).toBe(0);
});

it('what is wrong now stands before all else', () => {
  expect(panels.slice(1, 3).map(({ title }) => title)).toEqual(['Violated', 'At risk']);
});

it('every alert says how urgent it is and what it is about', () => {
  expect(rules.length).toBeGreaterThan(5);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const {
    labels: { severity },
    annotations,
  } of rules) {
    expect(['page', 'ticket']).toContain(severity);
    expect(annotations.summary).toBeTruthy();
  }
});
