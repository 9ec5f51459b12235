import type { Listed, MonthReport, ReportedDay, ReportedMachine } from '../month-report.js';
import { availabilityChart, responseChart } from './charts.js';
import { style } from './style.js';
import { type Column, escaped, figure, moment, money, span, table } from './text.js';

/** Machines that are drawn; the days of the others of a page are in its table. */
const mostDrawn = 12;

/** A report as a page of its own: nothing is loaded, nothing runs, and what a chart shows stands in a table as well. */
export function htmlOf(report: MonthReport): string {
  const title = `${report.name}: SLA report for ${report.month}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="lead">${escaped(standing(report))}</p>
${sums(report)}
<h2>Guarantees</h2>
${guarantees(report)}
<h2>Violations</h2>
${violations(report)}
<h2>Penalties and rewards</h2>
${ledger(report)}
<h2>Machines by day</h2>
${report.remark === null ? '' : `<p class="lead">${escaped(report.remark)}</p>`}
${days(report)}
<h2>Charges</h2>
${charges(report)}
<h2>What was done</h2>
${reactions(report)}
</main>
</body>
</html>
`;
}

function standing({ agreement, state, level, from, until, complete, settled }: MonthReport): string {
  const reach = complete
    ? `the whole month, ${moment(from)} to ${moment(until)}`
    : `the month so far, ${moment(from)} to ${moment(until)}`;
  const accounts = settled ? 'its accounts are settled' : 'its accounts still run';
  return `Agreement ${agreement} is ${state}, at its level ${level}. This is ${reach}; ${accounts}.`;
}

function sums({ charge, penalties, rewards, violations: { total }, guarantees: all }: MonthReport): string {
  const kept = all.filter((one) => one.violations === 0).length;
  const entries = [
    [`${kept} of ${all.length}`, 'guarantees without a violation'],
    [String(total), total === 1 ? 'violation' : 'violations'],
    [money(charge), 'charged'],
    [money(penalties), 'credited to you'],
    [money(rewards), 'earned by the provider'],
  ];
  return `<ul class="sums">${entries.map(([value = '', label = '']) => `<li><b>${escaped(value)}</b> ${escaped(label)}</li>`).join('')}</ul>`;
}

const about = ({ of, resource }: { readonly of: string; readonly resource: string | null }): string =>
  resource === null ? `${of}, together` : `${of}: ${resource}`;
const termName = ({ term }: { readonly term: string }): string => term.replaceAll('_', ' ');

const guarantees = ({ guarantees: all, month }: MonthReport): string =>
  table(
    `What was promised and what was measured in ${month}`,
    [
      { head: 'Term', of: termName },
      { head: 'Of', of: about },
      { head: 'State', of: ({ state }) => state ?? 'holds no more' },
      { head: 'Promised', of: ({ wanted, unit }) => figure(wanted, unit), isNumber: true },
      { head: 'In the month', of: ({ measured, unit }) => figure(measured, unit), isNumber: true },
      { head: 'Now', of: ({ current, unit }) => figure(current, unit), isNumber: true },
      {
        head: 'Budget spent',
        of: ({ budgetSpent }) => figure(budgetSpent === null ? null : budgetSpent * 100, '%', 1),
        isNumber: true,
      },
      { head: 'Violations', of: (one) => String(one.violations), isNumber: true },
      { head: 'Violated for', of: ({ violatedFor }) => span(violatedFor), isNumber: true },
    ],
    all,
    'The agreement has no guarantees.',
  );

const violations = (report: MonthReport): string =>
  paged(
    report.violations,
    table(
      'Each with what was measured',
      [
        { head: 'Term', of: termName },
        { head: 'Of', of: about },
        { head: 'Opened', of: ({ opened }) => moment(opened) },
        { head: 'Closed', of: ({ closed }) => (closed === null ? 'goes on' : moment(closed)) },
        { head: 'In the month', of: ({ duration }) => span(duration), isNumber: true },
        { head: 'Promised', of: ({ wanted, unit }) => figure(wanted, unit), isNumber: true },
        { head: 'Worst', of: ({ worst, unit }) => figure(worst, unit), isNumber: true },
        { head: 'Penalty', of: ({ penalty }) => money(penalty), isNumber: true },
        { head: 'Proof', of: ({ proof }) => proofWords(proof) },
      ],
      report.violations.items,
      'Nothing was violated.',
    ),
  );

