import type { Kysely } from 'kysely';
import type { CountedBy } from '../store/statistics-tables.js';
import { type AgencyTables, parsed } from '../store/tables.js';
import { countedBy } from './facts.js';
import { asked, type StatisticsQuery } from './query.js';

export interface MeasuredPower {
  readonly placement: string;
  /** Signatures by P-256 a second, on all cores together (docs/selection.md, What was observed). */
  readonly value: number;
  readonly at: number;
}

/** What machines of one kind have measured of themselves. */
export interface Power {
  readonly value: number;
  readonly machines: number;
  /** When the last of them did. */
  readonly at: number;
}

/** What a machine computes, by its own agent: of each machine the latest counts, for the size that it has now. */
export async function notePower(tables: Kysely<AgencyTables>, { placement, value, at }: MeasuredPower): Promise<void> {
  if (!(value > 0)) return;
  const row = await tables.selectFrom('placement').select('offer').where('id', '=', placement).executeTakeFirst();
  if (!row) return;
  const measured = { ...countedBy(parsed(row.offer)), at, value };
  await tables
    .insertInto('power')
    .values({ placement, ...measured })
    .onConflict((conflict) => conflict.column('placement').doUpdateSet(measured).where('power.at', '<=', at))
    .execute();
}

/** Of machines that are alike in these the median, so that no single one of them decides. */
export async function powersBy<By extends keyof CountedBy>(
  tables: Kysely<AgencyTables>,
  alike: readonly By[],
  { since, query }: { readonly since: number; readonly query: StatisticsQuery },
): Promise<readonly (Power & Pick<CountedBy, By>)[]> {
  const rows = await tables
    .selectFrom('power')
    .select(['vendor', 'region', 'size', 'market', 'value', 'at'])
    .where('at', '>=', since)
    .where((where) => where.and(asked(query)))
    .orderBy('value')
    .execute();
  const kinds = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) {
    const key = alike.map((name) => row[name]).join('\n');
    const kind = kinds.get(key);
    if (kind) kind.push(row);
    else kinds.set(key, [row]);
  }
  return [...kinds.values()].flatMap((own) =>
    own.slice(0, 1).map((one) => {
      const value = middleOf(own.map((row) => row.value));
      return { ...one, value, machines: own.length, at: Math.max(...own.map(({ at }) => at)) };
    }),
  );
}

/** Of values in ascending order; of an even number the mean of the two in the middle. */
function middleOf(ascending: readonly number[]): number {
  const last = ascending.length - 1;
  return ((ascending[Math.floor(last / 2)] ?? 0) + (ascending[Math.ceil(last / 2)] ?? 0)) / 2;
}
