import { columns } from './columns.js';
import { measure, owed, plural, promised } from './figures.js';

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
    readonly about: string | null;
    readonly of: string;
    readonly resource: string | null;
    readonly state: string | null;
    readonly wanted: number;
    readonly side: 'at_most' | 'at_least';
    readonly measured: number | null;
    readonly unit: string;
    readonly budgetSpent: number | null;
    readonly violations: number;
  }[];
  readonly violations: { readonly total: number };
  readonly machines: { readonly items: readonly { readonly resource: string; readonly title: string }[] };
  readonly remark: string | null;
}

/** What is violated comes first, then what was. */
export function reportLines({
  name,
  month,
  until,
  complete,
  guarantees,
  violations,
  machines,
  remark,
  ...sums
}: Report): readonly string[] {
  const titles = new Map(machines.items.map(({ resource, title }) => [resource, title]));
  const reach = complete ? month : `${month} up to ${until}`;
  return [
    `${name} in ${reach}: ${plural(violations.total, 'violation')}, ${owed(sums.charge)} charged, ${owed(sums.penalties)} credited to you, ${owed(sums.rewards)} earned by the provider.`,
    ...(guarantees.length === 0
      ? []
      : columns(
          [
            { title: 'GUARANTEE' },
            { title: 'OF' },
            { title: 'STATE' },
            { title: 'PROMISED', align: 'right' },
            { title: 'IN THE MONTH', align: 'right' },
            { title: 'BUDGET SPENT', align: 'right' },
            { title: 'VIOLATIONS', align: 'right' },
          ],
          [...guarantees]
            .sort(worstFirst)
            .map((one) => [
              one.about ?? one.term,
              one.resource === null ? one.of : (titles.get(one.resource) ?? one.resource),
              one.state ?? 'holds no more',
              promised(one),
              measure(one.measured, one.unit),
              one.budgetSpent === null ? '–' : measure(one.budgetSpent, 'fraction'),
              String(one.violations),
            ]),
        )),
    ...(remark === null ? [] : [remark]),
  ];
}

type Reported = Report['guarantees'][number];

const worstFirst = (a: Reported, b: Reported): number =>
  Number(b.state === 'violated') - Number(a.state === 'violated') || Math.sign(b.violations) - Math.sign(a.violations);
