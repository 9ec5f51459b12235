import { columns } from './columns.js';
import { measure, owed, plural } from './figures.js';

/** What the terminal shows of a month's report. */
export interface Report {
  readonly name: string;
  readonly month: string;
  readonly until: string;
  readonly complete: boolean;
  readonly charge: number;
  readonly penalties: number;
  readonly rewards: number;
  readonly guarantees: readonly {
    readonly term: string;
    readonly of: string;
    readonly state: string | null;
    readonly wanted: number;
    readonly measured: number | null;
    readonly unit: string;
    readonly budgetSpent: number | null;
    readonly violations: number;
  }[];
  readonly violations: { readonly total: number };
}

export function reportLines({ name, month, until, complete, guarantees, violations, ...sums }: Report): readonly string[] {
  const reach = complete ? month : `${month} up to ${until}`;
  return [
    `${name} in ${reach}: ${plural(violations.total, 'violation')}, ${owed(sums.charge)} charged, ${owed(sums.penalties)} credited to you, ${owed(sums.rewards)} earned by the provider.`,
    ...(guarantees.length === 0
      ? []
      : columns(
          [
            { title: 'GUARANTEE' },
            { title: 'STATE' },
            { title: 'PROMISED', align: 'right' },
            { title: 'IN THE MONTH', align: 'right' },
            { title: 'BUDGET SPENT', align: 'right' },
            { title: 'VIOLATIONS', align: 'right' },
          ],
          guarantees.map((one) => [
            `${one.term} of ${one.of}`,
            one.state ?? 'holds no more',
            measure(one.wanted, one.unit),
            measure(one.measured, one.unit),
            one.budgetSpent === null ? '–' : measure(one.budgetSpent, 'fraction'),
            String(one.violations),
          ]),
        )),
  ];
}
