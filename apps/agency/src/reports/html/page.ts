import type { Listed, MonthReport, ReportedDay, ReportedGuarantee } from '../month-report.js';
import { availabilityChart, responseChart } from './charts.js';
import { style } from './style.js';
import { brief, type Column, escaped, figure, moment, money, monthName, span, table } from './text.js';

/** Machines that are drawn; the days of the others of a page are in its table. */
const mostDrawn = 12;

/** A report as a page of its own: nothing is loaded, nothing runs, and what a chart shows stands in a table as well. */
export function htmlOf(report: MonthReport): string {
  const title = `${report.name}: SLA report, ${monthName(report.month)}`;
  const names = namesIn(report);
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
<header>
<p class="kind">Service level report</p>
<h1>${escaped(report.name)}, ${escaped(monthName(report.month))}</h1>
${facts(report)}
</header>
${sums(report)}
<h2>Guarantees</h2>
${guarantees(report, names)}
<h2>Violations</h2>
${violations(report, names)}
<h2>Penalties and rewards</h2>
${ledger(report, names)}
<h2>Charges</h2>
${charges(report)}
<h2>Machines</h2>
${report.remark === null ? '' : `<p class="lead">${escaped(report.remark)}</p>`}
${machineCharts(report)}
<h2>What was done</h2>
${reactions(report, names)}
<h2>Appendix: machines by day</h2>
${dayTable(report)}
</main>
</body>
</html>
`;
}

/** Machines by their titles, as far as they are on the page; others by the beginning of their ids. */
type Names = (resource: string) => string;

function namesIn({ machines }: MonthReport): Names {
  const titles = new Map(machines.items.map(({ resource, title }) => [resource, title]));
  return (resource) => titles.get(resource) ?? resource.slice(0, 8);
}

function facts({ agreement, state, level, from, until, complete, settled }: MonthReport): string {
  const entries = [
    ['Agreement', agreement],
    ['Period', `${moment(from)} to ${moment(until)}${complete ? '' : ', the month goes on'}`],
    ['State', level === 'agreed' ? state : `${state}, at its level ${level}`],
    ['Accounts', settled ? 'settled' : 'still running'],
  ];
  return `<dl>${entries.map(([name = '', value = '']) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`;
}

function sums({ charge, penalties, rewards, due, violations: { total }, guarantees: all }: MonthReport): string {
  const kept = all.filter((one) => one.violations === 0).length;
  const entries = [
    [`${kept} of ${all.length}`, 'guarantees without a violation'],
    [String(total), total === 1 ? 'violation' : 'violations'],
    [money(charge), 'charged'],
    [money(penalties), 'credited to you'],
    ...(rewards > 0 ? [[money(rewards), 'earned by the provider']] : []),
    [money(due), 'due for the month'],
  ];
  return `<ul class="sums">${entries.map(([value = '', label = '']) => `<li><b>${escaped(value)}</b> ${escaped(label)}</li>`).join('')}</ul>`;
}

const about =
  (names: Names) =>
  ({ of, resource }: { readonly of: string; readonly resource: string | null }): string =>
    resource === null ? `${of}, together` : names(resource);
const termName = ({ term }: { readonly term: string }): string => term.replaceAll('_', ' ');

const bounds = { at_least: '≥', at_most: '≤' };

const guarantees = ({ guarantees: all, month, complete }: MonthReport, names: Names): string =>
  table(
    `What was promised and what was measured in ${monthName(month)}`,
    [
      { head: 'Term', of: termName },
      { head: 'Of', of: about(names) },
      { head: 'State', of: ({ state }) => state ?? 'holds no more', mood: ({ state }) => moods[state ?? ''] ?? '' },
      { head: 'Promised', of: ({ wanted, unit, side }) => `${bounds[side]} ${figure(wanted, unit)}`, isNumber: true },
      { head: 'In the month', of: ({ measured, unit }) => figure(measured, unit), isNumber: true },
      ...(complete ? [] : [now]),
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

const now: Column<ReportedGuarantee> = { head: 'Now', of: ({ current, unit }) => figure(current, unit), isNumber: true };
const moods: Readonly<Record<string, 'good' | 'bad'>> = { fulfilled: 'good', violated: 'bad' };

const violations = (report: MonthReport, names: Names): string =>
  paged(
    report.violations,
    table(
      'Each with what was measured; times are UTC',
      [
        { head: 'Term', of: termName },
        { head: 'Of', of: about(names) },
        { head: 'Opened', of: ({ opened }) => brief(opened) },
        { head: 'Closed', of: ({ closed }) => (closed === null ? 'goes on' : brief(closed)) },
        { head: 'In the month', of: ({ duration }) => span(duration), isNumber: true },
        { head: 'Promised', of: ({ wanted, unit }) => figure(wanted, unit), isNumber: true },
        { head: 'Worst', of: ({ worst, unit }) => figure(worst, unit), isNumber: true },
        { head: 'Penalty', of: ({ penalty }) => money(penalty), isNumber: true },
        { head: 'Proof', of: ({ proof }) => proofWords(proof), isLong: true },
      ],
      report.violations.items,
      'Nothing was violated.',
    ),
  );

/** The newest of the measurements that prove a violation, in words; all of them are in the JSON. */
function proofWords(proof: readonly object[]): string {
  const newest = proof.at(-1) as { readonly at?: string; readonly detail?: string } | undefined;
  if (!newest) return 'none kept';
  return `${proof.length} ${proof.length === 1 ? 'measurement' : 'measurements'}, the last ${moment(newest.at ?? null)}${newest.detail ? `: ${newest.detail}` : ''}`;
}

const ledger = (report: MonthReport, names: Names): string =>
  paged(
    report.ledger,
    table(
      'By the ledger of the agreement',
      [
        { head: 'Kind', of: ({ kind }) => kind },
        { head: 'Term', of: termName },
        { head: 'Of', of: about(names) },
        { head: 'Amount', of: ({ amount }) => money(amount), isNumber: true },
        { head: 'State', of: ({ state }) => state },
        { head: 'Why', of: ({ reason }) => reason, isLong: true },
      ],
      report.ledger.items,
      'Nothing was credited.',
    ),
  );

function machineCharts({ machines, month, guarantees: all }: MonthReport): string {
  const measured = machines.items.filter((machine) => machine.days.length > 0);
  if (measured.length === 0) return '<p class="none">No day was measured.</p>';
  const monthDays = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  const promised = (term: string, resource: string): number | undefined =>
    all.find((one) => one.term === term && one.resource === resource)?.wanted;
  const charts = measured.slice(0, mostDrawn).map(({ resource, title, days: own }, index) => {
    const hasAnswers = own.some(({ p50 }) => p50 !== null);
    return `<section class="machine"><h3>${escaped(title)}</h3>
<figure>${availabilityChart(`up${index}`, `Availability of ${title} by day, %`, own, monthDays, promised('availability', resource))}</figure>
<figure>${hasAnswers ? responseChart(`rt${index}`, `Response times of ${title} by day, ms`, own, monthDays, promised('response_time', resource)) : ''}</figure></section>`;
  });
  return charts.join('\n');
}

function dayTable({ machines }: MonthReport): string {
  const rows = machines.items.flatMap(({ title, days: own }) => own.map((day) => ({ ...day, title })));
  const time = (name: 'p50' | 'p95' | 'p99'): Column<ReportedDay & { readonly title: string }> => ({
    head: `${name.slice(1)} %, ms`,
    of: (day) => figure(day[name], '', 1),
    isNumber: true,
  });
  const days = table(
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
  return paged(machines, days);
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

const reactions = (report: MonthReport, names: Names): string =>
  paged(
    report.reactions,
    table(
      'By the rules of the call; times are UTC',
      [
        { head: 'At', of: ({ at }) => brief(at) },
        { head: 'Event', of: ({ event }) => event },
        { head: 'Action', of: ({ action }) => action },
        { head: 'Of', of: ({ resource, item }) => (resource === null ? (item ?? '') : names(resource)) },
        { head: 'State', of: ({ state }) => state },
        { head: 'Why', of: ({ why }) => why, isLong: true },
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
