import { AgencyError, nearest } from '@cloud-agency/errors';
import type { MonthReport } from './month-report.js';

type Cell = string | number | boolean | null;
type Row = Readonly<Record<string, Cell>>;

/** A report is several tables, and a CSV file holds one. */
const tables: Readonly<
  Record<string, { readonly columns: readonly string[]; readonly rows: (report: MonthReport) => readonly Row[] }>
> = {
  guarantees: {
    columns: [
      'guarantee',
      'level',
      'term',
      'of',
      'resource',
      'state',
      'side',
      'wanted',
      'measured',
      'current',
      'unit',
      'budgetSpent',
      'violations',
      'violatedFor',
      'about',
      'basis',
    ],
    rows: ({ guarantees }) => guarantees.map((one) => ({ ...one })),
  },
  days: {
    columns: ['day', 'resource', 'title', 'item', 'availability', 'probes', 'p50', 'p95', 'p99'],
    rows: ({ machines }) =>
      machines.items.flatMap(({ resource, title, item, days }) => days.map((day) => ({ ...day, resource, title, item }))),
  },
  violations: {
    columns: [
      'id',
      'guarantee',
      'term',
      'of',
      'resource',
      'opened',
      'closed',
      'duration',
      'wanted',
      'worst',
      'unit',
      'penalty',
      'count',
      'proof',
    ],
    rows: ({ violations }) => violations.items.map((one) => ({ ...one, proof: JSON.stringify(one.proof) })),
  },
  ledger: {
    columns: ['kind', 'guarantee', 'term', 'of', 'resource', 'violation', 'amount', 'state', 'reason'],
    rows: ({ ledger }) => ledger.items.map((one) => ({ ...one })),
  },
  machines: {
    columns: ['resource', 'title', 'item', 'hours', 'charge', 'from', 'until'],
    rows: ({ machines }) =>
      machines.items.map(({ resource, title, item, hours, charge, from, until }) => ({
        ...{ resource, title, item, hours, charge, from, until },
      })),
  },
  reactions: {
    columns: ['id', 'at', 'finished', 'event', 'action', 'state', 'item', 'resource', 'why'],
    rows: ({ reactions }) => reactions.items.map((one) => ({ ...one })),
  },
};

/**
 * One table of a report as CSV (RFC 4180), the guarantees unless another is named. It begins with a byte order mark: by that a spreadsheet knows UTF-8 from
 * the code page of its machine. @throws AgencyError invalid-request naming the tables.
 */
export function csvOf(report: MonthReport, name = 'guarantees'): string {
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (!table) {
    const known = Object.keys(tables);
    const meant = nearest(name, known);
    throw new AgencyError('invalid-request', {
      message: `A report has no table '${name.slice(0, 40)}'${meant ? `; did you mean ${meant}?` : '.'} It has ${known.join(', ')}.`,
    });
  }
  const { columns, rows } = table;
  const lines = [columns, ...rows(report).map((row) => columns.map((column) => row[column] ?? null))];
  return `${byteOrderMark}${lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')}`;
}

const byteOrderMark = '\ufeff';

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // A spreadsheet would take such text for a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
