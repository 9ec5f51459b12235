import type { CompiledQuery, InsertObject, InsertQueryBuilder, InsertResult, Transaction } from 'kysely';

/** Statements of so many rows, and of half as many, and so on to one: few enough to be prepared once and kept. */
const mostRows = 64;

/** What becomes of a row that is there already. */
type Refine<T, Table extends keyof T> = (
  insert: InsertQueryBuilder<T, Table, InsertResult>,
) => InsertQueryBuilder<T, Table, InsertResult>;

/** By how they are refined. */
const statements = new Map<unknown, Map<string, CompiledQuery>>();

/**
 * Inserts rows that all have the same columns. Kysely makes a tree of every value of a statement, which takes longer than to write the row;
 * here it does so once for each number of rows. `refine` is one and the same function each time, and says nothing of values.
 */
export async function insertRows<T, Table extends keyof T & string>(
  transaction: Transaction<T>,
  table: Table,
  rows: readonly InsertObject<T, Table>[],
  refine?: Refine<T, Table>,
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  for (let from = 0; from < rows.length;) {
    const some = rows.slice(from, from + largestAtMost(rows.length - from));
    const statement = statementFor(transaction, table, { rows: some, refine });
    await transaction.executeQuery({ ...statement, parameters: valuesOf(some, columns) });
    from += some.length;
  }
}

function valuesOf(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): unknown[] {
  const values: unknown[] = [];
  for (const row of rows) for (const column of columns) values.push(row[column]);
  return values;
}

function statementFor<T, Table extends keyof T & string>(
  transaction: Transaction<T>,
  table: Table,
  { rows, refine }: { readonly rows: readonly InsertObject<T, Table>[]; readonly refine: Refine<T, Table> | undefined },
): CompiledQuery {
  const columns = Object.keys(rows[0] ?? {}).join();
  // The words differ from one database to another.
  const key = `${transaction.getExecutor().adapter.constructor.name} ${table} ${String(rows.length)} ${columns}`;
  const refined = statements.get(refine) ?? new Map<string, CompiledQuery>();
  statements.set(refine, refined);
  const known = refined.get(key);
  if (known) return known;
  const insert = transaction.insertInto(table).values(rows);
  const compiled = (refine ? refine(insert) : insert).compile();
  refined.set(key, compiled);
  return compiled;
}

/** The largest power of two that is at most this. */
const largestAtMost = (count: number): number => Math.min(mostRows, 2 ** Math.floor(Math.log2(count)));
