import type { CompiledQuery, InsertObject, Transaction } from 'kysely';

/** Statements of so many rows, and of half as many, and so on to one: few enough to be prepared once and kept. */
const mostRows = 64;

const statements = new Map<string, CompiledQuery>();

/**
 * Inserts rows that all have the same columns. Kysely makes a tree of every value of a statement, which takes longer than to write the row;
 * here it does so once for each number of rows.
 */
export async function insertRows<T, Table extends keyof T & string>(
  transaction: Transaction<T>,
  table: Table,
  rows: readonly InsertObject<T, Table>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  for (let from = 0; from < rows.length;) {
    const some = rows.slice(from, from + largestAtMost(rows.length - from));
    const parameters = some.flatMap((row: Readonly<Record<string, unknown>>) => columns.map((column) => row[column]));
    await transaction.executeQuery({ ...statementFor(transaction, table, some), parameters });
    from += some.length;
  }
}

function statementFor<T, Table extends keyof T & string>(
  transaction: Transaction<T>,
  table: Table,
  rows: readonly InsertObject<T, Table>[],
): CompiledQuery {
  const columns = Object.keys(rows[0] ?? {}).join();
  // The words differ from one database to another.
  const key = `${transaction.getExecutor().adapter.constructor.name} ${table} ${String(rows.length)} ${columns}`;
  const known = statements.get(key);
  if (known) return known;
  const compiled = transaction.insertInto(table).values(rows).compile();
  statements.set(key, compiled);
  return compiled;
}

/** The largest power of two that is at most this. */
const largestAtMost = (count: number): number => Math.min(mostRows, 2 ** Math.floor(Math.log2(count)));
