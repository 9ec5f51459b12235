import type { LogEvent, RootOperationNode } from 'kysely';

/**
 * Counts the writes to each table through one connection. What was read after a count was taken is as good as new while that count
 * stands: transactions on the connection follow one another, so nothing is read between a write and its commit.
 */
export class WriteCounts {
  private readonly counts = new Map<string, number>();
  private unknown = 0;

  /** A number that changes whenever one of these tables may have changed. */
  of(tables: readonly string[]): number {
    return tables.reduce((sum, table) => sum + (this.counts.get(table) ?? 0), this.unknown);
  }

  /** Kysely's logger. */
  readonly log = ({ query }: LogEvent): void => {
    for (const table of writtenBy(query.query)) {
      if (table === undefined) this.unknown += 1;
      else this.counts.set(table, (this.counts.get(table) ?? 0) + 1);
    }
  };
}

/** Undefined stands for a statement of which nobody can tell. */
function writtenBy(node: RootOperationNode): readonly (string | undefined)[] {
  switch (node.kind) {
    case 'SelectQueryNode':
      return [];
    case 'InsertQueryNode':
      return [node.into?.table.identifier.name];
    case 'UpdateQueryNode':
      return [node.table && nameOf(node.table)];
    case 'DeleteQueryNode':
      return node.from.froms.map(nameOf);
    default:
      return [undefined];
  }
}

const nameOf = (node: object): string | undefined =>
  'table' in node ? (node as { table: { identifier?: { name?: string } } }).table.identifier?.name : undefined;
