/** The tables of a report's page, what matters most first. */
import type { Listed, MonthReport, ReportedGuarantee, ReportedViolation } from '../month-report.js';
import type { Names } from './names.js';
import { type Column, table } from './table.js';
import { brief, escaped, figure, figureBeside, isolated, moment, money, monthName, span } from './text.js';

const bounds = { at_least: '≥', at_most: '≤' };
const moods: Readonly<Record<string, 'good' | 'bad'>> = { fulfilled: 'good', violated: 'bad' };

export const guarantees = ({ guarantees: all, month, complete }: MonthReport, names: Names): string =>
  table(
    `What was promised and what was measured in ${monthName(month)}`,
    [
      { head: 'Guarantee', of: names.term, note: ({ basis }) => basis, isLong: true },
      { head: 'Of', of: names.subject, isLong: true },
      { head: 'State', of: ({ state }) => state ?? 'holds no more', mood: ({ state }) => moods[state ?? ''] ?? '' },
      { head: 'Promised', of: ({ wanted, unit, side }) => `${bounds[side]} ${figure(wanted, unit)}`, isNumber: true },
      { head: 'In the month', of: ({ measured, wanted, unit }) => figureBeside(measured, wanted, unit), isNumber: true },
      ...(complete ? [] : [now]),
      {
        head: 'Budget spent',
        of: ({ budgetSpent }) => (budgetSpent === null ? '–' : figureBeside(budgetSpent * 100, 100, '%')),
        isNumber: true,
      },
      { head: 'Violations', of: (one) => figure(one.violations), isNumber: true },
      { head: 'Violated for', of: ({ violatedFor }) => span(violatedFor), isNumber: true },
    ],
    [...all].sort((a, b) => trouble(b) - trouble(a)),
    'The agreement has no guarantees.',
  );

const now: Column<ReportedGuarantee> = {
  head: 'Now',
  of: ({ current, wanted, unit }) => figureBeside(current, wanted, unit),
  isNumber: true,
};

/** What is broken comes before what was, and that before what nobody knows. */
const trouble = ({ state, violations: count }: ReportedGuarantee): number =>
  state === 'violated' ? 3 : count > 0 ? 2 : state === 'undefined' ? 1 : 0;

export const violations = (report: MonthReport, names: Names): string =>
  paged(
    report.violations,
    table(
      'Each with what was measured; times are UTC',
      [
        { head: 'Guarantee', of: names.term, note: ({ id }) => id.slice(0, 8), isLong: true },
        { head: 'Of', of: names.subject, isLong: true },
        { head: 'Opened', of: ({ opened }) => brief(opened) },
        { head: 'Closed', of: ({ closed }) => (closed === null ? 'goes on' : brief(closed)) },
        { head: 'In the month', of: ({ duration }) => span(duration), isNumber: true },
        { head: 'Promised', of: ({ wanted, unit }) => figure(wanted, unit), isNumber: true },
        { head: 'Worst', of: ({ worst, wanted, unit }) => figureBeside(worst, wanted, unit), isNumber: true },
        { head: 'Penalty', of: ({ penalty }) => money(penalty), isNumber: true },
        { head: 'Proof', of: proofWords, isLong: true },
      ],
      report.violations.items,
      'Nothing was violated.',
    ),
  );

/** How much speaks against it, by whom it was measured, and the newest of it in words; the measurements are in the JSON. */
function proofWords({ count, proof }: ReportedViolation): string {
  const newest = proof.at(-1) as { readonly at?: string; readonly detail?: string; readonly source?: string } | undefined;
  if (!newest) return 'none kept';
  const counted = `${figure(count)} ${count === 1 ? 'measurement' : 'measurements'}`;
  const by = newest.source === undefined ? '' : ` by ${newest.source}`;
  const kept = count > proof.length ? `, of which the newest ${proof.length} are kept` : '';
  const last = `${moment(newest.at ?? null)}${newest.detail ? `: ${newest.detail}` : ''}`;
  return `${counted}${by}${kept}; the last ${last}`;
}

export const ledger = (report: MonthReport, names: Names): string =>
  paged(
    report.ledger,
    table(
      'By the ledger of the agreement',
      [
        { head: 'Kind', of: ({ kind }) => kind },
        { head: 'Guarantee', of: names.term, isLong: true },
        { head: 'Of', of: names.subject, isLong: true },
        { head: 'Amount', of: ({ amount }) => money(amount), isNumber: true },
        { head: 'State', of: ({ state }) => state },
        { head: 'Violation', of: ({ violation }) => violation?.slice(0, 8) ?? '–' },
        { head: 'Why', of: ({ reason }) => reason, isLong: true },
      ],
      report.ledger.items,
      'Nothing was credited.',
    ),
  );

export const charges = ({ machines, charge }: MonthReport): string =>
  paged(
    machines,
    table(
      `${money(charge)} in all; times are UTC`,
      [
        { head: 'Machine', of: ({ title }) => isolated(title), note: ({ resource }) => resource.slice(0, 8), isLong: true },
        { head: 'Item', of: ({ item }) => isolated(item), isLong: true },
        { head: 'From', of: ({ from }) => brief(from) },
        { head: 'Until', of: ({ until }) => brief(until) },
        { head: 'Hours', of: ({ hours }) => figure(hours, '', 2), isNumber: true },
        { head: 'Charge', of: (machine) => money(machine.charge), isNumber: true },
      ],
      machines.items,
      'Nothing was charged.',
    ),
  );

export const reactions = (report: MonthReport, names: Names): string =>
  paged(
    report.reactions,
    table(
      'By the rules of the call; times are UTC',
      [
        { head: 'At', of: ({ at }) => brief(at) },
        { head: 'Event', of: ({ event }) => event },
        { head: 'Action', of: ({ action }) => action },
        {
          head: 'Of',
          of: ({ resource, item }) => (resource === null ? isolated(item ?? '') : names.machine(resource)),
          isLong: true,
        },
        { head: 'State', of: ({ state }) => state },
        { head: 'Why', of: ({ why }) => why, isLong: true },
      ],
      report.reactions.items,
      'No rule acted.',
    ),
  );

/** What a page leaves out is said, and how to get it. */
export function paged<T>({ total, page, size, items }: Listed<T>, content: string): string {
  if (total <= items.length && page === 1) return content;
  const first = (page - 1) * size + 1;
  const shown = items.length === 0 ? 'None of' : `${first} to ${first + items.length - 1} of`;
  return `${content}<p class="lead">${escaped(`${shown} ${total}; the others are on other pages (page=, number=).`)}</p>`;
}
