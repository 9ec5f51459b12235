/** The parts of a month's report that stand in the store as they are. */
import { isoTime } from '@cloud-agency/runtime';
import { duration, type Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { LedgerRow } from '../store/agreement-tables.js';
import { type AgencyTables, parsed, type ReactionRow, type ViolationRow } from '../store/tables.js';
import { type Page, pageOf } from './asked.js';
import type { Listed, ReportedEntry, ReportedReaction, ReportedViolation } from './month-report.js';

/** More of them than this nobody reads, and a page is not to hold the event loop up. */
const mostRead = 20_000;

/** What was violated in a span, whenever it was opened. */
export async function violationsIn(
  tables: Kysely<AgencyTables>,
  agreement: string,
  span: Span,
): Promise<readonly ViolationRow[]> {
  return await tables
    .selectFrom('violation')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('opened', '<', span.until)
    .where((where) => where.or([where('closed', 'is', null), where('closed', '>', span.from)]))
    .orderBy('opened')
    .orderBy('id')
    .limit(mostRead)
    .execute();
}

export async function ledgerOf(tables: Kysely<AgencyTables>, agreement: string, month: string): Promise<readonly LedgerRow[]> {
  return await tables
    .selectFrom('ledger')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('month', '=', month)
    .orderBy('id')
    .limit(mostRead)
    .execute();
}

export async function reactionsIn(
  tables: Kysely<AgencyTables>,
  agreement: string,
  span: Span,
  { number, size }: Page,
): Promise<Listed<ReportedReaction>> {
  const found = tables
    .selectFrom('reaction')
    .where('agreement', '=', agreement)
    .where('begun_at', '>=', span.from)
    .where('begun_at', '<', span.until);
  const { total } = await found.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy('begun_at')
    .orderBy('id')
    .limit(size)
    .offset((number - 1) * size)
    .execute();
  return { total, page: number, size, items: rows.map(reaction) };
}

const reaction = ({ id, begun_at: at, finished_at: finished, event, action, state, item, resource, message }: ReactionRow) => ({
  ...{ id, at: isoTime(at), finished: finished === null ? null : isoTime(finished) },
  ...{ event, action, state, item, resource, why: message },
});

export const violationPage = (
  all: readonly ViolationRow[],
  ledger: readonly LedgerRow[],
  span: Span,
  page: Page,
): Listed<ReportedViolation> => ({
  total: all.length,
  page: page.number,
  size: page.size,
  items: pageOf(all, page).map((row) => violation(row, ledger, span)),
});

const violation = (row: ViolationRow, ledger: readonly LedgerRow[], span: Span): ReportedViolation => ({
  ...{ id: row.id, guarantee: row.guarantee, term: row.term, of: row.of, resource: row.resource },
  opened: isoTime(row.opened),
  closed: row.closed === null ? null : isoTime(row.closed),
  duration: violatedFor([row], span),
  ...{ wanted: row.wanted, worst: row.worst, unit: row.unit },
  penalty: sum(ledger.filter(({ kind, violation: id }) => kind === 'penalty' && id === row.id)),
  count: row.count,
  proof: parsed(row.samples),
});

/** How long any of them was open, s. */
export const violatedFor = (all: readonly ViolationRow[], span: Span): number =>
  duration(
    all.map(({ opened, closed }) => ({ from: opened, until: closed })),
    span,
  ) / 1000;

export const entryPage = (all: readonly LedgerRow[], page: Page): Listed<ReportedEntry> => ({
  total: all.length,
  page: page.number,
  size: page.size,
  items: pageOf(all, page).map(({ kind, guarantee, term, of, resource, violation: id, amount, settled, reason }) => ({
    ...{ kind, guarantee, term, of, resource, violation: id },
    ...{ amount: Number(amount), state: settled === 1 ? 'settled' : 'running', reason },
  })),
});

const sum = (rows: readonly LedgerRow[]): number =>
  Number(rows.reduce((total, { amount }) => total + Number(amount), 0).toFixed(6));
