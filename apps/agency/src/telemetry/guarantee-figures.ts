import type { Assessment } from '@cloud-agency/bus';
import type { Kysely } from 'kysely';
import { type AgencyTables, type AgreementRow, parsed, type TermState } from '../store/tables.js';
import type { Figure, FigureName } from './figure.js';

type Agreement = Pick<AgreementRow, 'id' | 'tenant' | 'name'> & { readonly terms: readonly TermState[] };
type Assessed = Assessment['terms'][number];

/** Agreements that are looked up by one statement: each holds the event loop up. */
const atOnce = 200;

/** What the monitor says of guarantees and of the machines under them, with the names that people know them by. */
export async function guaranteeFigures(
  tables: Kysely<AgencyTables>,
  assessments: readonly Assessment[],
): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (let from = 0; from < assessments.length; from += atOnce) {
    const some = assessments.slice(from, from + atOnce);
    const agreements = await agreementsOf(
      tables,
      some.map(({ agreement }) => agreement),
    );
    for (const assessment of some) {
      const agreement = agreements.get(assessment.agreement);
      if (agreement) found.push(...figuresOf(agreement, assessment));
    }
  }
  return found;
}

async function agreementsOf(tables: Kysely<AgencyTables>, ids: readonly string[]): Promise<ReadonlyMap<string, Agreement>> {
  const rows = await tables
    .selectFrom('agreement')
    .select(['id', 'tenant', 'name', 'terms'])
    .where('id', 'in', ids)
    .where('state', '=', 'accepted')
    .where('removed', '=', 0)
    .execute();
  return new Map(rows.map((row) => [row.id, { ...row, terms: parsed(row.terms) }]));
}

function figuresOf(agreement: Agreement, { terms, health }: Assessment): readonly Figure[] {
  const labels = { tenant: agreement.tenant, agreement: agreement.id, name: agreement.name };
  return [
    ...terms.flatMap((term) => termFigures(agreement, labels, term)),
    ...health.flatMap(({ resource, state, milliseconds }) => {
      const own = { ...labels, compute: resource };
      return [
        ...figure('agency_compute_up', own, state === 'unknown' ? null : Number(state === 'up')),
        ...figure('agency_compute_response_seconds', own, milliseconds === null ? null : milliseconds / 1000),
      ];
    }),
  ];
}

function termFigures({ terms }: Agreement, labels: Figure['labels'], assessed: Assessed): readonly Figure[] {
  const { index, resource, state, measured, wanted, unit, spent, risk } = assessed;
  const known = terms.find((one) => one.index === index && one.resource === resource);
  if (!known) return [];
  const own = {
    ...labels,
    ...{ guarantee: String(index), term: known.term, of: known.of },
    ...(resource !== null && { compute: resource }),
  };
  return [
    ...figure('agency_guarantee_measured', { ...own, unit }, measured),
    ...figure('agency_guarantee_wanted', { ...own, unit }, wanted),
    ...figure('agency_guarantee_budget_spent_ratio', own, spent),
    ...figure('agency_guarantee_violated', own, state === 'undefined' ? null : Number(state === 'violated')),
    ...figure(
      'agency_guarantee_at_risk',
      own,
      state === 'undefined' ? null : Number(state === 'fulfilled' && risk !== undefined),
    ),
    ...figure('agency_guarantee_burn_factor', own, state !== 'fulfilled' ? null : risk?.by === 'burn_rate' ? risk.factor : 0),
  ];
}

/** What is not known is not told. */
const figure = (name: FigureName, labels: Figure['labels'], value: number | null): readonly Figure[] =>
  value === null ? [] : [{ name, labels, value }];