/** The newest of the measurements that prove a violation, in words; all of them are in the JSON. */
function proofWords(proof: readonly object[]): string {
  const newest = proof.at(-1) as { readonly at?: string; readonly detail?: string } | undefined;
  if (!newest) return 'none kept';
  return `${proof.length} measurements, the last ${moment(newest.at ?? null)}${newest.detail ? `: ${newest.detail}` : ''}`;
}

const ledger = (report: MonthReport): string =>
  paged(
    report.ledger,
    table(
      'By the ledger of the agreement',
      [
        { head: 'Kind', of: ({ kind }) => kind },
        { head: 'Term', of: termName },
        { head: 'Of', of: about },
        { head: 'Amount', of: ({ amount }) => money(amount), isNumber: true },
        { head: 'State', of: ({ state }) => state },
        { head: 'Why', of: ({ reason }) => reason },
      ],
      report.ledger.items,
      'Nothing was credited.',
    ),
  );

function days({ machines, month, guarantees: all }: MonthReport): string {
  const measured = machines.items.filter((machine) => machine.days.length > 0);
  if (measured.length === 0) return '<p class="none">No day was measured.</p>';
  const monthDays = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  const promised = (term: string, resource: string): number | undefined =>
    all.find((one) => one.term === term && one.resource === resource)?.wanted;
  const charts = measured.slice(0, mostDrawn).map(({ resource, title, days: own }, index) => {
    const hasAnswers = own.some(({ p50 }) => p50 !== null);
    return `<section><h3>${escaped(title)}</h3>
${availabilityChart(`up${index}`, `Availability of ${title} by day, %`, own, monthDays, promised('availability', resource))}
${hasAnswers ? responseChart(`rt${index}`, `Response times of ${title} by day, ms`, own, monthDays, promised('response_time', resource)) : ''}</section>`;
  });
  return `${charts.join('\n')}\n${paged(machines, dayTable(measured))}`;
}

function dayTable(machines: readonly ReportedMachine[]): string {
  const rows = machines.flatMap(({ title, days: own }) => own.map((day) => ({ ...day, title })));
  const time = (name: 'p50' | 'p95' | 'p99'): Column<ReportedDay & { readonly title: string }> => ({
    head: `${name.slice(1)} %, ms`,
    of: (day) => figure(day[name], '', 1),
    isNumber: true,
  });
  return table(
    'By day: how many probes were answered well, and within which time 50, 95 and 99 % of the answers came',
    [
      { head: 'Day', of: ({ day }) => day },
      { head: 'Machine', of: ({ title }) => title },
      { head: 'Available', of: ({ availability }) => figure(availability, '%'), isNumber: true },
      { head: 'Probes', of: ({ probes }) => String(probes), isNumber: true },
      time('p50'),
      time('p95'),
      time('p99'),
    ],
    rows,
    'No day was measured.',
  );
}

const charges = ({ machines, charge }: MonthReport): string =>
  paged(
    machines,
    table(
      `${money(charge)} in all`,
      [
        { head: 'Machine', of: ({ title }) => title },
        { head: 'Item', of: ({ item }) => item },
        { head: 'Hours', of: ({ hours }) => figure(hours, '', 2), isNumber: true },
        { head: 'Charge', of: (machine) => money(machine.charge), isNumber: true },
      ],
      machines.items,
      'Nothing was charged.',
    ),
  );

const reactions = (report: MonthReport): string =>
  paged(
    report.reactions,
    table(
      'By the rules of the call',
      [
        { head: 'At', of: ({ at }) => moment(at) },
        { head: 'Event', of: ({ event }) => event },
        { head: 'Action', of: ({ action }) => action },
        { head: 'Of', of: ({ resource, item }) => resource ?? item ?? '' },
        { head: 'State', of: ({ state }) => state },
        { head: 'Why', of: ({ why }) => why },
      ],
      report.reactions.items,
      'No rule acted.',
    ),
  );

/** What a page leaves out is said, and how to get it. */
function paged<T>({ total, page, size, items }: Listed<T>, content: string): string {
  if (total <= items.length && page === 1) return content;
  const first = (page - 1) * size + 1;
  const shown = items.length === 0 ? 'None of' : `${first} to ${first + items.length - 1} of`;
  return `${content}<p class="lead">${escaped(`${shown} ${total}; the others are on other pages (page=, number=).`)}</p>`;
}
